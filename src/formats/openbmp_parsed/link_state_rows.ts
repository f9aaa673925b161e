/**
 * ls_node, ls_link and ls_prefix rows: BGP-LS objects (RFC 9552). Objects of other types have no row.
 *
 * The consumer reads routing identifier, topology and external tag as decimal numbers, though the collectors in C++ write them in hex;
 * they are decimal here. It refuses protocols and route types that its database has no word for: they are empty.
 */
import {
  ADJACENCY_SID,
  PEER_NODE_SID,
  PREFIX_SID,
  SR_CAPABILITIES,
} from "../../bgp/link_state/attribute_segment_routing.ts";
import {
  ADMIN_GROUP,
  EXTENDED_ROUTE_TAG,
  FORWARDING_ADDRESS,
  IGP_FLAGS,
  IGP_METRIC,
  ISIS_AREA,
  LINK_IDENTIFIERS,
  LINK_NAME,
  LINK_PROTECTION,
  LOCAL_ROUTER_ID_IPV4,
  LOCAL_ROUTER_ID_IPV6,
  MAX_BANDWIDTH,
  MAX_RESERVABLE_BANDWIDTH,
  MPLS_PROTOCOLS,
  MULTI_TOPOLOGY_ID,
  NODE_FLAGS,
  NODE_NAME,
  PREFIX_METRIC,
  REMOTE_ROUTER_ID_IPV4,
  REMOTE_ROUTER_ID_IPV6,
  ROUTE_TAG,
  SRLG,
  TE_METRIC,
  UNRESERVED_BANDWIDTH,
} from "../../bgp/link_state/attribute_topology.ts";
import { NlriType, type NodeDescriptors } from "../../bgp/link_state/descriptors.ts";
import type { LinkStateObject, LinkStateRoute } from "../../bgp/link_state/nlri.ts";
import { isIsis, isOspf } from "../../bgp/link_state/protocols.ts";
import { ipBytes } from "../../wire/ip.ts";
import { Md5 } from "../../wire/md5.ts";
import { utf8 } from "../../wire/writer.ts";
import type { ObjectRow, ObjectRowFacts } from "./object_rows.ts";
import {
  adjacencySidText,
  capabilityText,
  kilobits,
  LinkStateAttribute,
  mplsText,
  peerSidText,
  prefixSidText,
  SIDS_MAX,
} from "./link_state_values.ts";
import { cleanText, joinWithin } from "./text.ts";

const ADDRESS_BYTES = 16;
const IGP_ROUTER_ID_BYTES = 8;
const ROUTE_TYPE_BYTES = 32;
const NAME_MAX = 255;
const LIST_MAX = 128;
const PROTECTION_MAX = 60;
const AREA_MAX = 46;
const COUNTER_MAX = 2n ** 63n - 1n;

/** What the database has a word for. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  1: "IS-IS_L1",
  2: "IS-IS_L2",
  3: "OSPFv2",
  4: "Direct",
  5: "Static",
  6: "OSPFv3",
};

const OSPF_ROUTE_TYPES = ["", "Intra", "Inter", "Ext-1", "Ext-2", "NSSA-1", "NSSA-2"];

const NO_ATTRIBUTE = new LinkStateAttribute({ tlvs: [], ranges: [], faults: [] });

/** The row of an object; undefined: its type has none. */
export function linkStateRow(route: LinkStateRoute, facts: ObjectRowFacts): ObjectRow | undefined {
  if ("value" in route || route.localNode === undefined) return undefined;
  const attribute = facts.linkState ?? NO_ATTRIBUTE;
  switch (route.type) {
    case NlriType.node:
      return nodeRow(route, route.localNode, attribute, facts);
    case NlriType.link:
      return linkRow(route, route.localNode, route.remoteNode, attribute, facts);
    case NlriType.ipv4Prefix:
    case NlriType.ipv6Prefix:
      return prefixRow(route, route.localNode, attribute, facts);
  }
  return undefined;
}

function nodeRow(
  route: LinkStateObject,
  node: NodeDescriptors,
  attribute: LinkStateAttribute,
  facts: ObjectRowFacts,
): ObjectRow {
  const [asPath, localPref, med, nextHop] = attributeColumns(facts);
  const capabilities = attribute.value(SR_CAPABILITIES);
  const topologies = attribute.values(MULTI_TOPOLOGY_ID).flat().map(({ id }) => String(id));
  return {
    type: "ls_node",
    hash: hexOf(nodeHash(node, facts)),
    columns: [
      ...peerColumns(facts),
      igpRouterId(route.protocolId, node),
      attribute.value(LOCAL_ROUTER_ID_IPV6) ?? attribute.value(LOCAL_ROUTER_ID_IPV4) ?? "0.0.0.0",
      signed(route.identifier),
      (node.bgpLsId ?? 0).toString(16),
      joinWithin(topologies, LIST_MAX),
      ...areas(route.protocolId, node, attribute),
      PROTOCOLS[route.protocolId] ?? "",
      // The collectors in C++ have T for the attached bit.
      (attribute.value(NODE_FLAGS) ?? []).join("").replace("A", "T"),
      asPath,
      localPref,
      med,
      nextHop,
      cleanText(attribute.value(NODE_NAME) ?? "", NAME_MAX),
      ...ribColumns(facts),
      capabilities === undefined ? "" : capabilityText(route.protocolId, capabilities),
    ],
  };
}

function linkRow(
  route: LinkStateObject,
  local: NodeDescriptors,
  remote: NodeDescriptors | undefined,
  attribute: LinkStateAttribute,
  facts: ObjectRowFacts,
): ObjectRow {
  const { protocolId } = route;
  const isIgp = isIsis(protocolId) || isOspf(protocolId);
  const isIpv4 = (route.ipv4InterfaceAddress ?? route.ipv4NeighborAddress) !== undefined;
  const none = isIpv4 ? "0.0.0.0" : "::";
  const interfaceAddress = route.ipv4InterfaceAddress ?? route.ipv6InterfaceAddress ?? none;
  const neighborAddress = route.ipv4NeighborAddress ?? route.ipv6NeighborAddress ?? none;
  const identifiers = route.linkIds ?? attribute.value(LINK_IDENTIFIERS);
  const topology = route.multiTopologyIds?.[0] ?? 0;
  const localHash = nodeHash(local, facts);
  const remoteHash = nodeHash(remote ?? {}, facts);
  const hash = new Md5();
  const take = (part: Uint8Array) => hash.update(part, 0, part.length);
  take(padded(interfaceAddress));
  take(padded(neighborAddress));
  take(littleEndian64(route.identifier));
  take(localHash);
  take(remoteHash);
  take(littleEndian(identifiers?.local ?? 0));
  take(littleEndian(identifiers?.remote ?? 0));
  take(facts.view.hashText);
  take(littleEndian(topology));

  const [asPath, localPref, med, nextHop] = attributeColumns(facts);
  const ipv4Router = [LOCAL_ROUTER_ID_IPV4, REMOTE_ROUTER_ID_IPV4] as const;
  const ipv6Router = [LOCAL_ROUTER_ID_IPV6, REMOTE_ROUTER_ID_IPV6] as const;
  const [localRouter, remoteRouter] = isIpv4 ? ipv4Router : ipv6Router;
  const nodeSid = attribute.value(PEER_NODE_SID);
  const sids = attribute.values(ADJACENCY_SID).map((sid) => adjacencySidText(protocolId, sid));
  return {
    type: "ls_link",
    hash: hash.hex(),
    columns: [
      ...peerColumns(facts),
      isIgp ? igpRouterId(protocolId, local) : "",
      isIgp ? attribute.value(localRouter) ?? none : local.bgpRouterId ?? "0.0.0.0",
      signed(route.identifier),
      (local.bgpLsId ?? 0).toString(16),
      ...areas(protocolId, local, attribute),
      PROTOCOLS[protocolId] ?? "",
      asPath,
      localPref,
      med,
      nextHop,
      topology,
      identifiers?.local ?? 0,
      identifiers?.remote ?? 0,
      interfaceAddress,
      neighborAddress,
      attribute.value(IGP_METRIC) ?? 0,
      attribute.value(ADMIN_GROUP) ?? 0,
      kilobits(attribute.value(MAX_BANDWIDTH)),
      kilobits(attribute.value(MAX_RESERVABLE_BANDWIDTH)),
      (attribute.value(UNRESERVED_BANDWIDTH) ?? []).map(kilobits).join(", "),
      attribute.value(TE_METRIC) ?? 0,
      joinWithin(attribute.value(LINK_PROTECTION) ?? [], PROTECTION_MAX),
      mplsText(attribute.value(MPLS_PROTOCOLS)),
      joinWithin((attribute.value(SRLG) ?? []).map(String), LIST_MAX),
      cleanText(attribute.value(LINK_NAME) ?? "", NAME_MAX),
      hexOf(remoteHash),
      hexOf(localHash),
      isIgp ? igpRouterId(protocolId, remote ?? {}) : "",
      isIgp ? attribute.value(remoteRouter) ?? none : remote?.bgpRouterId ?? "0.0.0.0",
      local.asn ?? 0,
      remote?.asn ?? 0,
      nodeSid === undefined ? "" : peerSidText(nodeSid),
      ...ribColumns(facts),
      joinWithin(sids, SIDS_MAX),
    ],
  };
}

function prefixRow(
  route: LinkStateObject,
  node: NodeDescriptors,
  attribute: LinkStateAttribute,
  facts: ObjectRowFacts,
): ObjectRow | undefined {
  const { protocolId, prefix } = route;
  if (prefix === undefined) return undefined;
  const isIpv4 = route.type === NlriType.ipv4Prefix;
  const none = isIpv4 ? "0.0.0.0" : "::";
  const topology = route.multiTopologyIds?.[0] ?? 0;
  const routeType = OSPF_ROUTE_TYPES[route.ospfRouteType ?? 0] ?? "";
  const localHash = nodeHash(node, facts);
  const routeTypeBytes = new Uint8Array(ROUTE_TYPE_BYTES);
  routeTypeBytes.set(utf8(routeType));
  const address = !isIpv4 && !prefix.address.includes(":")
    ? `::ffff:${prefix.address}`
    : prefix.address;
  const hash = new Md5();
  const take = (part: Uint8Array) => hash.update(part, 0, part.length);
  take(padded(address));
  take(Uint8Array.of(prefix.length));
  take(littleEndian64(route.identifier));
  take(localHash);
  take(routeTypeBytes);
  take(littleEndian(topology));
  if (facts.hashes !== "compat") take(facts.view.hashText);

  const [asPath, localPref, med, nextHop] = attributeColumns(facts);
  const routerId = isIpv4 ? LOCAL_ROUTER_ID_IPV4 : LOCAL_ROUTER_ID_IPV6;
  const sids = attribute.values(PREFIX_SID).map((sid) => prefixSidText(protocolId, sid));
  const externalTag = attribute.value(EXTENDED_ROUTE_TAG)?.[0] ?? 0;
  return {
    type: "ls_prefix",
    hash: hash.hex(),
    columns: [
      ...peerColumns(facts),
      igpRouterId(protocolId, node),
      attribute.value(routerId) ?? none,
      signed(route.identifier),
      (node.bgpLsId ?? 0).toString(16),
      ...areas(protocolId, node, attribute),
      PROTOCOLS[protocolId] ?? "",
      asPath,
      localPref,
      med,
      nextHop,
      hexOf(localHash),
      topology,
      routeType,
      (attribute.value(IGP_FLAGS) ?? []).join(""),
      attribute.value(ROUTE_TAG)?.[0] ?? 0,
      externalTag > COUNTER_MAX ? COUNTER_MAX : externalTag,
      attribute.value(FORWARDING_ADDRESS) ?? none,
      attribute.value(PREFIX_METRIC) ?? 0,
      address,
      prefix.length,
      ...ribColumns(facts),
      joinWithin(sids, SIDS_MAX),
    ],
  };
}

/** Columns 4 to 10. */
function peerColumns(facts: ObjectRowFacts): (string | number)[] {
  const { view } = facts;
  return [
    facts.baseHash,
    facts.routerHash,
    facts.routerAddress,
    view.hash,
    view.address,
    view.as,
    facts.time,
  ];
}

function ribColumns({ view }: ObjectRowFacts): number[] {
  return [view.isPrePolicy ? 1 : 0, view.isAdjIn ? 1 : 0];
}

/** AS path, LOCAL_PREF, MED, next hop; empty where the object is withdrawn. */
function attributeColumns(
  { attributeColumns: columns }: ObjectRowFacts,
): [string, string, string, string] {
  return [columns[1] ?? "", columns[6] ?? "", columns[5] ?? "", columns[4] ?? ""];
}

/** MD5 of the node as the memory of an x86 has it, 16 bytes; the same for all peers that tell of it, unless hashes are complete. */
function nodeHash(node: Partial<NodeDescriptors>, facts: ObjectRowFacts): Uint8Array {
  const area = new Uint8Array(4);
  new DataView(area.buffer).setUint32(0, node.ospfAreaId ?? 0);
  const hash = new Md5();
  const take = (part: Uint8Array) => hash.update(part, 0, part.length);
  take(igpRouterIdBytes(node));
  take(littleEndian(node.bgpLsId ?? 0));
  take(littleEndian(node.asn ?? 0));
  take(area);
  if (facts.hashes !== "compat") take(facts.view.hashText);
  return Uint8Array.fromHex(hash.hex());
}

/** The 4, 6, 7 or 8 octets of the identifier, padded to 8; none where there are more. */
function igpRouterIdBytes({ igpRouterId = "" }: Partial<NodeDescriptors>): Uint8Array {
  const bytes = new Uint8Array(IGP_ROUTER_ID_BYTES);
  const octets = ipBytes(igpRouterId) ?? Uint8Array.fromHex(igpRouterId.replaceAll(".", ""));
  if (octets.length <= IGP_ROUTER_ID_BYTES) bytes.set(octets);
  return bytes;
}

/** OSPF: `router[designated router]`; others `0000.0000.0009.0000`. */
function igpRouterId(protocolId: number, node: Partial<NodeDescriptors>): string {
  const bytes = igpRouterIdBytes(node);
  if (isOspf(protocolId)) {
    const designated = bytes.subarray(4).join(".");
    return bytes.subarray(0, 4).join(".") + (designated === "0.0.0.0" ? "" : `[${designated}]`);
  }
  return bytes.toHex().toUpperCase().replace(/.{4}(?=.)/g, "$&.");
}

/** Area of OSPF, and of IS-IS: `49.00010002`. */
function areas(
  protocolId: number,
  node: NodeDescriptors,
  attribute: LinkStateAttribute,
): [string, string] {
  if (isOspf(protocolId)) {
    const area = new Uint8Array(4);
    new DataView(area.buffer).setUint32(0, node.ospfAreaId ?? 0);
    return [area.join("."), ""];
  }
  const [first = "", ...rest] = (attribute.value(ISIS_AREA) ?? "").toUpperCase().split(".");
  return ["", (rest.length === 0 ? first : `${first}.${rest.join("")}`).slice(0, AREA_MAX)];
}

/** The consumer reads it as a number with a sign. */
function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** The bytes of an address, padded to 16. */
function padded(address: string): Uint8Array {
  const bytes = new Uint8Array(ADDRESS_BYTES);
  bytes.set(ipBytes(address) ?? bytes);
  return bytes;
}

function hexOf(bytes: Uint8Array): string {
  return bytes.toHex();
}

function littleEndian(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function littleEndian64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
