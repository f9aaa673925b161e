/** Differences from openbmpd's rows that are accepted, each with its reason. Columns are counted from 1, as OpenBMP's schema has them. */
import type { RowType } from "../../../src/formats/openbmp_parsed/topics.ts";
import { type ColumnRule, type ExtraRule, type Row, ROW_TYPES_COMPARED } from "./compare_rows.ts";

/** Columns of what all four kinds of rows with attributes have. */
const PATH = { base_attribute: 11, unicast_prefix: 15, l3vpn: 15, evpn: 12 } as const;
const NEXT_HOP = { base_attribute: 14, unicast_prefix: 18, l3vpn: 18, evpn: 15 } as const;
const EXTENDED = { base_attribute: 19, unicast_prefix: 23, l3vpn: 23, evpn: 20 } as const;
const PEER_HASH = { base_attribute: 6, unicast_prefix: 7, l3vpn: 7, evpn: 7 } as const;

type AttributeType = keyof typeof PATH;

function value(row: Row, columns: Readonly<Record<AttributeType, number>>, type: RowType): string {
  return row[columns[type as AttributeType] - 1]!;
}

/** Whether the two rows differ in the attribute that has these columns. */
function differ(
  columns: Readonly<Record<AttributeType, number>>,
  type: RowType,
  their: Row,
  our: Row,
): boolean {
  return type in columns && value(their, columns, type) !== value(our, columns, type);
}

export const EXTRA_RULES: readonly ExtraRule[] = [
  {
    name: "synthetic-down",
    reason: "openbmpd takes no peers down when a session ends; the database would keep them",
    side: "ours",
    types: ["peer"],
    holds: (row) => row[0] === "down" && row[24]!.startsWith("BMP session: "),
  },
  {
    name: "no-initiation",
    reason:
      "openbmpd leaves out what a router without Initiation says of itself and its peers; it is known here",
    side: "ours",
    types: ["router", "peer", "bmp_stat"],
    holds: (_row, theirs, _ours, stream) =>
      NO_INITIATION.includes(stream) && theirs.every((row) => row[0] === "first"),
  },
  {
    name: "first-of-gated-up",
    reason: "in place of a Peer Up before any Initiation openbmpd has a first, by a later message",
    side: "theirs",
    types: ["peer"],
    holds: (row, _theirs, ours, stream) =>
      NO_INITIATION.includes(stream) && row[0] === "first" &&
      ours.some((our) => our[0] === "up" && our[2] === row[2]),
  },
  {
    name: "first-before-down",
    reason: "a Peer Down of a peer that was not known does not make it known as up first",
    side: "theirs",
    types: ["peer"],
    holds: (row, theirs) =>
      row[0] === "first" &&
      theirs.some((other) => other[0] === "down" && other[2] === row[2] && other[7] === row[7]),
  },
  {
    name: "mirrored",
    reason:
      "openbmpd takes mirrored messages for routes; they are no change of a RIB (RFC 7854 section 4.7)",
    side: "theirs",
    types: ["base_attribute", "unicast_prefix"],
    holds: (_row, _theirs, ours, stream) => stream === MIRRORED && ours.length === 0,
  },
  {
    name: "closed-by-openbmpd",
    reason: "openbmpd ends the session at a message type that it does not know",
    side: "ours",
    types: ["base_attribute", "l3vpn"],
    holds: (_row, _theirs, _ours, stream) => stream === CLOSED,
  },
  {
    name: "stateless",
    reason: "openbmpd reads nothing of a stream in version 4",
    side: "ours",
    types: ["router", "peer", "base_attribute", "unicast_prefix"],
    holds: (_row, theirs, _ours, stream) => stream === STATELESS && theirs.length === 0,
  },
  {
    name: "attributes-without-next-hop",
    reason:
      "openbmpd has no attributes where there is no next hop: the database would not know the path of FRR's routes",
    side: "ours",
    types: ["base_attribute"],
    holds: (row) => row[13] === "0.0.0.0" && row[10] !== "",
  },
];

const NO_INITIATION = ["akvorado-bmp-peers-up", "netgauze-evpn-198.51.100.154"];
const MIRRORED = "live-frr-8.4.4-flapping";
const CLOSED = "traffic-reproducer-bmp-traffic";
const STATELESS = "netgauze-stateless-with-add-path";

export const COLUMN_RULES: readonly ColumnRule[] = [
  {
    name: "number",
    reason: "rows are counted, and not all are on both sides",
    columns: Object.fromEntries(ROW_TYPES_COMPARED.map((type) => [type, [2]])),
    holds: () => true,
  },
  {
    name: "clock",
    reason: "routers' rows have the time of receipt",
    columns: { router: [11] },
    holds: () => true,
  },
  {
    name: "no-time",
    reason: "a message without a time has that of its receipt, openbmpd's and ours",
    columns: { l3vpn: [10] },
    holds: (theirs) => theirs.startsWith("2026-11-22 03:"),
  },
  {
    name: "name-at-end",
    reason: "openbmpd forgets sysName at the end and looks the address up",
    columns: { router: [3] },
    holds: (theirs, _ours, _their, our) => our[0] === "term" && theirs === "localhost",
  },
  {
    name: "end",
    reason: "a closed connection has the code for it, and our words",
    columns: { router: [7, 8] },
    holds: (_theirs, ours, _their, our) =>
      our[0] === "term" && ["65533", "Connection closed"].includes(ours),
  },
  {
    name: "cease",
    reason: "IANA's names of subcodes",
    columns: { peer: [25] },
    holds: (theirs, ours) => (CEASE[theirs] ?? "") === ours,
  },
  {
    name: "down-after-routes",
    reason:
      "a down is later than the peer's routes, which it has to delete, and so is an up after it",
    columns: { peer: [8] },
    holds: (theirs, ours) => ours > theirs,
  },
  {
    name: "routes-after-up",
    reason: "a route is not older than its Peer Up, which would delete it",
    columns: { base_attribute: [9], unicast_prefix: [10], l3vpn: [10], bmp_stat: [8] },
    holds: (theirs, ours) => ours > theirs,
  },
  {
    name: "router-address",
    reason: "openbmpd does not know the router's address before its Initiation",
    columns: { peer: [7], base_attribute: [5], unicast_prefix: [5], l3vpn: [5], evpn: [5] },
    holds: (theirs, ours) => theirs === "" && ours === "127.0.0.1",
  },
  {
    name: "distinguisher",
    reason: "openbmpd writes the AS number of a distinguisher with a sign, in 64 bits",
    columns: { peer: [3, 11] },
    holds: (_theirs, _ours, their) => their[10]!.startsWith("18446744"),
  },
  {
    name: "peer-of-distinguisher",
    reason: "hashes of such a peer, its attributes and its routes",
    columns: {
      base_attribute: [3, 6],
      unicast_prefix: [3, 6, 7],
      bmp_stat: [5],
    },
    holds: (_theirs, _ours, their, our, type) =>
      type === "bmp_stat" || differ(PEER_HASH, type, their, our),
  },
  {
    name: "two-octet-path",
    reason: "openbmpd loses the path where a router sends two octets an AS without the flag",
    columns: {
      base_attribute: [3, 11, 12, 13],
      unicast_prefix: [6, 15, 16, 17],
      l3vpn: [6, 15, 16, 17],
    },
    holds: (_theirs, _ours, their, our, type) =>
      value(their, PATH, type) === "" && value(our, PATH, type) !== "",
  },
  {
    name: "ipv6-next-hop",
    reason: "openbmpd writes the first octets of IPv4 routes' IPv6 next hops as an IPv4 address",
    columns: {
      base_attribute: [3, 14, 22],
      unicast_prefix: [6, 18, 26],
      l3vpn: [6, 18, 26],
    },
    holds: (_theirs, _ours, their, our, type) =>
      value(our, NEXT_HOP, type).includes(":") && differ(NEXT_HOP, type, their, our),
  },
  {
    name: "no-next-hop",
    reason:
      "openbmpd names no attributes where there is no next hop, or those of another route; here they have next hop 0.0.0.0",
    columns: { unicast_prefix: [6, 18] },
    holds: (_theirs, _ours, their, our, type) =>
      value(their, NEXT_HOP, type) === "" && value(our, NEXT_HOP, type) === "0.0.0.0",
  },
  {
    name: "atomic",
    reason: "openbmpd never tells of ATOMIC_AGGREGATE",
    columns: { base_attribute: [21], unicast_prefix: [25], l3vpn: [25] },
    holds: (theirs, ours) => theirs === "0" && ours === "1",
  },
  {
    name: "unknown-community",
    reason: "openbmpd leaves an empty element for an extended community without a word",
    columns: { base_attribute: [3, 19], evpn: [6, 20] },
    holds: (_theirs, _ours, their, our, type) =>
      value(their, EXTENDED, type).startsWith(" ") && value(our, EXTENDED, type).includes("0x"),
  },
  {
    name: "rib-byte",
    reason: "openbmpd mixes bits of an earlier row into hashes of Loc-RIB and post-policy routes",
    columns: { unicast_prefix: [3] },
    holds: (_theirs, _ours, _their, our) => our[29] === "0" || our[30] === "0",
  },
  {
    name: "path-identifier",
    reason:
      "GoBGP leaves out the path identifiers that were negotiated; openbmpd reads the prefix as one",
    columns: { unicast_prefix: [3, 11, 12, 28] },
    holds: (_theirs, _ours, their, our) => their[27] !== "0" && our[27] === "0",
  },
  {
    name: "label",
    reason: "openbmpd fills the upper octet of an EVPN label with what stands beside it",
    columns: { evpn: [38] },
    holds: (theirs, ours) => Number(theirs) % 2 ** 24 === Number(ours) % 2 ** 24 || theirs > ours,
  },
  {
    name: "large-communities",
    reason: "openbmpd leaves out the last column of evpn rows",
    columns: { evpn: [40] },
    holds: (theirs) => theirs === "",
  },
];

const CEASE: Readonly<Record<string, string>> = {
  "Peer de-configured": "Peer De-configured",
  "Administrative shutdown": "Administrative Shutdown",
  "Administratively reset": "Administrative Reset",
};
