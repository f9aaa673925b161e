/**
 * Descriptors of MPLS-TE paths and of local MPLS cross-connects (draft-ietf-idr-bgp-ls-te-path), which goBMP expects in NLRI of type 5.
 *
 * ```
 * MPLS Local Cross Connect: 0  u32  incoming label
 *                           4  u32  outgoing label
 *                           8  ...  sub-TLVs
 * Interface                 0  u8   flags: 0x80 the incoming one
 *                           1  u32  local identifier
 *                           5  ...  address, 4 or 16 octets
 * FEC                       0  u8   flags: 0x80 IPv4
 *                           1  u8   length in bits
 *                           2  ...  prefix, as many octets as that takes
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { expectAtLeast, expectLength } from "./attribute_spec.ts";
import { readTlvs } from "./tlv.ts";

const INTERFACE = 556;
const FEC = 557;
const FIRST_FLAG = 0x80;
/** An address padded to its full length. */
const ADDRESS = new Uint8Array(16);

/** `length` in bits; host bits stay as they came. */
export interface Prefix {
  readonly address: string;
  readonly length: number;
}

/** A TLV as it came: of an unknown type, or not the first of its type. */
export interface RawTlv {
  readonly type: number;
  /** Hex. */
  readonly value: string;
}

/** What a router does with packets of one label. */
export interface CrossConnect {
  readonly incomingLabel: number;
  readonly outgoingLabel: number;
  readonly interfaces?: readonly CrossConnectInterface[];
  readonly fecs?: readonly Prefix[];
  readonly otherTlvs?: readonly RawTlv[];
}

export interface CrossConnectInterface {
  readonly isIncoming: boolean;
  readonly localId: number;
  readonly address: string;
}

/** Decodes the value of an MPLS Local Cross Connect TLV. @throws DecodeFault */
export function decodeCrossConnect(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): CrossConnect {
  expectAtLeast(start, end, 8);
  const interfaces: CrossConnectInterface[] = [];
  const fecs: Prefix[] = [];
  const otherTlvs: RawTlv[] = [];
  for (const tlv of readTlvs(view, start + 8, end)) {
    if (tlv.type === INTERFACE) interfaces.push(decodeInterface(bytes, view, tlv.start, tlv.end));
    else if (tlv.type === FEC) fecs.push(decodeFec(bytes, tlv.start, tlv.end));
    else otherTlvs.push({ type: tlv.type, value: hexText(bytes, tlv.start, tlv.end) });
  }
  return {
    incomingLabel: view.getUint32(start),
    outgoingLabel: view.getUint32(start + 4),
    ...(interfaces.length > 0 ? { interfaces } : {}),
    ...(fecs.length > 0 ? { fecs } : {}),
    ...(otherTlvs.length > 0 ? { otherTlvs } : {}),
  };
}

function decodeInterface(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): CrossConnectInterface {
  expectAtLeast(start, end, 9);
  return {
    isIncoming: (bytes[start]! & FIRST_FLAG) !== 0,
    localId: view.getUint32(start + 1),
    address: decodeAddress(bytes, view, start + 5, end),
  };
}

function decodeFec(bytes: Uint8Array, start: number, end: number): Prefix {
  expectAtLeast(start, end, 2);
  return decodePrefix(bytes, start + 1, end, (bytes[start]! & FIRST_FLAG) !== 0 ? 4 : 16);
}

/** An IPv4 or IPv6 address, by its length. @throws DecodeFault */
export function decodeAddress(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): string {
  if (end - start !== 4) expectLength(start, end, 16);
  return end - start === 4 ? ipv4Text(bytes, start) : ipv6Text(bytes, start);
}

/**
 * Length in bits, and as many octets as that takes (RFC 9552 section 5.2.3.2). IOS XR has left octets of 0 at the end out; what a TLV
 * says does not make its NLRI malformed (section 8.2.2), so the rest of them is 0. @throws DecodeFault
 */
export function decodePrefix(
  bytes: Uint8Array,
  start: number,
  end: number,
  addressBytes: 4 | 16,
): Prefix {
  expectAtLeast(start, end, 1);
  const length = bytes[start]!;
  if (length > 8 * addressBytes) {
    fail("ls-prefix-length", start, `a prefix length of at most ${8 * addressBytes}`);
  }
  const octets = Math.ceil(length / 8);
  if (end - start === 1 || end - start > 1 + octets) expectLength(start, end, 1 + octets);
  ADDRESS.fill(0);
  for (let i = start + 1; i < end; i++) ADDRESS[i - start - 1] = bytes[i]!;
  return { address: addressBytes === 4 ? ipv4Text(ADDRESS, 0) : ipv6Text(ADDRESS, 0), length };
}
