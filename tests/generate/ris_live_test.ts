import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeRecords } from "../../mod.ts";
import { RisFeed } from "../../src/generate/ris_live/feed.ts";
import { readRisMessage } from "../../src/generate/ris_live/message.ts";

type Json = Record<string, unknown>;

/** Messages in the form of RIS Live's manual. */
export function risUpdate(data: Json): string {
  return JSON.stringify({
    type: "ris_message",
    data: {
      timestamp: 1763809200.25,
      peer: "192.0.2.20",
      peer_asn: "64496",
      id: "192.0.2.20-019aab",
      host: "rrc21.ripe.net",
      type: "UPDATE",
      ...data,
    },
  });
}

const ANNOUNCED = {
  path: [64496, 4200000001, [64500, 64501]],
  community: [[64496, 100], [65535, 65281]],
  origin: "igp",
  med: 50,
  aggregator: "64500:198.51.100.7",
  announcements: [
    { next_hop: "192.0.2.20", prefixes: ["198.51.100.0/24", "203.0.113.0/25"] },
    { next_hop: "2001:db8::20,fe80::20", prefixes: ["2001:db8:1::/48"] },
  ],
  withdrawals: ["192.0.2.0/28", "2001:db8:2::/48"],
};

async function recordsOf(texts: readonly string[]): Promise<Json[]> {
  const feed = new RisFeed("rrc21.ripe.net");
  const chunks = texts.map((text) => feed.take(readRisMessage(text)!).slice());
  const records: Json[] = [];
  for await (const { topic, data } of decodeRecords(chunks)) {
    records.push({ topic, ...data });
  }
  return records;
}

function pick(record: Json, ...names: string[]): Json {
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}

describe("a feed of RIS Live", () => {
  it("begins with the route collector's name and brings a peer up before its first message", async () => {
    const records = await recordsOf([risUpdate({ path: [64496], withdrawals: [] })]);
    const initiation = records.find(({ topic }) => topic === "edgebmp.initiation")!;
    assert.equal(initiation.sys_name, "rrc21.ripe.net");
    const up = records.find(({ topic }) => topic === "gobmp.parsed.peer")!;
    assert.deepEqual(pick(up, "action", "remote_ip", "remote_asn", "timestamp"), {
      action: "add",
      remote_ip: "192.0.2.20",
      remote_asn: 64496,
      timestamp: "2025-11-22T11:00:00.25Z",
    });
  });

  it("makes UPDATE messages of what RIS has decoded", async () => {
    const records = await recordsOf([risUpdate(ANNOUNCED)]);
    const routes = records.filter(({ prefix }) => prefix !== undefined);
    assert.deepEqual(
      routes.map((route) => pick(route, "action", "prefix", "prefix_len", "nexthop")),
      [
        { action: "del", prefix: "192.0.2.0", prefix_len: 28, nexthop: undefined },
        { action: "del", prefix: "2001:db8:2::", prefix_len: 48, nexthop: undefined },
        { action: "add", prefix: "198.51.100.0", prefix_len: 24, nexthop: "192.0.2.20" },
        { action: "add", prefix: "203.0.113.0", prefix_len: 25, nexthop: "192.0.2.20" },
        { action: "add", prefix: "2001:db8:1::", prefix_len: 48, nexthop: "2001:db8::20,fe80::20" },
      ],
    );
    const { base_attr_hash: _, ...attributes } = routes[2]!.base_attrs as Json;
    assert.deepEqual(attributes, {
      origin: "igp",
      as_path: [64496, 4200000001, 64500, 64501],
      as_path_count: 4,
      as_path_segments: [
        { type: 2, asns: [64496, 4200000001] },
        { type: 1, asns: [64500, 64501] },
      ],
      nexthop: "192.0.2.20",
      med: 50,
      // 64500 and 198.51.100.7, the attribute's octets as goBMP writes them.
      aggregator: "AAD79MYzZAc=",
      community_list: ["64496:100", "65535:65281"],
      well_known_community_list: ["NO_EXPORT"],
      is_atomic_agg: false,
    });
  });

  it("takes the message as it came where RIS offers it", async () => {
    // RFC 4271: withdraws 192.0.2.0/24.
    const raw = `${"ff".repeat(16)}001b02000418c000020000`;
    const records = await recordsOf([risUpdate({ ...ANNOUNCED, raw })]);
    assert.deepEqual(
      records.filter(({ prefix }) => prefix !== undefined).map(({ prefix }) => prefix),
      ["192.0.2.0"],
    );
  });

  it("takes a peer down, and up again with its next message", async () => {
    const state = (state: string) => risUpdate({ type: "RIS_PEER_STATE", state });
    const update = risUpdate({ withdrawals: ["192.0.2.0/28"] });
    const records = await recordsOf([state("connected"), update, state("down"), update]);
    assert.deepEqual(
      records.filter(({ topic }) => topic === "gobmp.parsed.peer").map(({ action }) => action)
        .slice(0, 3),
      ["add", "down", "add"],
    );
  });

  it("passes over what is no BGP message, and says what RIS Live finds wrong", () => {
    assert.equal(readRisMessage('{"type":"ris_subscribe_ok","data":{}}'), undefined);
    assert.throws(
      () => readRisMessage('{"type":"ris_error","data":{"message":"no such host"}}'),
      /^Error: Cannot subscribe: RIS Live says \{"message":"no such host"\}$/,
    );
  });

  for (
    const [name, data] of Object.entries({
      peer: { peer: "somewhere" },
      peer_asn: { peer_asn: "64496x" },
      host: { host: 5 },
      timestamp: { timestamp: -1 },
      path: { path: [1.5] },
      next_hop: { announcements: [{ next_hop: "nowhere", prefixes: [] }] },
      prefixes: { withdrawals: ["192.0.2.1/24"] },
      community: { community: [[1, 70000]] },
      aggregator: { aggregator: "64496" },
      raw: { raw: "0" },
    })
  ) {
    it(`refuses a message whose ${name} is none, by its name`, () => {
      assert.throws(
        () => readRisMessage(risUpdate(data)),
        new RegExp(`Cannot read a message of RIS Live: member "${name}" is `),
      );
    });
  }

  it("leaves out what is longer than a BGP message", () => {
    const feed = new RisFeed("rrc21.ripe.net");
    const withdrawals = Array.from({ length: 20_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
    const short = readRisMessage(risUpdate({ withdrawals: ["192.0.2.0/28"] }))!;
    feed.take(short);
    assert.equal(feed.take(readRisMessage(risUpdate({ withdrawals }))!).length, 0);
    assert.ok(feed.take(short).length > 0);
  });
});
