// What goBMP printed for Peer Up, Peer Down and Statistics Report (tests/golden/gobmp_appendix_a.json) against the decoders alone.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { Open } from "../../../src/bgp/open.ts";
import { decodePeerDown } from "../../../src/bmp/messages/peer_down.ts";
import { decodePeerUp } from "../../../src/bmp/messages/peer_up.ts";
import { decodeStatistics } from "../../../src/bmp/messages/statistics.ts";
import {
  COMMON_HEADER_BYTES,
  MessageType,
  PEER_HEADER_BYTES,
} from "../../../src/bmp/peer_header.ts";
import { fromHex } from "../../decoding.ts";

interface Vector {
  readonly name: string;
  readonly frame: string;
  readonly expected: readonly { readonly msg_data: Readonly<Record<string, unknown>> }[];
}

const GOLDEN = new URL("../../golden/gobmp_appendix_a.json", import.meta.url);
const { vectors }: { vectors: Vector[] } = JSON.parse(readFileSync(GOLDEN, "utf8"));

const BODY = COMMON_HEADER_BYTES + PEER_HEADER_BYTES;
/** goBMP leaves out what is zero. */
const orAbsent = (value: number): number | undefined => value === 0 ? undefined : value;

/** Statistics whose record members are plain numbers, by type. */
const COUNTERS: Readonly<Record<number, string>> = {
  1: "duplicate_prefix",
  2: "duplicate_withdraws",
  3: "invalidated_due_cluster",
  4: "invalidated_due_aspath",
  5: "invalidated_due_originator_id",
  6: "invalidated_due_asconfed",
  8: "local_rib",
  11: "updates_as_withdraw",
  12: "prefixes_as_withdraw",
  13: "duplicate_updates",
  14: "pre_policy_adj_rib_out",
  15: "post_policy_adj_rib_out",
};

const PER_FAMILY: Readonly<Record<number, string>> = {
  10: "per_afi_loc_rib",
  16: "per_afi_pre_policy_adj_rib_out",
  17: "per_afi_post_policy_adj_rib_out",
};

function capabilityMap(bytes: Uint8Array, open: Open): unknown {
  if (open.capabilities.length === 0) return undefined;
  const map: Record<string, unknown[]> = {};
  for (const { code, description, start, end } of open.capabilities) {
    const value = Buffer.from(bytes.subarray(start, end)).toString("base64");
    (map[code] ??= []).push({
      ...value === "" ? {} : { capability_value: value },
      capability_descr: description,
    });
  }
  return map;
}

function checkPeerUp(bytes: Uint8Array, view: DataView, expected: Vector["expected"][0]): void {
  const up = decodePeerUp(bytes, view, BODY, bytes.length, bytes[6]!, bytes[7]!);
  const { open: sent } = up.sent!;
  const { open: received } = up.received!;
  const record = expected.msg_data;
  assert.deepEqual(up.faults, []);
  assert.equal(up.localAddress, record["local_ip"]);
  assert.equal(orAbsent(up.localPort), record["local_port"]);
  assert.equal(orAbsent(up.remotePort), record["remote_port"]);
  assert.equal(sent!.asn, record["local_asn"]);
  assert.equal(sent!.bgpIdentifier, record["local_bgp_id"]);
  assert.equal(orAbsent(sent!.holdTimeSeconds), record["adv_holddown"]);
  assert.equal(orAbsent(received!.holdTimeSeconds), record["remote_holddown"]);
  assert.deepEqual(capabilityMap(bytes, sent!), record["adv_cap"]);
  assert.deepEqual(capabilityMap(bytes, received!), record["recv_cap"]);
}

function checkPeerDown(bytes: Uint8Array, view: DataView, expected: Vector["expected"][0]): void {
  const { reason, data, faults } = decodePeerDown(bytes, view, BODY, bytes.length);
  const record = expected.msg_data;
  assert.deepEqual(faults, []);
  assert.equal(reason, record["bmp_reason"]);
  const sent = Buffer.from(bytes.subarray(data.start, data.end)).toString("base64");
  assert.equal(sent, record["info_data"]);
}

function checkStatistics(bytes: Uint8Array, view: DataView, expected: Vector["expected"][0]): void {
  const { statistics } = decodeStatistics(bytes, view, BODY, bytes.length, bytes[0]!);
  const record: Record<string, unknown> = {};
  for (const { type, afi, safi, value } of statistics) {
    const member = COUNTERS[type];
    if (member !== undefined) record[member] = value;
    else record[PER_FAMILY[type]!] = [{ afi, safi, count: value }];
  }
  const names = new Set([...Object.values(COUNTERS), ...Object.values(PER_FAMILY)]);
  const members = Object.entries(expected.msg_data).filter(([name]) => names.has(name));
  assert.deepEqual(record, Object.fromEntries(members));
}

const CHECKS = new Map([
  [MessageType.peerUp as number, checkPeerUp],
  [MessageType.peerDown, checkPeerDown],
  [MessageType.statisticsReport, checkStatistics],
]);

describe("vectors of goBMP", () => {
  let checked = 0;
  for (const { name, frame, expected } of vectors) {
    const bytes = fromHex(frame);
    const check = CHECKS.get(bytes[5]!);
    if (check === undefined) continue;
    checked++;
    it(name, () => check(bytes, new DataView(bytes.buffer), expected[0]!));
  }

  it("are there", () => assert.equal(checked, 7));
});
