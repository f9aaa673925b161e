/**
 * Color-Aware Routing and VPN CAR (RFC 9871 sections 2.9 and 9).
 *
 * ```
 * 0  u8   length of the rest
 * 1  u8   length of the key
 * 2  u8   type
 * 3  ...  key: RD 8 (VPN CAR), prefix length u8, prefix, colour u32 (type 1)
 *    ...  TLVs: flags and type u8, length u8, value
 *
 * types  1 color-aware route, 2 IP prefix
 * TLVs   1 labels of 3 octets; 2 label index: reserved u8, flags u16, index u32 (as RFC 8669 section 3.1); 3 SRv6 SIDs, or the
 *        transposed part of one
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import type { ObjectFamily } from "./family.ts";
import { endOfCountedOctets, NlriReader, type Prefix } from "./reader.ts";

export interface CarRoute extends Partial<Prefix> {
  readonly nlriType: number;
  /** Short name of the type; absent where it is unknown. */
  readonly name?: string;
  readonly rd?: string;
  readonly rdType?: number;
  readonly color?: number;
  readonly labels?: readonly number[];
  readonly labelIndex?: { readonly flags: number; readonly index: number };
  /** SIDs of 128 bits. */
  readonly srv6Sids?: readonly string[];
  /** What of a SID does not stand in the Prefix-SID attribute. */
  readonly srv6SidHex?: string;
  readonly unknownTlvs?: readonly CarTlv[];
  /** The octets behind the type, where it is unknown. */
  readonly hex?: string;
}

export interface CarTlv {
  readonly type: number;
  /** Whether it stays where a router changes the next hop. */
  readonly isTransitive: boolean;
  readonly hex: string;
}

type Tlvs = Pick<CarRoute, "labels" | "labelIndex" | "srv6Sids" | "srv6SidHex" | "unknownTlvs">;

const HEADER_BYTES = 3;
const COLOR_AWARE_ROUTE = 1;
const NAMES: Readonly<Record<number, string>> = {
  [COLOR_AWARE_ROUTE]: "color-aware-route",
  2: "ip-prefix",
};

const TRANSITIVE = 0x40;
const TYPE_BITS = 0x3f;
const LABELS = 1;
const LABEL_INDEX = 2;
const SRV6_SID = 3;
const LABEL_BYTES = 3;
const LABEL_INDEX_BYTES = 7;
const SID_BYTES = 16;

function readRoute(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  addressBits: 32 | 128,
  isVpn: boolean,
): CarRoute {
  if (end - start < HEADER_BYTES) fail("nlri-truncated", start, "a key length and a type");
  const nlriType = bytes[start + 2]!;
  const keyStart = start + HEADER_BYTES;
  const name = NAMES[nlriType];
  if (name === undefined) return { nlriType, hex: hexText(bytes, keyStart, end) };
  const keyEnd = keyStart + bytes[start + 1]!;
  if (keyEnd > end) fail("car-key-length", start + 1, "a key inside the NLRI");
  const key = new NlriReader(bytes, view, keyStart, keyEnd);
  const distinguished = isVpn ? key.routeDistinguisher() : {};
  const prefix = key.countedPrefix(addressBits);
  const color = nlriType === COLOR_AWARE_ROUTE ? { color: key.u32("colour") } : {};
  if (key.left > 0) fail("car-key-length", start + 1, "the length of the key's fields");
  const tlvs = readTlvs(new NlriReader(bytes, view, keyEnd, end));
  return { nlriType, name, ...distinguished, ...prefix, ...color, ...tlvs };
}

/** The first TLV of a type counts; what does not fit its type is kept as bytes, as an unknown one is. */
function readTlvs(reader: NlriReader): Tlvs {
  let known: Tlvs = {};
  const unknownTlvs: CarTlv[] = [];
  while (reader.left > 0) {
    const first = reader.u8("type of a TLV");
    const type = first & TYPE_BITS;
    const length = reader.u8("length of a TLV");
    const at = reader.take(length, "TLV");
    const decoded = readTlv(new NlriReader(reader.bytes, reader.view, at, reader.pos), type);
    if (decoded !== undefined && !Object.keys(decoded).some((name) => name in known)) {
      known = { ...known, ...decoded };
    } else {
      const hex = hexText(reader.bytes, at, reader.pos);
      unknownTlvs.push({ type, isTransitive: (first & TRANSITIVE) !== 0, hex });
    }
  }
  return { ...known, ...(unknownTlvs.length > 0 ? { unknownTlvs } : {}) };
}

function readTlv(reader: NlriReader, type: number): Tlvs | undefined {
  const { left } = reader;
  if (type === LABELS && left > 0 && left % LABEL_BYTES === 0) {
    const labels: number[] = [];
    while (reader.left > 0) labels.push(reader.u24("label") >> 4);
    return { labels };
  }
  if (type === LABEL_INDEX && left === LABEL_INDEX_BYTES) {
    reader.take(1, "reserved octet");
    return { labelIndex: { flags: reader.u16("flags"), index: reader.u32("label index") } };
  }
  if (type === SRV6_SID && left > 0 && left % SID_BYTES === 0) {
    const srv6Sids: string[] = [];
    while (reader.left > 0) srv6Sids.push(reader.address(8 * SID_BYTES, "SID"));
    return { srv6Sids };
  }
  if (type === SRV6_SID && left > 0 && left < SID_BYTES) {
    return { srv6SidHex: reader.hex(left, "SID") };
  }
  return undefined;
}

/** Of SAFI 84: with a route distinguisher. */
export function carFamily(afi: 1 | 2, safi: 83 | 84, name: string): ObjectFamily<CarRoute> {
  const addressBits = afi === 1 ? 32 : 128;
  return {
    kind: "object",
    afi,
    safi,
    name,
    reference: safi === 83 ? "RFC 9871 section 2.9" : "RFC 9871 section 9",
    addPath: true,
    endOfRoute: endOfCountedOctets,
    decode: (bytes, view, start, end) =>
      readRoute(bytes, view, start, end, addressBits, safi === 84),
  };
}

export const IPV4_CAR = carFamily(1, 83, "ipv4-car");
export const IPV6_CAR = carFamily(2, 83, "ipv6-car");
