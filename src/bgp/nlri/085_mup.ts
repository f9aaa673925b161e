/**
 * BGP-MUP (draft-ietf-bess-mup-safi-00 section 3.1): segments and sessions of a mobile user plane.
 *
 * ```
 * u8   architecture type: 1 is 3GPP 5G
 * u16  route type
 * u8   length in octets of what follows, which has for architecture 1:
 *
 * 1 Interwork Segment Discovery   RD, u8 bits, prefix
 * 2 Direct Segment Discovery      RD, address
 * 3 Type 1 Session Transformed    RD, u8 bits, prefix, u32 TEID, u8 QFI, u8 bits, endpoint address, u8 bits, source address
 * 4 Type 2 Session Transformed    RD, u8 bits, endpoint address and TEID, cut after these bits
 * ```
 *
 * What has another architecture or route type is kept as hex.
 */
import { fail } from "../../wire/fault.ts";
import { familyName } from "../families.ts";
import type { ObjectFamily } from "./family.ts";
import { NlriReader, type Prefix } from "./reader.ts";

const HEADER_BYTES = 4;
const ARCHITECTURE_5G = 1;
const TEID_BITS = 32;

interface DirectSegmentFields {
  readonly address: string;
}

interface Type1SessionFields extends Prefix {
  readonly teid: number;
  readonly qfi: number;
  readonly endpointAddress: string;
  readonly sourceAddress?: string;
}

interface Type2SessionFields {
  /** Bits of address and TEID together. */
  readonly endpointLen: number;
  readonly endpointAddress: string;
  /** Bits that are not there are 0; absent where none is. */
  readonly teid?: number;
}

type RouteFields = Prefix | DirectSegmentFields | Type1SessionFields | Type2SessionFields;

interface RouteHeader {
  readonly architectureType: number;
  readonly routeType: number;
}

export interface UnknownRoute extends RouteHeader {
  /** What is behind the length. */
  readonly hex: string;
}

export type KnownRoute = RouteHeader & RouteFields & {
  readonly routeTypeName: string;
  readonly rd: string;
};

export type MupRoute = UnknownRoute | KnownRoute;

type AddressBits = 32 | 128;

interface RouteType {
  readonly name: string;
  readonly read: (reader: NlriReader, addressBits: AddressBits) => RouteFields;
}

const ROUTE_TYPES: Readonly<Record<number, RouteType>> = {
  1: {
    name: "interwork-segment-discovery",
    read: (reader, addressBits) => reader.countedPrefix(addressBits),
  },
  2: {
    name: "direct-segment-discovery",
    read: (reader, addressBits) => ({ address: reader.address(addressBits, "address") }),
  },
  3: { name: "type-1-session-transformed", read: readType1Session },
  4: { name: "type-2-session-transformed", read: readType2Session },
};

export const IPV4_MUP = mupFamily(1);
export const IPV6_MUP = mupFamily(2);

function mupFamily(afi: 1 | 2): ObjectFamily<MupRoute> {
  const addressBits = afi === 1 ? 32 : 128;
  return {
    kind: "object",
    afi,
    safi: 85,
    name: familyName(afi, 85),
    reference: "draft-ietf-bess-mup-safi-00 section 3.1",
    addPath: true,
    endOfRoute,
    decode: (bytes, view, start, end) =>
      readRoute(new NlriReader(bytes, view, start, end), addressBits),
  };
}

function endOfRoute(bytes: Uint8Array, _view: DataView, start: number, end: number): number {
  const body = start + HEADER_BYTES;
  if (body > end) fail("nlri-truncated", start, `${HEADER_BYTES} bytes of types and length`);
  const next = body + bytes[body - 1]!;
  if (next > end) fail("nlri-truncated", body - 1, `a length of at most ${end - body}`);
  return next;
}

function readRoute(reader: NlriReader, addressBits: AddressBits): MupRoute {
  const architectureType = reader.u8("architecture type");
  const routeType = reader.u16("route type");
  reader.u8("length");
  const known = architectureType === ARCHITECTURE_5G ? ROUTE_TYPES[routeType] : undefined;
  if (known === undefined) {
    return { architectureType, routeType, hex: reader.hex(reader.left, "route") };
  }
  const { rd } = reader.routeDistinguisher();
  const fields = known.read(reader, addressBits);
  reader.finish();
  return { architectureType, routeType, routeTypeName: known.name, rd, ...fields };
}

function readType1Session(reader: NlriReader, addressBits: AddressBits): Type1SessionFields {
  const prefix = reader.countedPrefix(addressBits);
  const teidStart = reader.pos;
  const teid = reader.u32("TEID");
  if (teid === 0) failTeid(teidStart);
  const qfi = reader.u8("QFI");
  const endpointAddress = reader.countedAddress("endpoint address");
  // ExaBGP leaves the length of a source address out where it has none.
  const sourceAddress = reader.left > 0 ? reader.optionalAddress("source address") : undefined;
  return {
    ...prefix,
    teid,
    qfi,
    endpointAddress,
    ...(sourceAddress !== undefined && { sourceAddress }),
  };
}

function readType2Session(reader: NlriReader, addressBits: AddressBits): Type2SessionFields {
  const start = reader.pos;
  const endpointLen = reader.u8("endpoint length");
  if (endpointLen > addressBits + TEID_BITS) {
    fail("nlri-prefix-length", start, `at most ${addressBits + TEID_BITS} bits`);
  }
  const bits = Math.min(endpointLen, addressBits);
  const endpointAddress = reader.startOfAddress(bits, addressBits, "address");
  const teidBits = endpointLen - bits;
  if (teidBits === 0) return { endpointLen, endpointAddress };
  const teidStart = reader.pos;
  const octets = (teidBits + 7) >> 3;
  reader.take(octets, "TEID");
  let teid = 0;
  for (let i = 0; i < 4; i++) teid = teid * 256 + (i < octets ? reader.bytes[teidStart + i]! : 0);
  if (teid === 0 && teidBits === TEID_BITS) failTeid(teidStart);
  return { endpointLen, endpointAddress, teid };
}

/** Sections 3.1.3.1 and 3.1.4.1: 0 is invalid. */
function failTeid(start: number): never {
  fail("mup-teid", start, "a TEID that is not 0");
}
