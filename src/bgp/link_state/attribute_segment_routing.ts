/**
 * TLVs of segment routing with MPLS: RFC 9085, of egress peer engineering: RFC 9086, and Maximum SID Depth: RFC 8814.
 *
 * Flags whose meaning depends on the IGP (the NLRI's Protocol-ID says which) are numbers here.
 */
import { fail } from "../../wire/fault.ts";
import { hexText, ipv4Text } from "../../wire/strings.ts";
import {
  decodeAddress,
  decodeHex,
  decodeIpv4,
  decodeU8List,
  expectAtLeast,
  expectMultiple,
  flagLetters,
  readUnsigned,
  type Tlv,
  tlv,
  type TlvDecoder,
  type TlvSpec,
  unsigned,
} from "./attribute_spec.ts";

/** A label (20 bits), or an index into a block of labels: one of them. */
export interface Sid {
  readonly label?: number;
  readonly index?: number;
}

export interface LabelBlock {
  /** By IGP: IS-IS I 0x80, V 0x40 in 1034. */
  readonly flags: number;
  readonly ranges: readonly (Sid & { readonly size: number })[];
}

export interface AdjacencySid extends Sid {
  /** By IGP. */
  readonly flags: number;
  readonly weight: number;
}

export interface LanAdjacencySid extends AdjacencySid {
  /** In OSPF. */
  readonly neighborRouterId?: string;
  /** In IS-IS: 6 octets, e.g. `0000.0000.0001`. */
  readonly neighborSystemId?: string;
}

export interface PrefixSid extends Sid {
  /** By IGP. */
  readonly flags: number;
  readonly algorithm: number;
}

export interface SidRange {
  /** By IGP. */
  readonly flags: number;
  /** How many prefixes. */
  readonly size: number;
  readonly subTlvs: readonly Tlv[];
}

export interface PeerSid extends Sid {
  /** V value, L local, B backup, P persistent. */
  readonly flags: readonly string[];
  readonly weight: number;
}

export interface SidDepth {
  readonly type: number;
  /** Absent: not registered. */
  readonly name: string | undefined;
  readonly value: number;
}

/** A label in the rightmost 20 bits of 3 octets, an index in 4 (RFC 9085 section 2.1.1). */
function readSid(bytes: Uint8Array, start: number, end: number): Sid {
  const length = end - start;
  if (length === 3) return { label: readUnsigned(bytes, start, end) & 0xfffff };
  if (length !== 4) fail("ls-sid-length", start, `a SID of 3 or 4 bytes, found ${length}`);
  return { index: readUnsigned(bytes, start, end) };
}

/**
 * Blocks of labels:
 *
 * ```
 * 0  u8   flags
 * 1  u8   reserved
 * 2  u24  size                         \
 * 5  ...  SID/Label sub-TLV (1161)     / repeated
 * ```
 */
function decodeLabelBlock(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): LabelBlock {
  expectAtLeast(start, end, 2);
  const ranges = [];
  for (let pos = start + 2; pos < end;) {
    const sid = pos + 7;
    if (sid > end || view.getUint16(pos + 3) !== SID_LABEL_CODE) {
      fail("ls-sid-range", pos, "a size and a SID/Label sub-TLV");
    }
    const next = sid + view.getUint16(pos + 5);
    if (next > end) fail("ls-sid-range", pos + 5, `at most ${end - sid}`);
    ranges.push({ size: readUnsigned(bytes, pos, pos + 3), ...readSid(bytes, sid, next) });
    pos = next;
  }
  return { flags: bytes[start]!, ranges };
}

const SID_LABEL_CODE = 1161;

const decodePeerSid: TlvDecoder<PeerSid> = (bytes, _view, start, end) => {
  expectAtLeast(start, end, 7);
  return {
    flags: flagLetters(bytes, start, start + 1, "VLBP"),
    weight: bytes[start + 1]!,
    ...readSid(bytes, start + 4, end),
  };
};

/** RFC 8491, RFC 8662, RFC 9352. */
const SID_DEPTH_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "Base MPLS Imposition MSD"],
  [2, "ERLD-MSD"],
  [41, "SRH Max SL"],
  [42, "SRH Max End Pop"],
  [44, "SRH Max H.Encaps"],
  [45, "SRH Max End D"],
]);

function decodeSidDepths(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): SidDepth[] {
  expectMultiple(start, end, 2);
  const depths = [];
  for (let pos = start; pos < end; pos += 2) {
    const type = bytes[pos]!;
    depths.push({ type, name: SID_DEPTH_NAMES.get(type), value: bytes[pos + 1]! });
  }
  return depths;
}

export const NODE_SID_DEPTHS = tlv(
  266,
  "Node MSD",
  "RFC 8814 section 3",
  ["node"],
  decodeSidDepths,
);

export const LINK_SID_DEPTHS = tlv(
  267,
  "Link MSD",
  "RFC 8814 section 4",
  ["link"],
  decodeSidDepths,
);

export const SR_CAPABILITIES = tlv(
  1034,
  "SR Capabilities",
  "RFC 9085 section 2.1.2",
  ["node"],
  decodeLabelBlock,
);

export const SR_ALGORITHMS = tlv(
  1035,
  "SR Algorithm",
  "RFC 9085 section 2.1.3",
  ["node"],
  decodeU8List,
);

export const SR_LOCAL_BLOCK = tlv(
  1036,
  "SR Local Block",
  "RFC 9085 section 2.1.4",
  ["node"],
  decodeLabelBlock,
);

export const ADJACENCY_SID = tlv(
  1099,
  "Adjacency SID",
  "RFC 9085 section 2.2.1",
  ["link"],
  (bytes, _view, start, end): AdjacencySid => {
    expectAtLeast(start, end, 7);
    return { flags: bytes[start]!, weight: bytes[start + 1]!, ...readSid(bytes, start + 4, end) };
  },
);

/** The neighbor is a Router ID of OSPF (4 octets) or a System ID of IS-IS (6): the length of the whole tells. */
const LAN_ADJACENCY_SID = tlv(
  1100,
  "LAN Adjacency SID",
  "RFC 9085 section 2.2.2",
  ["link"],
  (bytes, _view, start, end): LanAdjacencySid => {
    expectAtLeast(start, end, 11);
    const isOspf = end - start < 13;
    return {
      flags: bytes[start]!,
      weight: bytes[start + 1]!,
      ...(isOspf
        ? { neighborRouterId: ipv4Text(bytes, start + 4) }
        : { neighborSystemId: systemIdText(bytes, start + 4) }),
      ...readSid(bytes, start + (isOspf ? 8 : 10), end),
    };
  },
);

/** 6 octets of ISO 10589, e.g. `0000.0000.0001`. */
export function systemIdText(bytes: Uint8Array, start: number): string {
  const hex = hexText(bytes, start, start + 6);
  return `${hex.slice(0, 4)}.${hex.slice(4, 8)}.${hex.slice(8)}`;
}

export const PEER_NODE_SID = tlv(
  1101,
  "PeerNode SID",
  "RFC 9086 section 5.1",
  ["link"],
  decodePeerSid,
);

export const PEER_ADJACENCY_SID = tlv(
  1102,
  "PeerAdj SID",
  "RFC 9086 section 5.2",
  ["link"],
  decodePeerSid,
);

export const PEER_SET_SID = tlv(
  1103,
  "PeerSet SID",
  "RFC 9086 section 5.3",
  ["link"],
  decodePeerSid,
);

export const PREFIX_SID = tlv(
  1158,
  "Prefix-SID",
  "RFC 9085 section 2.3.1",
  ["prefix", "sub-tlv"],
  (bytes, _view, start, end): PrefixSid => {
    expectAtLeast(start, end, 7);
    return {
      flags: bytes[start]!,
      algorithm: bytes[start + 1]!,
      ...readSid(bytes, start + 4, end),
    };
  },
);

export const PREFIX_FLAGS = tlv(
  1170,
  "Prefix Attribute Flags",
  "RFC 9085 section 2.3.2",
  ["prefix"],
  decodeHex,
);

export const SOURCE_ROUTER = tlv(
  1171,
  "Source Router Identifier",
  "RFC 9085 section 2.3.3",
  ["prefix"],
  decodeAddress,
);

export const SOURCE_OSPF_ROUTER = tlv(
  1174,
  "Source OSPF Router-ID",
  "RFC 9085 section 2.3.4",
  ["prefix"],
  decodeIpv4,
);

/** A range of prefixes for which a mapping server gives SIDs; its flags depend on the IGP. */
export const RANGE = tlv(
  1159,
  "Range",
  "RFC 9085 section 2.3.5",
  ["prefix"],
  (bytes, view, start, end, nested): SidRange => {
    expectAtLeast(start, end, 4);
    return {
      flags: bytes[start]!,
      size: view.getUint16(start + 2),
      subTlvs: nested(start + 4, end),
    };
  },
);

/** The sub-TLVs are link attributes of the member. */
const BUNDLE_MEMBER = tlv(
  1172,
  "L2 Bundle Member Attributes",
  "RFC 9085 section 2.2.3",
  ["link"],
  (_bytes, view, start, end, nested): { linkLocalId: number; subTlvs: readonly Tlv[] } => {
    expectAtLeast(start, end, 4);
    return { linkLocalId: view.getUint32(start), subTlvs: nested(start + 4, end) };
  },
);

export const SEGMENT_ROUTING_TLVS: readonly TlvSpec[] = [
  NODE_SID_DEPTHS,
  LINK_SID_DEPTHS,
  SR_CAPABILITIES,
  SR_ALGORITHMS,
  SR_LOCAL_BLOCK,
  tlv(1037, "SRMS Preference", "RFC 9085 section 2.1.5", ["node"], unsigned(1)),
  ADJACENCY_SID,
  LAN_ADJACENCY_SID,
  PEER_NODE_SID,
  PEER_ADJACENCY_SID,
  PEER_SET_SID,
  PREFIX_SID,
  RANGE,
  tlv(
    SID_LABEL_CODE,
    "SID/Label",
    "RFC 9085 section 2.1.1",
    ["sub-tlv"],
    (bytes, _view, start, end): Sid => readSid(bytes, start, end),
  ),
  PREFIX_FLAGS,
  SOURCE_ROUTER,
  BUNDLE_MEMBER,
  SOURCE_OSPF_ROUTER,
];
