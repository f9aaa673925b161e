/**
 * SR policy (RFC 9830 section 2.1): a candidate path of a policy; what the path is stands in the Tunnel Encapsulation attribute.
 *
 * ```
 * 0  u8   length in bits of what follows: 96 (IPv4) or 192 (IPv6)
 * 1  u32  distinguisher
 * 5  u32  color of the policy
 * 9  ...  endpoint of the policy: an address of 4 or 16 bytes, all zero: any
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { base64Text, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import type { ObjectFamily } from "./family.ts";

export interface SrPolicyRoute {
  readonly distinguisher: number;
  readonly color: number;
  /** An address. */
  readonly endpoint: string;
  /** The same as it is on the wire. */
  readonly endpointBase64: string;
}

export const IPV4_SR_POLICY = srPolicy(1, "ipv4-sr-policy", 4, ipv4Text);
export const IPV6_SR_POLICY = srPolicy(2, "ipv6-sr-policy", 16, ipv6Text);

/** Bits of an NLRI of either address family. */
const LENGTHS = [96, 192];
const ENDPOINT_START = 9;

function srPolicy(
  afi: number,
  name: string,
  addressBytes: number,
  addressText: (bytes: Uint8Array, start: number) => string,
): ObjectFamily<SrPolicyRoute> {
  const bits = 8 * (8 + addressBytes);
  return {
    kind: "object",
    afi,
    safi: 73,
    name,
    reference: "RFC 9830 section 2.1",
    addPath: true,
    endOfRoute(bytes, _, start, end) {
      const length = bytes[start]!;
      // Nothing else tells whether path identifiers are there.
      if (!LENGTHS.includes(length)) {
        fail("sr-policy-length", start, `${LENGTHS.join(" or ")} bits`);
      }
      const next = start + 1 + length / 8;
      if (next > end) fail("sr-policy-length", start, `at most ${8 * (end - start - 1)} bits`);
      return next;
    },
    decode(bytes, view, start) {
      if (bytes[start] !== bits) fail("sr-policy-length", start, `${bits} bits`);
      const endpoint = start + ENDPOINT_START;
      return {
        distinguisher: view.getUint32(start + 1),
        color: view.getUint32(start + 5),
        endpoint: addressText(bytes, endpoint),
        endpointBase64: base64Text(bytes, endpoint, endpoint + addressBytes),
      };
    },
  };
}
