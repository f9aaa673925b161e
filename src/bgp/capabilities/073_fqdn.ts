/**
 * FQDN (draft-walton-bgp-hostname-capability section 2): the speaker's host and domain name.
 *
 * ```
 * 0  u8   length of the host name
 * 1  ...  host name, UTF-8
 *    u8   length of the domain name
 *    ...  domain name, UTF-8
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { utf8Text } from "../../wire/strings.ts";
import type { CapabilitySpec } from "./spec.ts";

/** Value of capability 73: the speaker's name. */
export interface Fqdn {
  /** Tells which capability this is. */
  readonly kind: "fqdn";
  /** Host name; may be empty. */
  readonly host: string;
  /** Domain name; may be empty. */
  readonly domain: string;
}

export const FQDN: CapabilitySpec<Fqdn> = {
  code: 73,
  name: "FQDN Capability",
  reference: "draft-walton-bgp-hostname-capability section 2",
  decode(bytes, _view, start, end) {
    const hostEnd = nameEnd(bytes, start, end);
    const domainEnd = nameEnd(bytes, hostEnd, end);
    if (domainEnd !== end) {
      fail("fqdn-length", domainEnd, `the end, found ${end - domainEnd} bytes`);
    }
    return {
      kind: "fqdn",
      host: utf8Text(bytes, start + 1, hostEnd),
      domain: utf8Text(bytes, hostEnd + 1, domainEnd),
    };
  },
};

/** Where the name ends whose length octet is at `start`. */
function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  const nameEnd = start < end ? start + 1 + bytes[start]! : end + 1;
  if (nameEnd > end) {
    fail("fqdn-length", start, `a length octet and a name within ${end - start} bytes`);
  }
  return nameEnd;
}
