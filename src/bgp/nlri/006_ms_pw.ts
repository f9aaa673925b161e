/**
 * Multi-segment pseudowires (RFC 7267 section 4.1.3): a prefix of the attachment individual identifiers of a PE.
 *
 * ```
 * 0 u8   length in bits of the rest: 0, 96 to 127, 160
 * 1 RD   8 octets
 * 9      global id u32, prefix u32, AC ID u32, cut to that length
 * ```
 */
import { fail } from "../../wire/fault.ts";
import type { ObjectFamily } from "./family.ts";
import { type Distinguished, endOfCountedBits, NlriReader } from "./reader.ts";

const BITS_MIN = 96;
const PREFIX_BITS = 32;
const BITS_MAX = 160;

/** `bits` alone: the default route. */
export interface PseudowireRoute extends Partial<Distinguished> {
  /** Length of the whole, distinguisher included. */
  readonly bits: number;
  readonly globalId?: number;
  /** In dotted decimal, although it need not be an address (RFC 5003 section 3.2); zeros behind the length. */
  readonly prefix?: string;
  /** Bits of `prefix`. */
  readonly prefixLength?: number;
  readonly acId?: number;
}

export const MS_PW: ObjectFamily<PseudowireRoute> = {
  kind: "object",
  afi: 25,
  safi: 6,
  name: "l2vpn-ms-pw",
  reference: "RFC 7267 section 4.1.3",
  addPath: true,
  endOfRoute: endOfCountedBits,
  decode(bytes, view, start, end) {
    const bits = bytes[start]!;
    if (bits === 0) return { bits };
    const prefixBits = Math.min(bits - BITS_MIN, PREFIX_BITS);
    // The AC ID is whole or absent.
    if (prefixBits < 0 || (prefixBits === PREFIX_BITS && bits !== BITS_MAX)) {
      fail("ms-pw-length", start, `0, ${BITS_MIN} to ${BITS_MIN + PREFIX_BITS - 1} or ${BITS_MAX}`);
    }
    const reader = new NlriReader(bytes, view, start + 1, end);
    const key = { bits, ...reader.routeDistinguisher(), globalId: reader.u32("global id") };
    return {
      ...key,
      prefix: reader.startOfAddress(prefixBits, PREFIX_BITS, "prefix"),
      prefixLength: prefixBits,
      ...(bits === BITS_MAX ? { acId: reader.u32("AC ID") } : {}),
    };
  },
};
