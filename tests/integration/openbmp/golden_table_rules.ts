/** Differences from the tables of openbmpd that are accepted, each with its reason. Values are JSON, null is empty. */
import type { TableName } from "./golden_tables.ts";

export type Side = "ours" | "theirs";
export type Columns = Readonly<Record<string, string>>;

/** A row that one side alone has. */
export interface RowRule {
  readonly name: string;
  readonly reason: string;
  readonly side: Side;
  readonly tables: readonly TableName[];
  /** The one that it is of; undefined: any. */
  readonly stream?: string;
  /**
   * @param peer openbmpd's row of the row's peer, if it has one
   * @param others the other side's rows of the table, by key
   */
  holds(row: Columns, key: string, peer: Columns, others: ReadonlyMap<string, Columns>): boolean;
}

/** Values that differ. */
export interface ValueRule {
  readonly name: string;
  readonly reason: string;
  readonly columns: Readonly<Partial<Record<TableName, readonly string[]>>>;
  holds(theirs: string, ours: string, their: Columns, our: Columns): boolean;
}

/** Has a message of a type that openbmpd does not know. */
export const CLOSED = "traffic-reproducer-bmp-traffic";
/** Without Initiation: by its address, which is that of each of three streams. */
const NO_INITIATION = "8dbcdedf-0977-c9cf-90a8-bf8a35173afe";
/** Whose routes are mirrored only. */
const MIRRORED = "b7a162c8-3d06-7ca2-8012-447aaf5cedc7";
/** Sends no path identifiers where they were negotiated. */
const GOBGP = "6101756f-aecb-20f4-7968-ce843706b815";

function isPostOrLoc(row: Columns): boolean {
  return row["isprepolicy"] === "false" || row["isadjribin"] === "false";
}

const TWO_OCTETS = "openbmpd loses the path where a router sends two octets an AS without the flag";
const IPV6_NEXT_HOP =
  "openbmpd writes the first octets of IPv4 routes' IPv6 next hops as an IPv4 address";
const NO_INITIATIONS = "openbmpd leaves out what a router without Initiation says in Peer Ups";

/** Columns of attributes in routes; with "=": of routes themselves. */
function ofRoutes(...columns: string[]): Readonly<Partial<Record<TableName, string[]>>> {
  const all = columns.map((column) => column.startsWith("=") ? column.slice(1) : `base_${column}`);
  return { ip_rib: all, l3vpn_rib: all };
}

const PATH = ["as_path", "as_path_count", "origin_as", "=origin_as"];
const NEXT_HOP = ["next_hop", "nexthop_isipv4"];
const HASH = "=base_attr_hash_id";

/** What openbmpd writes in place of an IPv6 next hop of IPv4 routes. */
function garbled(nextHop = ""): string {
  const [first = "", second = ""] = nextHop.slice(1).split(":");
  const octets = [first, second].flatMap((
    text,
  ) => [parseInt(text, 16) >> 8, parseInt(text, 16) & 255]);
  return `"${octets.join(".")}"`;
}

export type TableRule = RowRule | ValueRule;

export const ROW_RULES: readonly RowRule[] = [
  {
    name: "no-initiation",
    reason: NO_INITIATIONS,
    side: "ours",
    tables: ["routers", "bgp_peers", "base_attrs", "ip_rib", "stat_reports"],
    holds: (row, key) => key.startsWith(NO_INITIATION) || row["hash_id"] === `"${NO_INITIATION}"`,
  },
  {
    name: "mirrored",
    reason:
      "openbmpd takes mirrored messages for routes; they are no change of a RIB (RFC 7854 section 4.7)",
    side: "theirs",
    tables: ["base_attrs", "ip_rib"],
    holds: (_row, key) => key.startsWith(MIRRORED),
  },
  {
    name: "path-identifier",
    reason:
      "GoBGP leaves out the path identifiers that were negotiated; openbmpd reads the prefix as one",
    side: "theirs",
    tables: ["ip_rib"],
    holds: (row, key) => key.startsWith(GOBGP) && row["path_id"] !== "0",
  },
  {
    name: "down-before-routes",
    reason: "openbmpd's peer down overtakes routes, which stay in the database; ours waits",
    side: "theirs",
    tables: ["ip_rib"],
    holds: (_row, _key, peer) => peer["state"] === '"down"',
  },
  {
    name: "closed-by-openbmpd",
    reason: "openbmpd ends the session at a message type that it does not know",
    side: "ours",
    tables: ["base_attrs", "l3vpn_rib"],
    stream: CLOSED,
    holds: () => true,
  },
  {
    name: "route-before-up",
    reason: "a route is not older than its Peer Up, which would delete it; openbmpd's are deleted",
    side: "ours",
    tables: ["ip_rib"],
    holds: (row, _key, peer) => row["timestamp"] === peer["timestamp"],
  },
  {
    name: "unknown-community",
    reason: "openbmpd leaves an empty element for an extended community without a word",
    side: "theirs",
    tables: ["base_attrs"],
    holds: (row) => row["ext_community_list"]!.startsWith('["",'),
  },
  {
    name: "rib-byte",
    reason: "openbmpd withdraws routes of Loc-RIB and after policy by another hash",
    side: "theirs",
    tables: ["ip_rib"],
    holds: (row, key) => row["iswithdrawn"] === "true" && key.endsWith(" again"),
  },
  {
    name: "two-octet-path",
    reason: TWO_OCTETS,
    side: "theirs",
    tables: ["base_attrs"],
    holds: (row) => row["as_path"] === "[]",
  },
  {
    name: "two-octet-path",
    reason: TWO_OCTETS,
    side: "ours",
    tables: ["base_attrs"],
    holds: (row, key, _peer, others) => others.has(key.replace(row["as_path"]!, "[]")),
  },
  {
    name: "ipv6-next-hop",
    reason: IPV6_NEXT_HOP,
    side: "theirs",
    tables: ["base_attrs"],
    holds: (row, _key, _peer, others) =>
      [...others.values()].some((other) => garbled(other["next_hop"]) === row["next_hop"]),
  },
  {
    name: "ipv6-next-hop",
    reason: IPV6_NEXT_HOP,
    side: "ours",
    tables: ["base_attrs"],
    holds: (row, key, _peer, others) =>
      others.has(key.replace(row["next_hop"]!, garbled(row["next_hop"]))),
  },
  {
    name: "no-next-hop",
    reason:
      "openbmpd has no attributes where there is no next hop: the database would not know the path of FRR's routes",
    side: "ours",
    tables: ["base_attrs"],
    holds: (row) => row["next_hop"] === '"0.0.0.0"' && row["as_path"] !== "[]",
  },
];

export const VALUE_RULES: readonly ValueRule[] = [
  {
    name: "rib-byte",
    reason: "openbmpd mixes bits of an earlier row into hashes of Loc-RIB and post-policy routes",
    columns: { ip_rib: ["hash_id", "iswithdrawn"] },
    holds: (_theirs, _ours, their) => isPostOrLoc(their),
  },
  {
    name: "distinguisher",
    reason: "openbmpd writes the AS number of a distinguisher with a sign, in 64 bits",
    columns: { bgp_peers: ["peer_rd", "hash_id"] },
    holds: (_theirs, _ours, their) => their["peer_rd"]!.startsWith('"18446744'),
  },
  {
    name: "peer-of-distinguisher",
    reason: "hashes of such a peer, its attributes and its routes",
    columns: {
      base_attrs: ["hash_id", "peer_hash_id"],
      ip_rib: ["hash_id", "peer_hash_id", "base_attr_hash_id"],
      l3vpn_rib: ["hash_id", "peer_hash_id", "base_attr_hash_id"],
      stat_reports: ["peer_hash_id"],
    },
    holds: (_theirs, _ours, their, our) => their["peer_hash_id"] !== our["peer_hash_id"],
  },
  {
    name: "no-initiation",
    reason: NO_INITIATIONS,
    columns: {
      bgp_peers: [
        "local_ip",
        "local_bgp_id",
        "local_port",
        "local_hold_time",
        "local_asn",
        "remote_port",
        "remote_hold_time",
        "sent_capabilities",
        "recv_capabilities",
        "timestamp",
      ],
    },
    holds: (_theirs, _ours, their) => their["router_hash_id"] === `"${NO_INITIATION}"`,
  },
  {
    name: "cease",
    reason: "IANA's names of subcodes",
    columns: { bgp_peers: ["error_text"] },
    holds: (theirs, ours) => theirs.toLowerCase() === ours.toLowerCase(),
  },
  {
    name: "no-next-hop",
    reason: "openbmpd names no attributes where there is no next hop, or those of another route",
    columns: ofRoutes(
      ...[...PATH, ...NEXT_HOP, HASH, "origin", "med", "local_pref", "aggregator"],
      ...["community_list", "ext_community_list", "large_community_list", "cluster_list"],
      ...["isatomicagg", "timestamp"],
    ),
    holds: (_theirs, _ours, _their, our) => our["base_next_hop"] === '"0.0.0.0"',
  },
  {
    name: "two-octet-path",
    reason: TWO_OCTETS,
    columns: ofRoutes(...PATH, HASH, "timestamp"),
    holds: (_theirs, _ours, their, our) =>
      their["base_as_path"] === "[]" && our["base_as_path"] !== "[]",
  },
  {
    name: "ipv6-next-hop",
    reason: IPV6_NEXT_HOP,
    columns: ofRoutes(...NEXT_HOP, HASH, "timestamp"),
    holds: (_theirs, _ours, their, our) => garbled(our["base_next_hop"]) === their["base_next_hop"],
  },
  {
    name: "sent-once",
    reason: "openbmpd sends base attributes with each message; ours once, and again after a while",
    columns: { base_attrs: ["timestamp"], ...ofRoutes("timestamp") },
    holds: (theirs, ours) => ours < theirs,
  },
  {
    name: "down-after-routes",
    reason:
      "a down is later than the peer's routes, and so is an up after it, and routes after that",
    columns: {
      bgp_peers: ["timestamp"],
      base_attrs: ["timestamp"],
      ...ofRoutes("timestamp", "=timestamp"),
      stat_reports: ["timestamp"],
    },
    holds: (theirs, ours) => ours > theirs,
  },
  {
    name: "clock",
    reason: "rows of routers and of the collector have the time of receipt",
    columns: { collectors: ["timestamp"], routers: ["timestamp"] },
    holds: () => true,
  },
  {
    name: "end",
    reason: "a closed connection has the code for it, and our words",
    columns: { routers: ["term_reason_code", "term_reason_text"] },
    holds: (_theirs, ours) => ["65533", '"Connection closed"'].includes(ours),
  },
];
