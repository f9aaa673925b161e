/** What the BGP Prefix-SID attribute says of the labelled routes of a list. */
import type { AttributeScope } from "../../bgp/attributes/spec.ts";
import { readPrefixSid } from "../../bgp/prefix_sid/tlvs.ts";
import { type ServiceSid, serviceSid } from "../../bgp/prefix_sid/transposition.ts";
import { isFault } from "../../wire/fault.ts";
import { prefixSidObject } from "./prefix_sid.ts";

const PREFIX_SID_CODE = 40;

export interface RouteSid {
  /** The `prefix_sid` member. */
  readonly object: object;
  /** The SRv6 SID of the service, whose bits are partly in each route's label field; undefined: there is none. */
  readonly service: ServiceSid | undefined;
}

/** Undefined: the UPDATE has no such attribute, or a malformed one, which was noted with `base_attrs`. */
export function readRouteSid(
  { layout }: AttributeScope,
  bytes: Uint8Array,
  view: DataView,
): RouteSid | undefined {
  const i = layout.first[PREFIX_SID_CODE]!;
  if (i === -1) return undefined;
  const start = layout.starts[i]!;
  const end = layout.ends[i]!;
  try {
    const service = serviceSid(bytes, readPrefixSid(view, start, end));
    return { object: prefixSidObject(bytes, view, start, end), service };
  } catch (error) {
    if (!isFault(error)) throw error;
    return undefined;
  }
}
