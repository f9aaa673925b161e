/** What ExaBGP's JSON says of an UPDATE, compared with our members: the same routes under the same next hop, the same attributes. */
import type { Part } from "../../../src/explain/part.ts";
import { FactList, type Facts, ownUpdates } from "../facts.ts";

type Json = Readonly<Record<string, unknown>>;

const FAMILIES: Readonly<Record<string, string>> = {
  "ipv4 unicast": "1/1",
  "ipv4 multicast": "1/2",
  "ipv4 nlri-mpls": "1/4",
  "ipv4 mcast-vpn": "1/5",
  "ipv4 sr-policy": "1/73",
  "ipv4 mup": "1/85",
  "ipv4 mpls-vpn": "1/128",
  "ipv4 rtc": "1/132",
  "ipv4 flow": "1/133",
  "ipv4 flow-vpn": "1/134",
  "ipv6 unicast": "2/1",
  "ipv6 multicast": "2/2",
  "ipv6 nlri-mpls": "2/4",
  "ipv6 mcast-vpn": "2/5",
  "ipv6 sr-policy": "2/73",
  "ipv6 mup": "2/85",
  "ipv6 mpls-vpn": "2/128",
  "ipv6 flow": "2/133",
  "ipv6 flow-vpn": "2/134",
  "l2vpn vpls": "25/65",
  "l2vpn evpn": "25/70",
  "bgp-ls bgp-ls": "16388/71",
  "bgp-ls bgp-ls-vpn": "16388/72",
};

/** Members of routes: ours, and how a value reads. */
const ROUTE_MEMBERS: Readonly<Record<string, readonly [ours: string, form?: typeof labels]>> = {
  nlri: ["prefix"],
  rd: ["rd"],
  label: ["labels", labels],
  "path-information": ["path_identifier", pathId],
  color: ["color"],
  distinguisher: ["distinguisher"],
  base: ["label_base"],
  offset: ["ve_block_offset"],
  size: ["ve_block_size"],
  code: ["route_type"],
  group: ["multicast_group"],
  source: ["multicast_source"],
  "source-as": ["source_as"],
  "protocol-id": ["protocol_id"],
};

/** Attributes: their codes and our members. */
const ATTRIBUTES: Readonly<Record<string, readonly [place: string, ours: string]>> = {
  origin: ["1", "origin"],
  "as-path": ["2", "asns"],
  "next-hop": ["3", "nexthop"],
  med: ["4", "med"],
  "local-preference": ["5", "local_pref"],
  community: ["8", "community_list"],
  "originator-id": ["9", "originator_id"],
  "cluster-list": ["10", "cluster_list"],
  "large-community": ["32", "large_community_list"],
};

/** `[[16001, 256017]]`: pairs of a label and its 24 bits. */
function labels(value: unknown): string[] {
  return (value as (number | readonly number[])[]).map((it) => String([it].flat()[0]));
}

/** A path identifier as an address. */
function pathId(value: unknown): string[] {
  const octets = String(value).split(".").map(Number);
  return [String(octets.reduce((sum, octet) => sum * 256 + octet, 0))];
}

/** Communities are lists of their parts; other lists are values one by one. */
function attributeTexts(name: string, value: unknown): string[] {
  if (/community$/.test(name)) return (value as unknown[][]).map((it) => it.join(":"));
  if (name === "as-path") {
    return Object.values(value as Json).flatMap((it) => (it as Json)["value"] as unknown[]).map(
      String,
    );
  }
  return [value].flat().map(String);
}

/** Names of what differs; empty where ExaBGP and this program say the same. */
export function exabgpDifferences(expected: unknown, tree: Part): string[] {
  const update = ((((expected as Json)["neighbor"] as Json | undefined)
    ?.["message"] as Json | undefined)?.["update"] ?? undefined) as Json | undefined;
  const own = ownUpdates(tree)[0];
  if (update === undefined || own === undefined) return [];
  return [
    ...attributeDifferences((update["attribute"] ?? {}) as Json, own.facts),
    ...routeDifferences((update["announce"] ?? {}) as Json, own.facts, ["nlri", "14"]),
    ...routeDifferences((update["withdraw"] ?? {}) as Json, own.facts, ["withdrawn", "15"]),
  ];
}

function attributeDifferences(attributes: Json, facts: Facts): string[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    const known = ATTRIBUTES[name];
    if (known === undefined) return [];
    const [place, member] = known;
    const ours = (facts.get(`${place} ${member}`) ?? []).flatMap((it) => it.split(", "));
    return difference(name, attributeTexts(name, value), ours);
  });
}

/** Compares the routes of one direction, whose lists in an UPDATE are `places`. */
function routeDifferences(families: Json, facts: Facts, places: readonly string[]): string[] {
  const theirs = new FactList();
  const nextHops = new Set<string>();
  for (const [family, byNextHop] of Object.entries(families)) {
    theirs.add("routes", "family", FAMILIES[family] ?? family);
    const lists = Array.isArray(byNextHop) ? { "": byNextHop } : byNextHop as Json;
    for (const [nextHop, routes] of Object.entries(lists)) {
      if (/^[0-9a-f.:]+$/.test(nextHop)) nextHops.add(nextHop);
      for (const route of (routes as unknown[]).filter((it) => typeof it === "object")) {
        for (const [name, value] of Object.entries(route as Json)) {
          const [member, form] = ROUTE_MEMBERS[name] ?? [];
          if (member === undefined) continue;
          const texts = form === undefined ? [value].flat().map(String) : form(value);
          for (const text of texts) theirs.add("routes", member, text);
        }
      }
    }
  }
  const ours = (member: string) => places.flatMap((it) => facts.get(`${it} ${member}`) ?? []);
  const found = [...theirs.facts].flatMap(([key, values]) => {
    const member = key.split(" ")[1]!;
    if (member !== "family") return difference(member, values, ours(member));
    const isIpv4 = facts.has(`${places[0]} prefix`);
    const families = ours("afi").map((afi, i) => `${afi}/${ours("safi")[i]}`);
    return difference(member, values, isIpv4 ? ["1/1", ...families] : families);
  });
  const known = [...ours("next_hop"), ...facts.get("3 nexthop") ?? []].join(",").split(",");
  const lost = [...nextHops].filter((it) => !known.includes(it.replace(/^::ffff:(?=.*\.)/, "")));
  return [...found, ...lost.map((it) => `next-hop ${it}`)];
}

function difference(name: string, theirs: readonly string[], ours: readonly string[]): string[] {
  const isEqual = [...theirs].sort().join() === [...ours].sort().join();
  return isEqual ? [] : [`${name} ${theirs.join(",")} for ${ours.join(",")}`];
}
