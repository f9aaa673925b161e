/** Tables of OpenBMP's database, and what they should hold by the records in goBMP's JSON: both in one shape, to be compared. */
import assert from "node:assert/strict";
import type { Database, Row } from "./database.ts";

/** Rows by what tells them apart, as text. */
export type Table = ReadonlyMap<string, string>;

export interface Tables {
  readonly routers: Table;
  readonly peers: Table;
  readonly routes: Table;
  readonly vpnRoutes: Table;
  readonly attributes: Table;
  readonly nodes: Table;
  readonly links: Table;
  readonly prefixes: Table;
  /** The last report of each peer; the consumer keeps one of a batch. */
  readonly statistics: Table;
}

/** Columns of one row as text; an absent value is empty. */
export function rowText(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values).map(([name, value]) => `${name}=${valueText(value)}`).join(" ");
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return "";
  // The consumer writes an empty list as one empty element.
  if (Array.isArray(value)) return `[${value.filter((each) => each !== "").join(",")}]`;
  return String(value);
}

/** Fails with the first differences, if there are any. */
export function assertTables(actual: Tables, expected: Tables): void {
  const differences: string[] = [];
  for (const name of Object.keys(expected) as (keyof Tables)[]) {
    const wanted = expected[name];
    const found = actual[name];
    const lines: string[] = [];
    for (const [key, row] of wanted) {
      const there = found.get(key);
      if (there === undefined) lines.push(`missing ${key}: ${row}`);
      else if (there !== row) lines.push(`${key}:\n    expected ${row}\n    found    ${there}`);
    }
    for (const [key, row] of found) if (!wanted.has(key)) lines.push(`too many ${key}: ${row}`);
    if (lines.length === 0) continue;
    differences.push(
      `${name}: ${lines.length} differences of ${wanted.size}`,
      ...lines.slice(0, 8),
    );
  }
  if (differences.length > 0) assert.fail(differences.join("\n  "));
}

const PEER = `host(r.ip_address) || ' ' || host(p.peer_addr) || ' ' || p.peer_rd ||
  CASE WHEN p.islocrib THEN ' loc' ELSE '' END`;
const PREFIX = "host(t.prefix) || '/' || t.prefix_len";
const FROM_PEERS = `JOIN bgp_peers p ON p.hash_id = t.peer_hash_id
  JOIN routers r ON r.hash_id = p.router_hash_id`;
/** goBMP's JSON has the IPv4 address of a mapped one (RFC 4291 section 2.5.5.2). */
const NEXT_HOP = `replace(host(b.next_hop), '::ffff:', '') AS next_hop,
  b.nexthop_isipv4 OR host(b.next_hop) LIKE '::ffff:%.%' AS nexthop_isipv4`;
const ATTRIBUTES = `b.origin, b.as_path, b.as_path_count, b.origin_as, ${NEXT_HOP},
  b.med, b.local_pref, b.aggregator, b.community_list, b.ext_community_list, b.large_community_list,
  b.cluster_list, host(b.originator_id) AS originator_id`;

/** What the database holds of routers whose addresses begin with `prefix`. */
export function readTables(database: Database, prefix: string): Tables {
  const query = (sql: string) =>
    database.query(`SELECT * FROM (${sql}) found WHERE key LIKE '${prefix}%'`);
  const read = (sql: string) => byKey(query(sql));
  const route = (key: string, labelled = "''") =>
    `${PEER} || ' ' || ${key} || ' ' || t.path_id || ${labelled} ||
     (CASE WHEN t.isprepolicy THEN ' pre' ELSE ' post' END) || (CASE WHEN t.isadjribin THEN ' in' ELSE ' other' END) AS key,
     t.iswithdrawn`;
  const announced = `t.isipv4, t.labels, t.origin_as, ${ATTRIBUTES}`;
  return {
    routers: read(`SELECT host(ip_address) AS key, name, description, state, term_reason_code,
      host(bgp_id) AS bgp_id FROM routers`),
    // What only a Peer Up says is of no matter when the peer is down, and not there when it was heard of without one.
    peers: read(
      `SELECT ${PEER} AS key, p.state, p.isipv4, p.peer_as, p.isl3vpnpeer, p.islocribfiltered,
      CASE p.state WHEN 'up' THEN CASE WHEN p.local_bgp_id IS NULL THEN 'first' ELSE concat_ws(' ',
      CASE WHEN host(p.peer_addr) = '0.0.0.0' OR host(p.peer_bgp_id) = '0.0.0.0' THEN '' ELSE host(p.peer_bgp_id) END, coalesce(host(p.local_ip), '::'), host(p.local_bgp_id), p.local_port, p.local_hold_time,
      p.local_asn, p.remote_port, p.remote_hold_time, p.table_name) END
      ELSE concat_ws(' ', p.bmp_reason, p.bgp_err_code, p.bgp_err_subcode) END AS event
      FROM bgp_peers p JOIN routers r ON r.hash_id = p.router_hash_id`,
    ),
    routes: read(
      `SELECT ${route(PREFIX, "CASE WHEN t.labels = '' THEN '' ELSE ' labelled' END")}, ${announced}
      FROM ip_rib t ${FROM_PEERS} LEFT JOIN base_attrs b
      ON b.hash_id = t.base_attr_hash_id AND b.peer_hash_id = t.peer_hash_id`,
    ),
    vpnRoutes: read(
      `SELECT ${route(`t.rd || ' ' || ${PREFIX}`)}, ${announced}
      FROM l3vpn_rib t ${FROM_PEERS} LEFT JOIN base_attrs b
      ON b.hash_id = t.base_attr_hash_id AND b.peer_hash_id = t.peer_hash_id`,
    ),
    attributes: attributesTable(
      query(`SELECT ${PEER} AS key, ${ATTRIBUTES} FROM base_attrs b
        JOIN bgp_peers p ON p.hash_id = b.peer_hash_id
        JOIN routers r ON r.hash_id = p.router_hash_id`),
    ),
    nodes: read(`SELECT ${PEER} || ' ' || t.igp_router_id AS key, t.iswithdrawn, t.asn, t.protocol,
      t.bgp_ls_id, t.router_id, t.isis_area_id, t.name FROM ls_nodes t ${FROM_PEERS}`),
    // Not the identifiers of the routers: the consumer keeps those of its first row, which is that of a withdrawal if the batch ended with it.
    links: read(
      `SELECT ${PEER} || ' ' || t.local_igp_router_id || ' ' || t.remote_igp_router_id || ' ' ||
      host(t.interface_addr) || ' ' || host(t.neighbor_addr) AS key, t.iswithdrawn, t.protocol,
      t.local_asn, t.remote_asn, t.igp_metric, t.admin_group,
      t.max_link_bw, t.max_resv_bw, t.unreserved_bw, t.te_def_metric, t.srlg FROM ls_links t ${FROM_PEERS}`,
    ),
    prefixes: read(`SELECT ${PEER} || ' ' || n.igp_router_id || ' ' || host(t.prefix) || '/' ||
      t.prefix_len AS key, t.iswithdrawn, t.protocol, t.isipv4, t.metric FROM ls_prefixes t ${FROM_PEERS}
      JOIN ls_nodes n ON n.hash_id = t.local_node_hash_id AND n.peer_hash_id = t.peer_hash_id`),
    statistics: read(`SELECT DISTINCT ON (t.peer_hash_id) ${PEER} AS key, t.prefixes_rejected,
      t.known_dup_prefixes, t.known_dup_withdraws, t.updates_invalid_by_cluster_list,
      t.updates_invalid_by_as_path_loop, t.updates_invalid_by_originagtor_id,
      t.updates_invalid_by_as_confed_loop, t.num_routes_adj_rib_in, t.num_routes_local_rib
      FROM stat_reports t ${FROM_PEERS} ORDER BY t.peer_hash_id, t.id DESC`),
  };
}

function byKey(rows: readonly Row[]): Table {
  const table = new Map<string, string>();
  for (const { key, iswithdrawn, ...columns } of rows) {
    // A row with the same key would be one that the records do not tell apart.
    assert.ok(!table.has(String(key)), `two rows ${String(key)}`);
    // What a withdrawn route had is of no matter.
    table.set(String(key), iswithdrawn === true ? "withdrawn" : rowText(columns));
  }
  return table;
}

export function attributesTable(rows: readonly Row[]): Table {
  return new Map(rows.map(({ key, ...columns }) => [`${key} ${rowText(columns)}`, ""]));
}
