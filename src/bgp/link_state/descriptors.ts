/**
 * Descriptors: the TLVs that make up the key of BGP-LS NLRI (RFC 9552 section 5.2). One table for the sub-TLVs of node descriptors,
 * one per kind of NLRI for its own.
 *
 * RFC 9552 section 8.2.2 wants them sorted, and discards what is not; senders of RFC 7752 did not all sort, and what a router
 * holds is to be seen: any order is read. The first TLV of a type counts, others of its type and unknown ones are kept as hex.
 */
import { fail } from "../../wire/fault.ts";
import { Md5 } from "../../wire/md5.ts";
import { hexText, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import {
  decodeIpv4,
  decodeIpv6,
  expectAtLeast,
  expectLength,
  type NestedTlvs,
  type TlvDecoder,
  type TlvValue,
  unsigned,
} from "./attribute_spec.ts";
import { LINK_IDENTIFIERS, type LinkIdentifiers } from "./attribute_topology.ts";
import {
  type CrossConnect,
  decodeAddress,
  decodeCrossConnect,
  decodePrefix,
  type Prefix,
  type RawTlv,
} from "./te_path.ts";
import { NodeMemo } from "./node_memo.ts";
import { readTlvs, TLV_HEADER_BYTES } from "./tlv.ts";

interface WithRawTlvs {
  readonly otherTlvs?: readonly RawTlv[];
}

/** A node (RFC 9552 section 5.2.1, RFC 9086 section 4.1). */
export interface NodeDescriptors extends WithRawTlvs {
  /** MD5 of the whole Node Descriptors TLV, in hex: the same node has the same bytes wherever it is described. */
  readonly hash: string;
  readonly asn?: number;
  readonly bgpLsId?: number;
  readonly ospfAreaId?: number;
  /** OSPF: dotted decimal; others: hex in groups of two bytes, `0000.0000.0009`. */
  readonly igpRouterId?: string;
  readonly bgpRouterId?: string;
  readonly memberAsn?: number;
  readonly ipv4RouterId?: string;
  readonly ipv6RouterId?: string;
}

/** What follows Protocol-ID and Identifier in an NLRI. */
export interface Descriptors extends WithRawTlvs {
  readonly localNode?: NodeDescriptors;
  readonly remoteNode?: NodeDescriptors;
  readonly linkIds?: LinkIdentifiers;
  readonly ipv4InterfaceAddress?: string;
  readonly ipv4NeighborAddress?: string;
  readonly ipv6InterfaceAddress?: string;
  readonly ipv6NeighborAddress?: string;
  /** AFI that an unnumbered link counts for (RFC 9815 section 5.2.2.1): 1 IPv4, 2 IPv6. */
  readonly linkAddressFamily?: number;
  /** 16 bits each, the identifier is in the lower 12 (RFC 9552 section 5.2.2.1). */
  readonly multiTopologyIds?: readonly number[];
  readonly ospfRouteType?: number;
  readonly prefix?: Prefix;
  readonly srv6Sid?: string;
  readonly candidatePath?: CandidatePath;
  readonly tunnelId?: number;
  readonly lspId?: number;
  readonly tunnelHeadEnd?: string;
  readonly tunnelTailEnd?: string;
  readonly crossConnect?: CrossConnect;
}

/** Of an SR policy (RFC 9857 section 4.1, RFC 9256 section 2). */
export interface CandidatePath {
  readonly protocolOrigin: number;
  readonly endpoint: string;
  readonly color: number;
  readonly originatorAsn: number;
  readonly originatorAddress: string;
  readonly discriminator: number;
}

/** Member of the result and decoder of the value, by type. */
type DescriptorTable<Members> = Readonly<
  Record<number, readonly [member: keyof Members & string, decode: TlvDecoder<TlvValue>]>
>;

const NODE_SUB_TLVS: DescriptorTable<NodeDescriptors> = {
  512: ["asn", unsigned(4)],
  513: ["bgpLsId", unsigned(4)],
  514: ["ospfAreaId", unsigned(4)],
  515: ["igpRouterId", decodeIgpRouterId],
  516: ["bgpRouterId", decodeIpv4],
  517: ["memberAsn", unsigned(4)],
  // Of the headend of an SR policy (RFC 9857 section 4).
  1028: ["ipv4RouterId", decodeIpv4],
  1029: ["ipv6RouterId", decodeIpv6],
};

const NODE: DescriptorTable<Descriptors> = {
  256: ["localNode", decodeNode],
};
const LINK: DescriptorTable<Descriptors> = {
  256: ["localNode", decodeNode],
  257: ["remoteNode", decodeNode],
  258: ["linkIds", LINK_IDENTIFIERS.decode],
  259: ["ipv4InterfaceAddress", decodeIpv4],
  260: ["ipv4NeighborAddress", decodeIpv4],
  261: ["ipv6InterfaceAddress", decodeIpv6],
  262: ["ipv6NeighborAddress", decodeIpv6],
  263: ["multiTopologyIds", decodeMultiTopologyIds],
  1185: ["linkAddressFamily", unsigned(1)],
};
const IPV4_PREFIX = prefixTable(4);
const IPV6_PREFIX = prefixTable(16);
const SRV6_SID: DescriptorTable<Descriptors> = {
  256: ["localNode", decodeNode],
  263: ["multiTopologyIds", decodeMultiTopologyIds],
  518: ["srv6Sid", decodeIpv6],
};
const SR_POLICY: DescriptorTable<Descriptors> = {
  256: ["localNode", decodeNode],
  550: ["tunnelId", unsigned(2)],
  551: ["lspId", unsigned(2)],
  552: ["tunnelHeadEnd", decodeAddress],
  553: ["tunnelTailEnd", decodeAddress],
  554: ["candidatePath", decodeCandidatePath],
  555: ["crossConnect", decodeCrossConnect],
};

/** BGP-LS NLRI types (IANA) whose descriptors are known. */
export const NlriType = {
  node: 1,
  link: 2,
  ipv4Prefix: 3,
  ipv6Prefix: 4,
  srPolicy: 5,
  srv6Sid: 6,
} as const;

const TABLES: Readonly<Record<number, DescriptorTable<Descriptors>>> = {
  [NlriType.node]: NODE,
  [NlriType.link]: LINK,
  [NlriType.ipv4Prefix]: IPV4_PREFIX,
  [NlriType.ipv6Prefix]: IPV6_PREFIX,
  [NlriType.srPolicy]: SR_POLICY,
  [NlriType.srv6Sid]: SRV6_SID,
};

export function isKnownNlriType(type: number): boolean {
  return TABLES[type] !== undefined;
}

/** Decodes the descriptors in `bytes[start, end)` of an NLRI of a known type into what is known of it. @throws DecodeFault */
export function decodeDescriptors<Known extends object>(
  known: Known,
  nlriType: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Known & Descriptors {
  return decodeTable(known, TABLES[nlriType]!, bytes, view, start, end);
}

/** What a decoder of the attribute's TLVs gets beside: no descriptor asks for TLVs inside it in that way. */
const NO_TLVS: NestedTlvs = () => [];

/** Adds members to `known`; with an object of their own, to be copied over, an NLRI costs a third more. */
function decodeTable<Known extends object, Members>(
  known: Known,
  table: DescriptorTable<Members>,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Known & Partial<Members> & WithRawTlvs {
  const members = known as Record<string, unknown>;
  const otherTlvs: RawTlv[] = [];
  for (const tlv of readTlvs(view, start, end)) {
    const row = table[tlv.type];
    if (row === undefined || members[row[0]] !== undefined) {
      otherTlvs.push({ type: tlv.type, value: hexText(bytes, tlv.start, tlv.end) });
    } else {
      members[row[0]] = row[1](bytes, view, tlv.start, tlv.end, NO_TLVS);
    }
  }
  if (otherTlvs.length > 0) members["otherTlvs"] = otherTlvs;
  return known as Known & Partial<Members> & WithRawTlvs;
}

const NODES = new NodeMemo<NodeDescriptors>();
const HASH = new Md5();

function decodeNode(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): NodeDescriptors {
  const tlvStart = start - TLV_HEADER_BYTES;
  let node = NODES.find(bytes, tlvStart, end);
  if (node === undefined) {
    const hash = HASH.reset().update(bytes, tlvStart, end).hex();
    node = decodeTable({ hash }, NODE_SUB_TLVS, bytes, view, start, end);
    NODES.put(bytes, tlvStart, end, node);
  }
  return node;
}

function decodeIgpRouterId(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): string {
  expectAtLeast(start, end, 1);
  return igpRouterIdText(bytes, start, end);
}

/**
 * 4 bytes as dotted decimal: an OSPF router. Others as hex in groups of two bytes: `0000.0000.0009` is an IS-IS system, with `.02`
 * behind it a pseudonode of it; 8 bytes are an OSPF pseudonode, the designated router and its interface.
 */
function igpRouterIdText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start === 4) return ipv4Text(bytes, start);
  let text = hexText(bytes, start, Math.min(start + 2, end));
  for (let pos = start + 2; pos < end; pos += 2) {
    text += `.${hexText(bytes, pos, Math.min(pos + 2, end))}`;
  }
  return text;
}

/** A link or prefix has one identifier (RFC 9552 section 5.2.2.1); more are kept too. */
function decodeMultiTopologyIds(
  _bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): number[] {
  expectAtLeast(start, end, 2);
  if ((end - start) % 2 !== 0) fail("ls-tlv-value-length", start, "a multiple of 2");
  const ids = [];
  for (let pos = start; pos < end; pos += 2) ids.push(view.getUint16(pos));
  return ids;
}

function prefixTable(addressBytes: 4 | 16): DescriptorTable<Descriptors> {
  return {
    256: ["localNode", decodeNode],
    263: ["multiTopologyIds", decodeMultiTopologyIds],
    264: ["ospfRouteType", unsigned(1)],
    265: [
      "prefix",
      (bytes, _view, start, end) => decodePrefix(bytes, start, end, addressBytes),
    ],
  };
}

/**
 * ```
 *  0  u8   Protocol-Origin
 *  1  u8   flags: 0x80 the endpoint is IPv6, 0x40 the originator is
 *  2  u16  reserved
 *  4  ...  Endpoint, 4 or 16 octets
 *     u32  Color
 *     u32  Originator AS number
 *     ...  Originator address, 4 or 16 octets
 *     u32  Discriminator
 * ```
 */
function decodeCandidatePath(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): CandidatePath {
  expectAtLeast(start, end, 24);
  const flags = bytes[start + 1]!;
  const isEndpointIpv6 = (flags & 0x80) !== 0;
  const isOriginatorIpv6 = (flags & 0x40) !== 0;
  const color = start + 4 + (isEndpointIpv6 ? 16 : 4);
  const discriminator = color + 8 + (isOriginatorIpv6 ? 16 : 4);
  expectLength(start, end, discriminator + 4 - start);
  return {
    protocolOrigin: bytes[start]!,
    endpoint: addressText(bytes, start + 4, isEndpointIpv6),
    color: view.getUint32(color),
    originatorAsn: view.getUint32(color + 4),
    originatorAddress: addressText(bytes, color + 8, isOriginatorIpv6),
    discriminator: view.getUint32(discriminator),
  };
}

function addressText(bytes: Uint8Array, start: number, isIpv6: boolean): string {
  return isIpv6 ? ipv6Text(bytes, start) : ipv4Text(bytes, start);
}
