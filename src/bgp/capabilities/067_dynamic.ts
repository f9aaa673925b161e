/**
 * Dynamic Capability (draft-ietf-idr-dynamic-cap section 4): the codes of the capabilities that may change during a session.
 *
 * ```
 * 0  u8  capability code, repeated
 * ```
 */
import type { CapabilitySpec } from "./spec.ts";

/** Value of capability 67: capabilities that can change within the session. */
export interface Dynamic {
  /** Tells which capability this is. */
  readonly kind: "dynamic";
  /** Codes of those capabilities. */
  readonly codes: readonly number[];
}

export const DYNAMIC: CapabilitySpec<Dynamic> = {
  code: 67,
  name: "Support for Dynamic Capability (capability specific)",
  reference: "draft-ietf-idr-dynamic-cap section 4",
  decode(bytes, _view, start, end) {
    return { kind: "dynamic", codes: [...bytes.subarray(start, end)] };
  },
};
