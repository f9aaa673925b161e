/** What yabgp says of a fragment, compared with our members: as many values of each, and the same ones. */
import { Buffer } from "node:buffer";
import type { Part } from "../../../src/explain/part.ts";
import { FactList, ownUpdates } from "../facts.ts";

type Json = Readonly<Record<string, unknown>>;

/** How a value of theirs reads as ours. */
type Form = (value: unknown) => readonly string[];

/** Our member and the form of its values. */
type Row = readonly [ours: string, form: Form];

const ORIGINS = ["igp", "egp", "incomplete"];
const plain: Form = (value) => [value].flat(2).map(String);
const mac: Form = (value) => [String(value).toLowerCase().replaceAll("-", ":")];
const path: Form = (value) => (value as [number, number[]][]).flatMap(([, it]) => it.map(String));
const origin: Form = (value) => [ORIGINS[Number(value)]!];
const ipv4: Form = (value) => [
  [24, 16, 8, 0].map((shift) => (Number(value) >>> shift) & 255).join("."),
];

/** Members of routes, descriptors and tunnels, whatever they are in. */
const MEMBERS: Readonly<Record<string, Row>> = {
  rd: ["rd", plain],
  path_id: ["path_identifier", plain],
  eth_tag_id: ["ethernet_tag", plain],
  mac: ["mac", mac],
  gateway: ["gateway", plain],
  sys_mac_addr: ["system_mac", mac],
  rb_mac_addr: ["root_mac", mac],
  rb_priority: ["root_priority", plain],
  router_id: ["router_id", ipv4],
  as_num: ["asn", plain],
  ld_value: ["local_discriminator", plain],
  distinguisher: ["distinguisher", plain],
  color: ["color", plain],
  endpoint: ["endpoint", plain],
  mpls_label: ["mpls_label", plain],
  tunnel_type: ["tunnel_type", plain],
  protocol_id: ["protocol_id", plain],
  instances_id: ["identifier", plain],
  iso_node_id: ["igp_router_id", plain],
  algorithm: ["algorithm", plain],
  weight: ["weight", plain],
  sid: ["label", plain],
  metric: ["metric", plain],
};

/** Values of attributes, by type code. */
const ATTRIBUTES: Readonly<Record<string, Row>> = {
  "1": ["origin", origin],
  "2": ["asns", path],
  "3": ["nexthop", plain],
  "4": ["med", plain],
  "5": ["local_pref", plain],
  "9": ["originator_id", plain],
  "10": ["cluster_list", (value) => [(value as string[]).join(", ")]],
};

/** Descriptors and TLVs of BGP-LS that are a type and a value. */
const TYPED: Readonly<Record<string, Row>> = {
  link_local_ipv4: ["ipv4_interface_address", plain],
  link_remote_ipv4: ["ipv4_neighbor_address", plain],
};

/** Names of what differs; empty where yabgp and this program say the same. */
export function yabgpDifferences(expected: unknown, tree: Part): string[] {
  const own = ownUpdates(tree)[0];
  if (own === undefined) return [];
  const theirs = new FactList();
  addFacts(theirs, expected);
  const ours = new Map<string, string[]>();
  for (const [key, values] of own.facts) {
    const member = key.slice(key.indexOf(" ") + 1);
    ours.set(member, [...ours.get(member) ?? [], ...values]);
  }
  return [...theirs.facts].flatMap(([key, values]) => {
    const names = key.slice(1).split("|");
    const found = names.flatMap((name) => (ours.get(name) ?? []).map((it) => form(name, it)));
    const isEqual = [...values].sort().join() === found.sort().join();
    return isEqual ? [] : [`${names[0]} ${values.join(",")} for ${found.join(",")}`];
  });
}

/** Labels of EVPN are the upper 20 bits of a field that we keep whole; AGGREGATOR is base64, as goBMP's consumers know it. */
function form(member: string, value: string): string {
  if (member === "raw_labels") return String(Number(value) >> 4);
  if (member !== "aggregator") return value;
  const bytes = Buffer.from(value, "base64");
  return `${bytes.readUIntBE(0, bytes.length - 4)},${[...bytes.subarray(-4)].join(".")}`;
}

function add(to: FactList, [member, form]: Row, value: unknown): void {
  for (const text of form(value)) to.add("", member, text);
}

function addFacts(to: FactList, value: unknown): void {
  if (Array.isArray(value)) return value.forEach((it) => addFacts(to, it));
  if (typeof value === "string" && /^[0-9a-f.:]+\/\d+$/.test(value)) {
    return to.add("", "prefix", value);
  }
  if (typeof value !== "object" || value === null) return;
  const object = value as Json;
  const isEvpn = "eth_tag_id" in object || "esi" in object;
  const typed = TYPED[String(object["type"])];
  if (typed !== undefined) return add(to, typed, object["value"]);
  for (const [name, inner] of Object.entries(object)) {
    // The RD of a next hop is always 0; the address is looked for elsewhere.
    if (name !== "nexthop") addMember(to, name, inner, isEvpn);
  }
}

function addMember(to: FactList, name: string, value: unknown, isEvpn: boolean): void {
  const row = MEMBERS[name] ?? ATTRIBUTES[name];
  // A Flow Specification has components by the same numbers, which are texts or prefixes.
  const isComponent = typeof value === "string" && /^[=<>]|\/\d+$/.test(value);
  if (row !== undefined && !isComponent) add(to, row, value);
  else if (name === "7" && Array.isArray(value)) to.add("", "aggregator", value.join(","));
  else if (name === "label") {
    const member = isEvpn ? "raw_labels" : "labels";
    for (const label of value as number[]) to.add("", member, String(label));
  } else if (name === "ip") to.add("", "ip_address|originator", String(value));
  else if (name === "prefix" && isEvpn) to.add("", "ip_address", String(value).split("/")[0]!);
  else if (name === "afi_safi") {
    const [afi, safi] = value as readonly [number, number];
    to.add("", "afi", String(afi));
    to.add("", "safi", String(safi));
  } else if (!isComponent) addFacts(to, value);
}
