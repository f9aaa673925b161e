/** What tshark says of an UPDATE, as facts with our members' names; and what of it is said otherwise here. */
import type { Part } from "../../src/explain/part.ts";
import type { Json, JsonObject } from "./corpus.ts";
import { type OwnUpdate, ownUpdates } from "./facts.ts";
import { Said } from "./vectors/leaves.ts";
import { ipv6Text } from "../../src/wire/strings.ts";
import { fromHex } from "../decoding.ts";

/** Turns a value into what both sides are compared by: none, one, or several; null: this field is not to be compared here. */
type Form = (text: string, field: string) => string | readonly string[] | null;

/** Fields of tshark, and the members that say the same here. */
interface Row {
  /** Of the place and the field without `bgp.`. */
  readonly field: RegExp;
  readonly members: readonly string[];
  readonly theirs: Form;
  readonly ours: Form;
  /** tshark shows the first of several, or not all kinds. */
  readonly isPart?: true;
}

const same: Form = (text) => text;

function row(field: string, member: string, theirs: Form = same, ours: Form = same): Row {
  return { field: new RegExp(`^\\S+ (${field})$`), members: member.split("|"), theirs, ours };
}

const ATTRIBUTE = "update\\.path_attribute";
const ORIGINS = ["igp", "egp", "incomplete"];

/** `00:01:0a:00:00:01:00:05` as `10.0.0.1:5` (RFC 4364 section 4.2). */
function distinguisher(field: string): string {
  if (!/^([0-9a-f]{2}:){7}[0-9a-f]{2}$/.test(field)) return field;
  const bytes = fromHex(field.replaceAll(":", ""));
  const view = new DataView(bytes.buffer);
  switch (view.getUint16(0)) {
    case 0:
      return `${view.getUint16(2)}:${view.getUint32(4)}`;
    case 1:
      return `${bytes.slice(2, 6).join(".")}:${view.getUint16(6)}`;
    default:
      return `${view.getUint32(2)}:${view.getUint16(6)}`;
  }
}

/** `24001 24002 (bottom)`: labels; `0 (withdrawn)`: none. */
function labels(field: string): string[] | null {
  if (!/^\d/.test(field)) return null;
  return field.includes("withdrawn") ? [] : field.match(/\d+/g) ?? [];
}

/** `0c:` and 12 bytes: a length, then the next hop, with a route distinguisher or a link-local address or neither. */
function nextHop(field: string): string | null {
  const [length, ...bytes] = field.split(":");
  if (Number.parseInt(length!, 16) !== bytes.length) return null;
  const found: string[] = [];
  const width = bytes.length % 24 === 0 ? 24 : bytes.length < 16 ? bytes.length : 16;
  for (let at = 0; at < bytes.length; at += width) {
    const address = bytes.slice(at, at + width).slice(width === 24 ? 8 : width < 16 ? -4 : 0);
    found.push(addressText(address.join("")));
  }
  return found.join(",");
}

function addressText(hex: string): string {
  const mapped = /^0{20}ffff/.test(hex) ? hex.slice(24) : hex;
  const bytes = fromHex(mapped);
  return bytes.length === 4 ? bytes.join(".") : ipv6Text(bytes, 0);
}

function hexNumber(field: string): string {
  return BigInt(`0x${field.replaceAll(":", "").replace(/^0x/, "")}`).toString();
}

function hexDigits(field: string): string {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(field)
    ? field.split(".").map((it) => Number(it).toString(16).padStart(2, "0")).join("")
    : field.replaceAll(/[:.-]/g, "");
}

/** The upper 20 bits of a label field: tshark has the whole field where it may be a VNI alone. */
function upper20(text: string, field: string): string {
  return field.includes("mpls_ls") ? text : String(Number(text) >> 4);
}

function address(prefix: string): string {
  return prefix.replace(/\/\d+$/, "");
}

/** AGGREGATOR is base64, as goBMP's consumers know it. */
function aggregator(part: "as" | "address"): Form {
  return (field) => {
    const bytes = Uint8Array.from(atob(field), (it) => it.charCodeAt(0));
    if (part === "address") return bytes.slice(-4).join(".");
    return String(bytes.slice(0, -4).reduce((sum, it) => sum * 256 + it, 0));
  };
}

/** What stands between the colons. */
function between(index: number): Form {
  return (field) => field.split(":")[index]!;
}

/** A community that is well known, or reserved, is in hex. */
function community(text: string): string {
  return /^0x/.test(text) ? `${Number(text) >>> 16}:${Number(text) & 0xffff}` : text;
}

const ROWS: readonly Row[] = [
  row(`${ATTRIBUTE}\\.origin`, "origin", (it) => ORIGINS[Number(it)] ?? it),
  row(`${ATTRIBUTE}\\.as_path_segment\\.as[24]`, "asns|as4_path"),
  { ...row("", "type"), field: /^2 .*as_path_segment\.type$/ },
  row(`${ATTRIBUTE}\\.next_hop`, "nexthop"),
  row(`${ATTRIBUTE}\\.multi_exit_disc`, "med"),
  row(`${ATTRIBUTE}\\.local_pref`, "local_pref"),
  row(`${ATTRIBUTE}\\.originator_id`, "originator_id"),
  row("path_attribute\\.cluster_id", "cluster_list", same, (it) => it.split(", ")),
  row(`${ATTRIBUTE}\\.aggregator_as`, "aggregator|as4_aggregator", same, aggregator("as")),
  row(`${ATTRIBUTE}\\.aggregator_origin`, "aggregator|as4_aggregator", same, aggregator("address")),
  row(`${ATTRIBUTE}\\.community(_wellknown)?`, "community_list", community),
  row("large_communities\\.ga", "large_community_list", same, between(0)),
  row("large_communities\\.ldp1", "large_community_list", same, between(1)),
  row("large_communities\\.ldp2", "large_community_list", same, between(2)),
  row(`${ATTRIBUTE}\\.mp_(un)?reach_nlri\\.afi`, "afi"),
  row(`${ATTRIBUTE}\\.mp_(un)?reach_nlri\\.safi`, "safi"),
  row(`${ATTRIBUTE}\\.mp_reach_nlri\\.next_hop`, "next_hop", nextHop),
  // Prefixes
  row("(mp_(un)?reach_nlri_ipv[46]|nlri|withdrawn)_prefix", "prefix", same, address),
  {
    ...row("", "prefix", same, (it) => it.replace(/.*\//, "")),
    field: /^(withdrawn|nlri|1[45]) prefix_bits$/,
  },
  row("label_stack", "labels", labels),
  row("rd|(vplsad|evpn\\.nlri)\\.rd|mcast_vpn_nlri_rd|mdt_safi_rd", "rd", distinguisher),
  row("nlri_path_id", "path_identifier"),
  // EVPN
  { ...row("evpn\\.nlri\\.rt", "route_type"), isPart: true },
  row("evpn\\.nlri\\.esi", "esi"),
  row("evpn\\.nlri\\.etag", "ethernet_tag"),
  row("evpn\\.nlri\\.mac_addr", "mac"),
  row("evpn\\.nlri\\.ip(v6)?\\.addr", "ip_address|originator"),
  { ...row("", "raw_labels", upper20, upper20), field: /^1[45] .*(mpls_ls[12]|mpls_label_value)$/ },
  row("evpn\\.nlri\\.prefix_len", "ip_length"),
  row("evpn\\.nlri\\.ipv[46]\\.gtw_addr", "gateway"),
  row("evpn\\.nlri\\.or_addr_ipv[46]", "originator"),
  // MCAST-VPN
  { ...row("mcast_vpn_nlri_route_type", "route_type"), isPart: true },
  row("mcast_vpn_nlri_source_as", "source_as"),
  row("mcast_vpn_nlri_source_addr_ipv[46]", "multicast_source"),
  row("mcast_vpn_nlri_group_addr_ipv[46]", "multicast_group"),
  row("mcast_vpn_nlri_origin_router_ipv[46]", "originator"),
  row("mdt_safi_ipv4_addr", "originator"),
  row("mdt_safi_group_addr", "group"),
  // VPLS
  row("vplsbgp\\.ce_id", "ve_id"),
  row("vplsbgp\\.labelblock\\.offset", "ve_block_offset"),
  row("vplsbgp\\.labelblock\\.size", "ve_block_size"),
  row("vplsbgp\\.labelblock\\.base", "label_base", (it) => it.replace(/ .*/, "")),
  row("ad\\.pe_addr", "pe_address"),
  // SR policy
  row("sr_policy_nlri_distinguisher", "distinguisher", hexNumber),
  row("sr_policy_nlri_policy_color", "color", hexNumber),
  row("sr_policy_nlri_endpoint_ipv[46]", "endpoint"),
  // Flow Specification
  { ...row("flowspec_nlri\\.filter_type", "type"), isPart: true },
  { ...row("flowspec_nlri\\.dec_val_(8|16|32|64)", "value"), isPart: true },
  // BGP-LS
  { ...row("ls\\.nlri_type", "type"), isPart: true },
  row("ls\\.nlri_node\\.protocol_id", "protocol_id"),
  row("ls\\.nlri_node\\.identifier", "identifier"),
  row("ls\\.tlv\\.autonomous_system\\.id", "asn"),
  row("ls\\.tlv\\.igp_router_id", "igp_router_id", hexDigits, hexDigits),
  row("ls\\.nlri_ipv[4]_interface_address", "ipv4_interface_address"),
  row("ls\\.nlri_ipv[4]_neighbor_address", "ipv4_neighbor_address"),
  row("ls\\.nlri_ipv[6]_interface_address", "ipv6_interface_address"),
  row("ls\\.nlri_ipv[6]_neighbor_address", "ipv6_neighbor_address"),
];

/** Where tshark's reading and ours differ. */
export interface TsharkDifference {
  /** Place and field without `bgp.`, e.g. `14 evpn.nlri.esi`. */
  readonly field: string;
  readonly theirs: readonly string[];
  /** Absent: the field has no row, and its text stands nowhere in our attribute. */
  readonly ours?: readonly string[];
}

/** Compares the UPDATEs of one message. Values of fields without a row are looked for anywhere in the same attribute. */
export function differencesOf(tree: Part, dissection: JsonObject): TsharkDifference[] {
  const theirs = list(dissection["bgp"]).map(object).filter((it) => it["bgp.type"] === "2");
  const ours = ownUpdates(tree);
  return ours.flatMap((update, i) => compareUpdates(update, theirs[i] ?? {}));
}

function compareUpdates(ours: OwnUpdate, update: JsonObject): TsharkDifference[] {
  const leaves = [...updateLeaves(update)];
  const codes = leaves.filter(({ field }) => field.endsWith(".type_code")).map(({ text }) => text);
  const differences: TsharkDifference[] = [];
  if (codes.join() !== ours.codes.join()) {
    differences.push({ field: "- codes", theirs: codes, ours: ours.codes });
  }
  const found = new Map<
    string,
    { row: Row; place: string; field: string; values: string[] | null }
  >();
  for (const leaf of leaves) {
    const { place, field, text } = leaf;
    const known = ROWS.find((it) => it.field.test(`${place} ${field}`));
    if (known === undefined) {
      if (isTelling(text) && !said(ours, place).has(text)) {
        differences.push({ field: `${place} ${field}`, theirs: [text] });
      }
      continue;
    }
    const key = `${place} ${ROWS.indexOf(known)}`;
    const entry = found.get(key) ?? { row: known, place, field, values: [] };
    found.set(key, entry);
    const values = known.theirs(text, field);
    if (values === null) entry.values = null;
    else entry.values?.push(...texts(values));
  }
  for (const { row, place, field, values } of found.values()) {
    const own = row.members.flatMap((it) => ours.facts.get(`${place} ${it}`) ?? [])
      .flatMap((it) => texts(row.ours(it, "") ?? []));
    if (values === null) continue;
    const isEqual = row.isPart === true
      ? values.every((it) => own.includes(it))
      : values.sort().join() === own.sort().join();
    if (!isEqual) {
      differences.push({ field: `${place} ${field}`, theirs: values, ours: own });
    }
  }
  return differences;
}

/** One digit is found in anything. */
function isTelling(text: string): boolean {
  return /\d/.test(text) && text.length > 1;
}

const saidInPlace = new WeakMap<OwnUpdate, Map<string, Said>>();

/** All that stands in one place of an UPDATE. */
function said(update: OwnUpdate, place: string): Said {
  const places = saidInPlace.get(update) ?? new Map<string, Said>();
  saidInPlace.set(update, places);
  const known = places.get(place) ?? new Said(...update.parts.get(place) ?? []);
  places.set(place, known);
  return known;
}

function texts(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

interface Leaf {
  readonly place: string;
  readonly field: string;
  readonly text: string;
}

const COMMUNITY = "bgp.update.path_attribute.community";

/** All values of an UPDATE with their places. */
function* updateLeaves(update: JsonObject): Iterable<Leaf> {
  yield* leavesOf(update["bgp.update.withdrawn_routes"], "withdrawn");
  yield* leavesOf(update["bgp.update.nlri"], "nlri");
  const attributes = object(update["bgp.update.path_attributes"]);
  for (const attribute of list(attributes["bgp.update.path_attribute"]).map(object)) {
    const code = String(attribute["bgp.update.path_attribute.type_code"]);
    yield* leavesOf(attribute, code);
  }
}

function* leavesOf(value: Json | undefined, place: string, field = ""): Iterable<Leaf> {
  if (typeof value === "string") yield { place, field: field.replace(/^bgp\./, ""), text: value };
  else if (Array.isArray(value)) { for (const it of value) yield* leavesOf(it, place, field); }
  else if (typeof value === "object" && value !== null) {
    for (const [inner, it] of Object.entries(value)) {
      if (inner === "bgp.prefix_length") yield* prefixBits(value, place);
      else if (inner === `${COMMUNITY}_as`) {
        const text = `${it}:${value[`${COMMUNITY}_value`]}`;
        yield { place, field: "update.path_attribute.community", text };
      } else if (inner === `${COMMUNITY}_value`) continue;
      else if (!/^_ws\.(expert|malformed)$/.test(inner)) yield* leavesOf(it, place, inner);
    }
  }
}

/** The length of a prefix alone, as `prefix_bits`: tshark's has labels and route distinguisher in it, as on the wire. */
function* prefixBits(route: JsonObject, place: string): Iterable<Leaf> {
  // A prefix of BGP-LS: compared by its own members.
  if (!Object.keys(route).some((it) => /_prefix$/.test(it))) return;
  const stack = route["bgp.label_stack"];
  // tshark's text for a labelled VPN prefix of IPv6 is the format that it forgot to fill in.
  if (typeof stack === "string" && !/^\d/.test(stack)) return;
  const labelCount = typeof stack === "string" ? stack.match(/\d+/g)!.length : 0;
  const bits = Number(route["bgp.prefix_length"]) - 24 * labelCount -
    (route["bgp.rd"] === undefined ? 0 : 64);
  yield { place, field: "prefix_bits", text: String(bits) };
}

function list(value: Json | undefined): Json[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function object(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
