/** The lists of code points of the support matrix: what is decoded of each, by what the decoders do and by the vectors. */
import { readFileSync } from "node:fs";
import { ATTRIBUTE_BY_CODE } from "../../src/bgp/attributes/registry.ts";
import { decodeOpaque } from "../../src/bgp/capabilities/spec.ts";
import { CAPABILITY_SPECS } from "../../src/bgp/capabilities/registry.ts";
import { putExtendedCommunity } from "../../src/bgp/communities/mod.ts";
import { familyKey } from "../../src/bgp/families.ts";
import { FAMILY_BY_KEY } from "../../src/bgp/nlri/registry.ts";
import { MESSAGE_TYPES } from "../../src/bmp/message_types.ts";
import { decodeInitiation } from "../../src/bmp/messages/initiation.ts";
import { decodePeerDown } from "../../src/bmp/messages/peer_down.ts";
import { decodeRouteMirroring } from "../../src/bmp/messages/route_mirroring.ts";
import { decodeTermination } from "../../src/bmp/messages/termination.ts";
import { STATISTIC_TYPES } from "../../src/bmp/statistic_types.ts";
import { TABLE_TLV_TYPES } from "../../src/bmp/table_tlvs.ts";
import { ByteWriter } from "../../src/wire/writer.ts";
import { attribute, tlv, uint } from "../building.ts";
import { renderBlock } from "../bgp/attributes/blocks.ts";
import { fromHex } from "../decoding.ts";
import { GOOD_CAPABILITIES } from "../vectors/capabilities.ts";
import { messageVectors, statisticVectors } from "./message_vectors.ts";
import {
  attributeVectors,
  elementVectors,
  familyVectors,
  linkStateVectors,
  type Vector,
  withNumberAt,
} from "./vectors.ts";

/** One code point as a list has it. */
export interface CodePoint {
  /** The columns that tell it from the others. */
  readonly code: readonly string[];
  readonly name: string;
  readonly reference: string;
}

/** What this program does with a code point. */
export interface Support {
  /** Document and section, where the decoder names them. */
  readonly reference?: string | undefined;
  readonly vectors: readonly Vector[];
}

export interface List {
  /** File in tests/data/iana, without `.tsv`. */
  readonly file: string;
  readonly title: string;
  /** Undefined: the value is kept as bytes. */
  supportOf(code: readonly string[]): Support | undefined;
}

/** The code points of a list. */
export function codePoints(file: string): CodePoint[] {
  const text = readFileSync(new URL(`../data/iana/${file}.tsv`, import.meta.url), "utf8");
  const [head, ...lines] = text.trimEnd().split("\n");
  const keys = head!.split("\t").length - 2;
  return lines.map((line) => {
    const cells = line.split("\t");
    return { code: cells.slice(0, keys), name: cells[keys]!, reference: cells[keys + 1]! };
  });
}

/** Supported by having vectors, and only by that. */
function byVectors(vectors: readonly Vector[]): Support | undefined {
  return vectors.length === 0 ? undefined : { vectors };
}

function family([afi, safi]: readonly string[]): Support | undefined {
  const spec = FAMILY_BY_KEY.get(familyKey(Number(afi), Number(safi)));
  return spec && { reference: spec.reference, vectors: familyVectors(afi!, safi!) };
}

function pathAttribute([code]: readonly string[]): Support | undefined {
  const spec = ATTRIBUTE_BY_CODE[Number(code)];
  return spec && { reference: spec.reference, vectors: attributeVectors(spec.code) };
}

function capability([code]: readonly string[]): Support | undefined {
  const spec = CAPABILITY_SPECS.find((it) => it.code === Number(code));
  if (spec === undefined || spec.decode === decodeOpaque) return undefined;
  const vectors = (GOOD_CAPABILITIES[spec.code] ?? [])
    .map(([hex, value, source]) => ({ source, bytes: fromHex(hex), value }));
  return { reference: spec.reference, vectors };
}

/** Known is what has a text that does not call it unknown. */
function extendedCommunity([type, subtype]: readonly string[]): Support | undefined {
  const octets = [Number(type), ...(subtype === "*" ? [] : [Number(subtype)])];
  const vectors = elementVectors(16, 8, octets);
  if (subtype === "*") return byVectors(vectors);
  const bytes = new Uint8Array(8);
  bytes.set(octets);
  const out = new ByteWriter(64);
  putExtendedCommunity(out, bytes, new DataView(bytes.buffer), 0);
  const isKnown = !/^(Subtype )?unknown=/.test(new TextDecoder().decode(out.written()));
  return isKnown ? { vectors } : undefined;
}

function ipv6ExtendedCommunity([code]: readonly string[]): Support | undefined {
  const octets = (code!.slice(2).match(/[0-9a-f]{2}/g) ?? []).map((it) => parseInt(it, 16));
  const value = `${octets.map((it) => uint(it, 1)).join("").padEnd(4, "0")}${"00".repeat(18)}`;
  const text = renderBlock(attribute(0xc0, 25, value)).text;
  const isKnown = !/"(subtype-|unknown=)/.test(text);
  return isKnown ? { vectors: elementVectors(25, 20, octets) } : undefined;
}

/** Types of routes and parts of attributes, by the number that stands at an offset of the vector. */
function routeType(afi: number, safi: number, offset: number, octets: number): List["supportOf"] {
  return (code) => {
    const vectors = withNumberAt(familyVectors(afi, safi), offset, octets, Number(code.at(-1)));
    // What is not decoded has its bytes as its value.
    return byVectors(vectors.filter(({ value }) => !isUndecoded(value)));
  };
}

function isUndecoded(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  const names = Object.keys(value).filter((name) =>
    !["routeType", "architectureType", "type", "protocolId", "rd"].includes(name)
  );
  return names.every((name) => name === "hex" || name === "value");
}

function flowSpecComponent([code]: readonly string[]): Support | undefined {
  const vectors = [[1, 133], [2, 133], [25, 133], [25, 134]]
    .flatMap(([afi, safi]) => familyVectors(afi!, safi!));
  return byVectors(vectors.filter(({ value }) => hasElement(value, "components", Number(code))));
}

/** Whether the value has a list with this name, an element of which has this type and more than its bytes. */
function hasElement(value: unknown, list: string, type: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  for (const [name, inner] of Object.entries(value)) {
    if (name === list && Array.isArray(inner)) {
      const found = inner.find((it) => (it.type ?? it.segment_type) === type);
      if (found !== undefined && isMoreThanBytes(found)) return true;
    }
    if (hasElement(inner, list, type)) return true;
  }
  return false;
}

function isMoreThanBytes(element: object): boolean {
  return Object.keys(element).some((name) =>
    !["type", "segment_type", "type_name", "length", "hex", "value"].includes(name)
  ) || typeof (element as { value?: unknown }).value === "number" ||
    typeof (element as { value?: unknown }).value === "bigint";
}

function attributePart(code: number, list: string): List["supportOf"] {
  return ([type]) =>
    byVectors(attributeVectors(code).filter(({ value }) => hasElement(value, list, Number(type))));
}

/** The tunnel is what goes beyond the identifier's bytes. */
function pmsiTunnel([type]: readonly string[]): Support | undefined {
  const vectors = withNumberAt(attributeVectors(22), 1, 1, Number(type));
  return byVectors(
    vectors.filter(({ value }) =>
      type === "0" ||
      (value as { pmsi_tunnel?: { tunnel?: object } }).pmsi_tunnel?.tunnel !== undefined
    ),
  );
}

const WEIGHT = "9";

/** A segment is an element of the list, its weight a member beside it. */
function segmentOf([type]: readonly string[]): Support | undefined {
  return byVectors(
    attributeVectors(23).filter(({ value }) =>
      type === WEIGHT ? hasMember(value, "weight") : hasElement(value, "segments", Number(type))
    ),
  );
}

function hasMember(value: unknown, name: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  return name in value || Object.values(value).some((inner) => hasMember(inner, name));
}

/** A TLV of a BMP message is known when the decoder has a name for it. */
function messageTlv(
  messageType: number,
  isKnown: (code: number) => boolean,
): List["supportOf"] {
  return ([code]) =>
    isKnown(Number(code)) ? { vectors: messageVectors(messageType, Number(code)) } : undefined;
}

function decodes<T>(
  decode: (bytes: Uint8Array, view: DataView, start: number, end: number) => T,
  hex: string,
): T {
  const bytes = fromHex(hex);
  return decode(bytes, new DataView(bytes.buffer), 0, bytes.length);
}

export const LISTS: readonly List[] = [
  { file: "afi_safi_pairs", title: "Address families", supportOf: family },
  { file: "path_attributes", title: "Path attributes", supportOf: pathAttribute },
  { file: "capabilities", title: "Capabilities", supportOf: capability },
  { file: "ext_communities", title: "Extended communities", supportOf: extendedCommunity },
  {
    file: "ext_communities_ipv6",
    title: "IPv6 extended communities",
    supportOf: ipv6ExtendedCommunity,
  },
  { file: "evpn_route_types", title: "EVPN route types", supportOf: routeType(25, 70, 0, 1) },
  {
    file: "mcast_vpn_route_types",
    title: "MCAST-VPN route types",
    supportOf: routeType(1, 5, 0, 1),
  },
  {
    file: "mup_route_types",
    title: "MUP route types",
    supportOf: ([architecture, type]) =>
      type === "-"
        ? byVectors(withNumberAt(familyVectors(1, 85), 0, 1, Number(architecture)))
        : routeType(1, 85, 1, 2)([type!]),
  },
  {
    file: "flowspec_components",
    title: "Flow Specification components",
    supportOf: flowSpecComponent,
  },
  { file: "ls_nlri_types", title: "BGP-LS NLRI types", supportOf: routeType(16388, 71, 0, 2) },
  {
    file: "bgp_ls_tlvs",
    title: "BGP-LS TLVs",
    supportOf: ([code]) => byVectors(linkStateVectors(Number(code))),
  },
  { file: "pmsi_tunnel_types", title: "PMSI tunnel types", supportOf: pmsiTunnel },
  {
    file: "tunnel_encap_types",
    title: "Tunnel types of the Tunnel Encapsulation attribute",
    supportOf: attributePart(23, "tunnels"),
  },
  {
    file: "tunnel_encap_subtlvs",
    title: "Sub-TLVs of the Tunnel Encapsulation attribute",
    supportOf: attributePart(23, "sub_tlvs"),
  },
  {
    file: "sr_policy_segment_types",
    title: "Sub-TLVs of an SR policy's segment list",
    supportOf: segmentOf,
  },
  {
    file: "prefix_sid_tlvs",
    title: "TLVs of the BGP Prefix-SID attribute",
    supportOf: attributePart(40, "tlvs"),
  },
  {
    file: "aigp_tlv_types",
    title: "TLVs of the AIGP attribute",
    supportOf: attributePart(26, "tlvs"),
  },
  {
    file: "bmp_message_types",
    title: "BMP messages",
    supportOf: ([code]) => {
      const known = MESSAGE_TYPES[Number(code)];
      return known && { reference: known.reference, vectors: messageVectors(Number(code)) };
    },
  },
  {
    file: "bmp_stats_types",
    title: "BMP statistics",
    supportOf: ([code]) => {
      const known = STATISTIC_TYPES[Number(code)];
      return known && { reference: known.reference, vectors: statisticVectors(Number(code)) };
    },
  },
  {
    file: "bmp_initiation_tlvs",
    title: "TLVs of Initiation",
    supportOf: messageTlv(
      4,
      (code) => decodes(decodeInitiation, tlv(code, "")).tlvs[0]!.name !== undefined,
    ),
  },
  {
    file: "bmp_peer_up_tlvs",
    title: "TLVs of Peer Up",
    supportOf: messageTlv(3, (code) => TABLE_TLV_TYPES[code] !== undefined),
  },
  {
    file: "bmp_termination_tlvs",
    title: "TLVs of Termination",
    supportOf: messageTlv(
      5,
      (code) => decodes(decodeTermination, tlv(code, "0000")).tlvs[0]!.name !== undefined,
    ),
  },
  {
    file: "bmp_mirroring_tlvs",
    title: "TLVs of Route Mirroring",
    supportOf: messageTlv(
      6,
      (code) => decodes(decodeRouteMirroring, tlv(code, "0000")).tlvs[0]!.kind !== "unknown",
    ),
  },
  {
    file: "bmp_peer_down_reasons",
    title: "Reasons of Peer Down",
    supportOf: ([code]) => {
      const { reasonName } = decodes(decodePeerDown, uint(Number(code), 1));
      return reasonName === undefined || reasonName === "Reserved"
        ? undefined
        : { vectors: messageVectors(2, Number(code)) };
    },
  },
];
