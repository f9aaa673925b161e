/**
 * Route Target membership (RFC 4684 section 4): which route targets' VPN routes a speaker wants.
 *
 * ```
 * u8     length in bits of what follows: 0 (everything), or 32 to 96
 * u32    origin AS
 * u8[8]  route target (RFC 4360 section 4), cut after the length: all targets that start with these bits
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText, routeDistinguisherText } from "../../wire/strings.ts";
import { familyName } from "../families.ts";
import type { ObjectFamily } from "./family.ts";
import { endOfCountedBits, NlriReader } from "./reader.ts";

const AS_BITS = 32;
const FULL_BITS = 96;
const TARGET_OCTETS = 8;
/** AS of two octets, IPv4 address, AS of four; all transitive (RFC 4360 section 4). */
const LAST_ROUTE_TARGET_TYPE = 2;
const ROUTE_TARGET_SUBTYPE = 2;

export interface RouteTargetMembership {
  /** In bits: 0, or 32 to 96. */
  readonly length: number;
  /** Absent where the length is 0. */
  readonly originAs?: number;
  /** Where all 64 bits are there: `65001:100`, `192.0.2.1:100`, or `0x` and hex of what is no route target of RFC 4360 or RFC 5668. */
  readonly routeTarget?: string;
  /** Where only a part of it is there: hex and count of bits, `0002fde9/32`. */
  readonly routeTargetPrefix?: string;
}

export const IPV4_ROUTE_TARGET_CONSTRAINT = routeTargetConstraint(1);
/** RFC 4684 has AFI 1 alone, for VPN routes of every family. */
export const IPV6_ROUTE_TARGET_CONSTRAINT = routeTargetConstraint(2);

function routeTargetConstraint(afi: number): ObjectFamily<RouteTargetMembership> {
  return {
    kind: "object",
    afi,
    safi: 132,
    name: familyName(afi, 132),
    reference: "RFC 4684 section 4",
    addPath: true,
    endOfRoute: endOfCountedBits,
    decode,
  };
}

function decode(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): RouteTargetMembership {
  const reader = new NlriReader(bytes, view, start, end);
  const length = reader.u8("length");
  if (length === 0) return { length };
  if (length < AS_BITS || length > FULL_BITS) {
    fail("route-target-length", start, "length 0 or 32 to 96");
  }
  const originAs = reader.u32("origin AS");
  if (length === AS_BITS) return { length, originAs };
  const at = reader.pos;
  if (length === FULL_BITS) return { length, originAs, routeTarget: targetText(bytes, at) };
  return { length, originAs, routeTargetPrefix: `${hexText(bytes, at, end)}/${length - AS_BITS}` };
}

/** A route target has the layout of a route distinguisher, but for its type, which is the first of its two octets. */
function targetText(bytes: Uint8Array, start: number): string {
  const type = bytes[start]!;
  if (type > LAST_ROUTE_TARGET_TYPE || bytes[start + 1] !== ROUTE_TARGET_SUBTYPE) {
    return `0x${hexText(bytes, start, start + TARGET_OCTETS)}`;
  }
  const distinguisher = bytes.slice(start, start + TARGET_OCTETS);
  distinguisher[0] = 0;
  distinguisher[1] = type;
  return routeDistinguisherText(distinguisher, 0);
}
