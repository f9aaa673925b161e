/** The collector's records compared with what the scenario says, and how a test waits for them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Collector, Line, Program } from "./programs.ts";
import { logText } from "./programs.ts";
import {
  base64,
  byPrefix,
  type ExpectedRoute,
  expectedRoutes,
  type Neighbor,
  type Shows,
  SHUTDOWN,
  SHUTDOWN_TEXT,
  type Step,
  type View,
} from "./scenario.ts";
import type { Family } from "./speaker.ts";

export const STATISTICS = 1;
export const UNICAST_V4 = 74;
export const UNICAST_V6 = 76;
export const PEER = 10;
export const SESSION = 1000;
export const INITIATION = 1001;
export const MIRROR = 1003;
export const END_OF_RIB = 1004;

/** Fields that say whence a record came, and hashes: checked by {@linkcode assertIdentity} or by the format's own tests. */
const UNCOMPARED = new Set([
  ...["hash", "router_hash", "peer_hash", "timestamp", "received_at", "assumed"],
  ...["session", "sequence", "part", "collector", "router_source", "router_name"],
  // Our wording of `bmp_reason`.
  "reason_text",
]);

/** `msg_data` without identity, times and hashes. */
export function contents(line: Line): Record<string, unknown> {
  const fields = Object.entries(line.msg_data).filter(([name]) => !UNCOMPARED.has(name));
  const record = Object.fromEntries(fields);
  if (typeof record.base_attrs !== "object") return record;
  const { base_attr_hash: _, ...attributes } = record.base_attrs as Record<string, unknown>;
  return { ...record, base_attrs: attributes };
}

export function ofType(lines: readonly Line[], ...types: number[]): Line[] {
  return lines.filter((line) => types.includes(line.msg_type));
}

/** Announced and withdrawn routes, of one view and neighbour ("loc": of all). */
export function routeLines(lines: readonly Line[], view?: View, neighbor?: Neighbor): Line[] {
  return ofType(lines, UNICAST_V4, UNICAST_V6).filter(({ msg_data: data }) =>
    data.is_eor !== true &&
    (view === undefined || view === viewOf(data)) &&
    (neighbor === undefined || neighbor.address === data.peer_ip)
  );
}

function viewOf(data: Record<string, unknown>): View {
  if (data.peer_type === 3) return "loc";
  return data.is_adj_rib_in_post_policy === true ? "post" : "pre";
}

/** Fails unless the routes of that view (and neighbour) are exactly what was announced and withdrawn, in that order. */
export function assertRoutes(
  lines: readonly Line[],
  list: readonly Step[],
  shows: Shows,
  neighbor?: Neighbor,
): void {
  const groups = expectedRoutes(list, shows, neighbor);
  const actual = routeLines(lines, shows.view, neighbor).map(contents);
  const ordered: ExpectedRoute[] = [];
  for (const { records, unordered } of groups) {
    const part = actual.splice(0, records.length);
    ordered.push(...(unordered ? part.sort(byPrefix) : part));
  }
  assert.deepEqual([...ordered, ...actual], groups.flatMap((group) => group.records));
}

/** How many route records all of these views and neighbours together make. */
export function countRoutes(
  list: readonly Step[],
  daemon: Shows["daemon"],
  views: readonly View[],
  neighbors: readonly Neighbor[],
): number {
  return views.flatMap((view) =>
    (view === "loc" ? [undefined] : neighbors).flatMap((neighbor) =>
      expectedRoutes(list, { daemon, view }, neighbor)
    )
  ).reduce((sum, { records }) => sum + records.length, 0);
}

/** One router's session, nothing lost, doubled or out of order, and every record says so. */
export function assertIdentity(lines: readonly Line[], routerName: string): void {
  assert.ok(lines.length > 0, "no records");
  let [sequence, part] = [-1, -1];
  for (const { msg_type: type, msg_hash: hash, msg_data: data } of lines) {
    const at =
      `record ${sequence}.${part} and the next, ${data.sequence}.${data.part} of type ${type}`;
    if (data.sequence === sequence) assert.equal(data.part, part + 1, at);
    else {
      // Every message makes a record here.
      assert.equal(data.sequence, sequence + 1, at);
      assert.equal(data.part, 0, at);
    }
    [sequence, part] = [Number(data.sequence), Number(data.part)];
    assert.equal(data.session, lines[0]!.msg_data.session, at);
    assert.equal(data.router_source, "127.0.0.1", at);
    assert.equal(typeof data.collector, "string", at);
    assert.ok(Math.abs(Date.parse(String(data.received_at)) - Date.now()) < 10 * 60_000, at);
    // The router is named by its Initiation, which comes first.
    if (sequence > 1) assert.equal(data.router_name, routerName, at);
    if (type >= SESSION) continue;
    assert.match(String(data.timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/, at);
    // The key of a flow specification is its own.
    assert.equal(data.spec_hash ?? data.router_hash, hash, at);
    if (data.router_ip !== undefined) {
      assert.equal(
        data.router_hash,
        createHash("md5").update(String(data.router_ip)).digest("hex"),
        at,
      );
    }
  }
  // Nothing was undecodable, nothing unknown.
  const isRaw = ({ msg_type: type, msg_data: { nlri } }: Line) =>
    type === 1006 || type === 1007 ||
    type === 1005 && Object.keys(nlri as object).join() === "hex";
  assert.deepEqual(lines.filter(isRaw), []);
}

/** What a Peer Up of `neighbor` has to say, but for the daemon's capabilities. */
export function expectedPeerUp(
  neighbor: Neighbor,
  ports: { readonly local: number; readonly remote: number },
  localHoldTime: number,
): Record<string, unknown> {
  const local = neighbor.address === "::1" ? "::1" : "127.0.0.1";
  return {
    action: "add",
    ...peerOf(neighbor),
    router_ip: local,
    remote_port: ports.remote,
    local_asn: 65001,
    local_ip: local,
    local_port: ports.local,
    local_bgp_id: "10.0.0.1",
    recv_cap: capabilities(neighbor),
    remote_holddown: 90,
    adv_holddown: localHoldTime,
  };
}

/** What a Peer Down of `neighbor` has to say; `info`: the bytes after the reason. */
export function expectedPeerDown(
  neighbor: Neighbor,
  reason: number,
  info?: Uint8Array,
): Record<string, unknown> {
  return {
    action: "down",
    ...peerOf(neighbor),
    router_ip: neighbor.address === "::1" ? "::1" : "127.0.0.1",
    bmp_reason: reason,
    ...(info === undefined ? {} : { info_data: base64(info) }),
    ...(info !== undefined && reason === 3
      ? {
        bmp_error_code: SHUTDOWN[0],
        bmp_error_sub_code: SHUTDOWN[1],
        error_text: `Cease: Administrative Shutdown: ${SHUTDOWN_TEXT}`,
      }
      : {}),
  };
}

function peerOf(neighbor: Neighbor): Record<string, unknown> {
  return {
    remote_bgp_id: neighbor.routerId,
    remote_asn: neighbor.asn,
    remote_ip: neighbor.address,
    peer_type: 0,
    peer_rd: "0:0",
    is_l: false,
    is_prepolicy: false,
    is_ipv4: neighbor.address !== "::1",
    is_adj_rib_in_post_policy: false,
    is_adj_rib_out_post_policy: false,
    is_adj_rib_out: false,
    is_loc_rib: false,
    is_loc_rib_filtered: false,
  };
}

/** `recv_cap` for the OPEN that the speaker sends. */
function capabilities(neighbor: Neighbor): Record<string, unknown> {
  const { families, asn } = neighbor;
  const names = (family: Family) =>
    `afi=${family.afi} safi=${family.safi} ${family.safi === 4 ? "MPLS Labels" : "Unicast"} IPv${
      family.afi === 1 ? 4 : 6
    }`;
  const extended = families.filter((family) => family.extendedNextHop);
  const addPath = families.filter((family) => family.addPath);
  const one = (value: number[], description: string) => [{
    capability_value: base64(value),
    capability_descr: description,
  }];
  return {
    1: families.map((family) => ({
      capability_value: base64([0, family.afi, 0, family.safi]),
      capability_descr: `Multiprotocol Extensions for BGP-4 : ${names(family)}`,
    })),
    ...(extended.length === 0 ? {} : {
      5: one(
        extended.flatMap(({ afi, safi }) => [0, afi, 0, safi, 0, 2]),
        "Extended Next Hop Encoding",
      ),
    }),
    ...(neighbor.fourOctetAs
      ? {
        65: one(
          [asn >>> 24, asn >>> 16 & 255, asn >>> 8 & 255, asn & 255],
          "Support for 4-octet AS number capability",
        ),
      }
      : {}),
    ...(addPath.length === 0
      ? {}
      : { 69: one(addPath.flatMap(({ afi, safi }) => [0, afi, safi, 2]), "ADD-PATH Capability") }),
  };
}

/** A Peer Up's record without the daemon's own capabilities, which are its business, and without our decoding of the others. */
export function peerContents(line: Line): Record<string, unknown> {
  const { adv_cap: _, recv_cap: received, ...rest } = contents(line);
  const plain = Object.entries(received as Record<string, Record<string, unknown>[]>).map((
    [code, list],
  ) => [
    code,
    list.map(({ decoded: _, ...goBmps }) => goBmps),
  ]);
  return { ...rest, recv_cap: Object.fromEntries(plain) };
}

/**
 * Waits until the collector has written what `enough` asks for. When it does not come, the test goes on: its comparison then
 * says more than a time limit could.
 */
export async function waitForLines(
  collector: Collector,
  enough: (lines: Line[]) => boolean,
  programs: readonly Program[],
  timeoutMs = 8000,
): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline;) {
    if (enough(collector.lines())) return;
    const ended = [collector.program, ...programs].find((program) => program.exit !== undefined);
    if (ended !== undefined) {
      throw new Error(`Cannot go on: ${ended.name} ended: ${ended.exit}${logText(ended)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
