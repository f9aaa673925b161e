/** What goBMP's structures say of routes and TLVs, compared with our members: as many values of each, and the same ones. */
import type { Part } from "../../../src/explain/part.ts";
import { ipv4Text, ipv6Text, routeDistinguisherText } from "../../../src/wire/strings.ts";
import { fromHex } from "../../decoding.ts";
import { FactList, ownUpdates } from "../facts.ts";

type Json = Readonly<Record<string, unknown>>;

/** How a value of theirs reads as ours. */
type Form = (value: unknown) => readonly string[];

const plain: Form = (value) => [value].flat().map(String);
/** A number as bytes. */
const number: Form = (value) => {
  const hex = hexOf(value);
  return hex === undefined ? plain(value) : [BigInt(`0x${hex}`).toString()];
};
const address: Form = (value) => {
  const hex = hexOf(value);
  if (hex === undefined) return plain(value);
  return [hex.length === 8 ? ipv4Text(fromHex(hex), 0) : ipv6Text(fromHex(hex), 0)];
};
const hex: Form = (value) => [hexOf(value) ?? String(value)];

/** Their members, with or without "want" before them: ours, and how a value reads. */
const MEMBERS: Readonly<Record<string, readonly [ours: string, form: Form]>> = {
  pathid: ["path_identifier", plain],
  ethtag: ["ethernet_tag", number],
  ipaddr: ["ip_address|originator", address],
  mcastsrcaddr: ["multicast_source", address],
  mcastgrpaddr: ["multicast_group", address],
  originatoraddr: ["originator", address],
  maxresptime: ["maximum_response_time", plain],
  regionid: ["region_id", hex],
  multicastsource: ["multicast_source", address],
  multicastgroup: ["multicast_group", address],
  originatorip: ["originator", address],
  sourceas: ["source_as", plain],
  color: ["color", plain],
  dist: ["distinguisher", plain],
  endpoint: ["endpoint", plain],
  as: ["asns", plain],
  aspath: ["asns", plain],
  labelindex: ["label_index", plain],
};

/** Names of what differs; empty where goBMP and this program say the same. */
export function gobmpDifferences(expected: unknown, tree: Part): string[] {
  const own = ownUpdates(tree)[0];
  if (own === undefined) return [];
  const ours = new FactList();
  for (const [key, values] of own.facts) {
    for (const value of values) ours.add("", key.slice(key.indexOf(" ") + 1), value);
  }
  const theirs = new FactList();
  const isIpv6 = (ours.facts.get(" prefix") ?? []).some((it) => it.includes(":"));
  addFacts(theirs, expected, isIpv6);
  return [...theirs.facts].flatMap(([key, values]) => {
    const names = key.slice(1).split("|");
    const found = names.flatMap((name) =>
      (ours.facts.get(` ${name}`) ?? []).map((it) =>
        name === "raw_labels" ? String(Number(it) >> 4) : it
      )
    );
    const isEqual = [...values].sort().join() === found.sort().join();
    return isEqual ? [] : [`${names[0]} ${values.join()} for ${found.join()}`];
  });
}

function hexOf(value: unknown): string | undefined {
  const hex = typeof value === "object" && value !== null ? (value as Json)["hex"] : undefined;
  return typeof hex === "string" ? hex : undefined;
}

function addFacts(to: FactList, value: unknown, isIpv6: boolean): void {
  if (Array.isArray(value)) return value.forEach((it) => addFacts(to, it, isIpv6));
  if (typeof value !== "object" || value === null) return;
  const object = value as Json;
  const isEvpn = "EthTag" in object || "ESI" in object;
  for (const [name, inner] of Object.entries(object)) {
    const row = MEMBERS[name.toLowerCase().replace(/^want/, "")];
    if (isNothing(inner)) continue;
    if (row !== undefined && (typeof inner !== "object" || isValue(inner))) {
      for (const text of row[1](inner)) to.add("", row[0], text);
    } else if (name === "RD" && hexOf((inner as Json)["Value"]) !== undefined) {
      to.add("", "rd", distinguisher(inner as Json));
    } else if (name === "Label" && Array.isArray(inner)) {
      for (const { Value } of inner as { readonly Value: number }[]) {
        to.add("", isEvpn ? "raw_labels" : "labels", String(Value));
      }
    } else if (name === "Prefix" && hexOf(inner) !== undefined && "Length" in object && !isEvpn) {
      to.add("", "prefix", prefix(hexOf(inner)!, Number(object["Length"]), isIpv6));
    } else addFacts(to, inner, isIpv6);
  }
}

/** Go's nil, zero and empty values, code instead of a value, and what a test asks for: `pathID: true`. */
function isNothing(value: unknown): boolean {
  return !value || value === true || (typeof value === "string" && /[(){}]/.test(value)) ||
    hexOf(value) === "";
}

function isValue(value: unknown): boolean {
  return hexOf(value) !== undefined ||
    (Array.isArray(value) && value.every((it) => typeof it === "number"));
}

function distinguisher(rd: Json): string {
  const type = Number(rd["Type"]).toString(16).padStart(4, "0");
  return routeDistinguisherText(fromHex(type + hexOf(rd["Value"])!), 0);
}

function prefix(octets: string, length: number, isIpv6: boolean): string {
  const bytes = fromHex(octets.padEnd(isIpv6 ? 32 : 8, "0"));
  return `${isIpv6 ? ipv6Text(bytes, 0) : ipv4Text(bytes, 0)}/${length}`;
}
