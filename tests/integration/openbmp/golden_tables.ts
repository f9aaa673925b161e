/** The tables that openbmpd's rows made in the database, beside those of ours: both in one shape, and their differences. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { gunzipSync } from "node:zlib";
import type { Row } from "./database.ts";
import {
  type Columns,
  ROW_RULES,
  type Side,
  type TableRule,
  VALUE_RULES,
} from "./golden_table_rules.ts";

export const TABLE_NAMES = [
  "collectors",
  "routers",
  "bgp_peers",
  "base_attrs",
  "ip_rib",
  "l3vpn_rib",
  "ls_nodes",
  "ls_links",
  "ls_prefixes",
  "stat_reports",
] as const;
export type TableName = typeof TABLE_NAMES[number];

/** All rows of all tables. */
export type Rows = Readonly<Record<TableName, readonly Row[]>>;

/** What openbmpd's rows of a stream made. */
export function goldenTables(stream: string): Rows {
  return tables((name) => {
    const folder = join(process.env["EDGEBMP_OBMP"]!, "golden", stream, "db");
    const path = join(folder, `${name}.json.gz`);
    const text = existsSync(path) ? gunzipSync(readFileSync(path)).toString("utf8").trim() : "";
    return text === "" ? [] : JSON.parse(text) as Row[];
  });
}

/** One set of tables of several. */
export function joined(sets: readonly Rows[]): Rows {
  return tables((name) => sets.flatMap((set) => set[name]));
}

export function tables(read: (name: TableName) => readonly Row[]): Rows {
  return Object.fromEntries(TABLE_NAMES.map((name) => [name, read(name)])) as Rows;
}

/** Columns whose values are the database's own: numbers of rows, and when it wrote them. */
const OWN_COLUMNS: ReadonlySet<string> = new Set([
  "id",
  "first_added_timestamp",
  "geo_ip_start",
]);

/** What the database puts in place of nothing, if it has the router already. */
const NAMED_COLUMNS: ReadonlySet<string> = new Set(["name", "peer_bgp_id"]);

/** Rows by what tells them apart, with what they name by hash. */
function byKey(name: TableName, rows: Rows): Map<string, Columns> {
  const peers = new Map(rows.bgp_peers.map((row) => [row["hash_id"], row]));
  const attributes = new Map(rows.base_attrs.map((row) => [row["hash_id"], row]));
  const found = new Map<string, Columns>();
  // Those that are active, and the latest, are first.
  const order = (row: Row) => `${row["iswithdrawn"] === true ? 0 : 1}${row["timestamp"]}`;
  for (const row of rows[name].toSorted((a, b) => order(a) < order(b) ? 1 : -1)) {
    const peer = peers.get(row["peer_hash_id"]) ?? {};
    const key = keyOf(name, row, peerKey(peer));
    if (!found.has(key)) found.set(key, columnsOf(row, attributes.get(row["base_attr_hash_id"])));
    // Of the reports of one batch the consumer keeps the last; the collector is one in all streams.
    else if (!["stat_reports", "collectors"].includes(name)) {
      found.set(`${key} again`, columnsOf(row, undefined));
    }
  }
  return found;
}

function columnsOf(row: Row, base: Row | undefined): Columns {
  // What a withdrawn route had is of no matter.
  if (row["iswithdrawn"] === true) return { iswithdrawn: "true" };
  const isNamed = row["peer_addr"] === "0.0.0.0";
  return Object.fromEntries(
    Object.entries({ ...attributesOf(base ?? {}), ...row }).flatMap(([column, value]) =>
      OWN_COLUMNS.has(column) || (isNamed && NAMED_COLUMNS.has(column))
        ? []
        : [[column, value === null ? "" : JSON.stringify(value)]]
    ),
  );
}

function attributesOf(base: Row): Row {
  return Object.fromEntries(
    Object.entries(base).filter(([column]) => !["hash_id", "peer_hash_id"].includes(column)).map(
      ([column, value]) => [`base_${column}`, value],
    ),
  );
}

/** What base attributes are, as keys have it; whether they were aggregated is no part of it. */
const BASE_COLUMNS = [
  "as_path",
  "next_hop",
  "origin",
  "med",
  "local_pref",
  "aggregator",
  "community_list",
  "ext_community_list",
  "large_community_list",
  "cluster_list",
  "originator_id",
];

/** Words of a peer's key. */
const PEER_KEY_WORDS = 4;

function peerKey(row: Row): string {
  // openbmpd writes the AS number of a distinguisher with a sign, in 64 bits.
  const rd = String(row["peer_rd"] ?? "").replace(
    /^[0-9]+/,
    (number) => String(BigInt.asUintN(32, BigInt(number))),
  );
  return `${row["router_hash_id"]} ${row["peer_addr"]} ${rd} ${row["islocrib"]}`;
}

function keyOf(name: TableName, row: Row, peer: string): string {
  const of = (...columns: string[]) => columns.map((column) => row[column]).join(" ");
  switch (name) {
    case "bgp_peers":
      return peerKey(row);
    case "base_attrs":
      return [peer, ...BASE_COLUMNS.map((column) => JSON.stringify(row[column]))].join("|");
    case "ip_rib":
      return `${peer} ${of("prefix", "prefix_len", "path_id", "isprepolicy", "isadjribin")}`;
    case "l3vpn_rib":
      return `${peer} ${of("rd", "prefix", "prefix_len", "path_id", "isprepolicy", "isadjribin")}`;
    case "stat_reports":
      return peer;
  }
  return of("hash_id");
}

/** What no rule explains; `use` is called with each rule that explains something. */
export function differences(
  streams: readonly string[],
  names: readonly TableName[],
  theirs: Rows,
  ours: Rows,
  use: (rule: TableRule) => void,
): string[] {
  const unexplained: string[] = [];
  const peers = byKey("bgp_peers", theirs);
  for (const name of names) {
    const [their, our] = [byKey(name, theirs), byKey(name, ours)];
    const alone = (side: Side, key: string, row: Columns) => {
      const others = side === "ours" ? their : our;
      const rule = ROW_RULES.find((rule) =>
        rule.side === side && rule.tables.includes(name) &&
        (rule.stream === undefined || streams.includes(rule.stream)) &&
        rule.holds(row, key, peers.get(key.split(/[ |]/, PEER_KEY_WORDS).join(" ")) ?? {}, others)
      );
      if (rule !== undefined) use(rule);
      else unexplained.push(`only ${side}: ${name} ${key} ${JSON.stringify(row)}`);
    };
    for (const [key, row] of their) {
      const beside = our.get(key);
      if (beside === undefined) {
        alone("theirs", key, row);
        continue;
      }
      const isWithdrawn = row["iswithdrawn"] !== beside["iswithdrawn"];
      for (const column of isWithdrawn ? ["iswithdrawn"] : Object.keys({ ...row, ...beside })) {
        const [value, ourValue] = [row[column] ?? "", beside[column] ?? ""];
        if (value === ourValue) continue;
        const rule = VALUE_RULES.find((rule) =>
          rule.columns[name]?.includes(column) === true &&
          rule.holds(value, ourValue, row, beside)
        );
        if (rule !== undefined) use(rule);
        else unexplained.push(`${name} ${column}: ${value}, ours ${ourValue} (${key})`);
      }
    }
    for (const [key, row] of our) if (!their.has(key)) alone("ours", key, row);
  }
  return unexplained;
}
