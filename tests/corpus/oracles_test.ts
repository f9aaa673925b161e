// Prefixes, counts and End-of-RIBs against what other decoders say of the same streams.
import assert from "node:assert/strict";
import { it } from "node:test";
import {
  describeCorpus,
  type JsonObject,
  readNetGauze,
  readStats,
  readTshark,
  type Stats,
  streamNames,
  streamPath,
} from "./corpus.ts";
import { decodeFile } from "./decode.ts";
import { netGauzeFailed, netGauzeRoutes } from "./netgauze.ts";
import { isUnicast, type RecordLine, routesByMessage } from "./records.ts";
import type { MessageRoutes } from "./routes.ts";
import { tsharkRoutes, type UpdateCarrier } from "./tshark.ts";

interface Distrust {
  readonly stream: string;
  readonly messages: readonly number[];
  readonly reason: string;
}

/** Messages in which NetGauze is no oracle. */
const NETGAUZE_FAILS: readonly Distrust[] = [{
  stream: "pmacct-205-6wind-FRR-peer_down-t00",
  messages: [199, 200],
  reason: "refuses a two-octet AS_PATH without the A flag",
}];

/** Counts of routes and End-of-RIBs: `add 1`, `del 2`, `eor 1/1`. */
type Counts = Record<string, number>;

describeCorpus("the oracles agree with each other", () => {
  for (const name of streamNames()) {
    const tshark = readTshark(name);
    const stats = readStats(name);
    const netGauze = readNetGauze(name);
    if (tshark !== undefined && stats !== undefined) {
      it(`${name}: tshark's routes and the counts of stats.json`, () => {
        const counts = tsharkCounts(tshark, "route monitoring");
        for (const [key, count] of Object.entries(tsharkCounts(tshark, "mirroring"))) {
          counts[key] = (counts[key] ?? 0) + count;
        }
        assert.deepEqual(counts, statsCounts(stats));
      });
    }
    if (tshark !== undefined && netGauze !== undefined) {
      it(`${name}: tshark's routes and NetGauze's`, () => {
        const failed: number[] = [];
        tshark.forEach((message, i) => {
          const expected = tsharkRoutes(message);
          if (expected === undefined) return;
          if (netGauzeFailed(netGauze[i]!)) failed.push(i);
          else assert.deepEqual(netGauzeRoutes(netGauze[i]!), expected, `message ${i}`);
        });
        assert.deepEqual(failed, NETGAUZE_FAILS.find((it) => it.stream === name)?.messages ?? []);
      });
    }
  }
});

describeCorpus("decode finds the routes that other decoders find", () => {
  for (const name of streamNames()) {
    const tshark = readTshark(name);
    const stats = readStats(name);
    if (tshark === undefined || stats === undefined) continue;
    it(name, async () => {
      const records = await decodeFile(streamPath(name), []);
      assertMessageCounts(records, stats);
      const ours = routesByMessage(records);
      const wrong: string[] = [];
      tshark.forEach((message, i) => {
        const expected = tsharkRoutes(message);
        if (expected === undefined) return;
        const found = ours.get(i)?.routes ?? [];
        if (found.join("\n") !== expected.routes.join("\n")) {
          wrong.push(
            `message ${i}: tshark ${expected.routes.join("; ")}, ours ${found.join("; ")}`,
          );
        }
      });
      assert.equal(wrong.length, 0, `${wrong.length} messages\n${wrong.slice(0, 10).join("\n")}`);
      for (const [i, message] of ours) {
        if (message.routes.length === 0) continue;
        assert.ok(
          tsharkRoutes(tshark[i]!) !== undefined,
          `message ${i} is no Route Monitoring but has routes`,
        );
      }
      assert.deepEqual(endOfRibCounts(records), endOfRibExpected(tshark));
    });
  }
});

/** Peer Up, Peer Down and Statistics: one record a message; downs of our own making aside. */
function assertMessageCounts(records: readonly RecordLine[], stats: Stats): void {
  const peers = records.filter((it) => it.type === 10 && it.data["synthetic"] !== true);
  const counted = {
    PeerUp: peers.filter((it) => it.data["action"] === "add").length,
    PeerDown: peers.filter((it) => it.data["action"] === "down").length,
    Stats: records.filter((it) => it.type === 1).length,
  };
  const { PeerUp = 0, PeerDown = 0, Stats = 0 } = stats.messages;
  assert.deepEqual(counted, { PeerUp, PeerDown, Stats });
}

/** End-of-RIBs of unicast and labelled routes by AFI: goBMP's record does not name the SAFI. */
function endOfRibCounts(records: readonly RecordLine[]): Counts {
  const counts: Counts = {};
  for (const { data } of records.filter((it) => isUnicast(it) && it.data["is_eor"] === true)) {
    bump(counts, `eor ${data["is_ipv4"] === true ? 1 : 2}`);
  }
  return counts;
}

function endOfRibExpected(messages: readonly JsonObject[]): Counts {
  const counts: Counts = {};
  for (const family of messages.flatMap((message) => tsharkRoutes(message)?.endOfRib ?? [])) {
    if (/^[12]\/[14]$/.test(family)) bump(counts, `eor ${family[0]}`);
  }
  return counts;
}

function tsharkCounts(messages: readonly JsonObject[], carrier: UpdateCarrier): Counts {
  const counts: Counts = {};
  for (const message of messages) count(counts, tsharkRoutes(message, carrier));
  return counts;
}

function count(counts: Counts, message: MessageRoutes | undefined): void {
  for (const route of message?.routes ?? []) bump(counts, route.slice(0, "add 1".length));
  for (const family of message?.endOfRib ?? []) bump(counts, `eor ${family}`);
}

function statsCounts(stats: Stats): Counts {
  const counts: Counts = {};
  for (const [action, families] of [["add", stats.reach], ["del", stats.unreach]] as const) {
    for (const [family, value] of Object.entries(families ?? {})) {
      if (/^[12]\/[14]$/.test(family)) bump(counts, `${action} ${family[0]}`, value);
    }
  }
  for (const [family, value] of Object.entries(stats.eor ?? {})) counts[`eor ${family}`] = value;
  return counts;
}

function bump(counts: Counts, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}
