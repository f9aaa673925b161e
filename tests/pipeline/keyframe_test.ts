// Readers that come into the journal in the middle: what they then know, and what they say of what they missed.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createGobmpFormatter } from "../../src/formats/gobmp/mod.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { EntryBatch, EntryKind, type SessionInfo, type WhenFull } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { utf8 } from "../../src/wire/writer.ts";
import {
  attribute,
  bmp,
  initiation,
  MANDATORY,
  NEXT_HOP,
  ORIGIN,
  peerDown,
  type PeerOptions,
  peerUp,
  routeMonitoring,
} from "../building.ts";
import { fromHex } from "../decoding.ts";
import { CollectSink } from "./doubles.ts";

const MIB = 1024 * 1024;
const SECOND: PeerOptions = { address: "c0000203", as: 65009, bgpId: "c0000203" };
const ROUTE = routeMonitoring({ attributes: MANDATORY, nlri: "18c63364" });
/** AS_PATH of two octets without the A flag: read so once a message showed it. */
const TWO_OCTET_PATH = attribute(0x40, 2, "0202 fde9 fdea");
/** Reads as two-octet and as four-octet: only what was learned before decides. */
const EITHER_PATH = attribute(0x40, 2, "0203 0001fde9 00020202 0003fdea");
const LONG_MESSAGE = fromHex(bmp(9, "00".repeat(600_000)));

/** Feeds one journal, as sessions do. */
class Feed {
  readonly metrics = new Metrics();
  readonly log: string[] = [];
  readonly journal: MemoryJournal;
  readonly #sequences = new Map<number, number>();

  constructor(bytesMax = 4 * MIB) {
    this.journal = new MemoryJournal({ bytesMax, metrics: this.metrics });
  }

  open(session: number, info: Partial<SessionInfo> = {}): void {
    const all: SessionInfo = {
      session: `s${session}`,
      source: `198.51.100.${session}`,
      source_port: 1,
      listener: "l",
      parallel: false,
      ...info,
    };
    this.#append(session, EntryKind.open, utf8(JSON.stringify(all)));
  }

  frame(message: string | Uint8Array, session = 1): void {
    const bytes = typeof message === "string" ? fromHex(message) : message;
    this.#append(session, EntryKind.frame, bytes);
  }

  close(session = 1): void {
    this.#append(session, EntryKind.close, utf8('{"reason":"closed","detail":""}'));
  }

  /** A pipeline, and the records that it has delivered when the journal has ended. */
  reader(name: string, from: "oldest" | "newest", whenFull: WhenFull = "block", gate?: Gate) {
    const sink = new CollectSink(name);
    if (gate !== undefined) {
      const deliver = sink.deliver.bind(sink);
      sink.deliver = (batch) => gate.promise.then(() => deliver(batch));
    }
    const pipeline = new Pipeline({
      journal: this.journal,
      metrics: this.metrics,
      sink,
      from,
      whenFull,
      formatter: createGobmpFormatter({
        collector: "",
        routerIdentity: "peer-local",
        extraFields: true,
        splitAf: true,
      }),
      log: new Log("info", "text", (line) => void this.log.push(line)),
      lines: false,
    });
    const done = pipeline.run();
    return {
      records: async (): Promise<Record<string, unknown>[]> => {
        await done;
        return sink.records.map(({ topic, text }) => ({ topic: topic.name, ...JSON.parse(text) }));
      },
    };
  }

  #append(session: number, kind: EntryKind, payload: Uint8Array): void {
    const batch = new EntryBatch();
    batch.session = session;
    batch.kind = kind;
    batch.firstSequence = (this.#sequences.get(session) ?? -1) + 1;
    batch.receivedAtUs = 1_700_000_000_000_000 + batch.firstSequence;
    batch.add(payload, 0, payload.length);
    this.#sequences.set(session, batch.firstSequence);
    assert.equal(this.journal.append(batch), undefined);
  }
}

type Gate = PromiseWithResolvers<void>;

/** What records say, one line each: identity, topic, action, and of whom. */
function told(records: readonly Record<string, unknown>[]): string[] {
  return records.map((record) => {
    const topic = String(record["topic"]).replace(/^(gobmp\.parsed|edgebmp)\./, "");
    const words = [
      `${record["session"]}/${record["sequence"]}/${record["part"]}`,
      topic,
      record["action"],
      record["reason"],
      record["lost_messages"],
      record["remote_ip"] ?? record["prefix"],
      record["synthetic"] === true ? "synthetic" : undefined,
      Array.isArray(record["assumed"]) ? `assumed ${record["assumed"]}` : undefined,
    ];
    return words.filter((word) => word !== undefined).join(" ");
  });
}

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe("a reader that starts at the newest entry", () => {
  it("knows the sessions and peers that are up, and says nothing of them", async () => {
    const feed = new Feed();
    feed.open(1);
    feed.frame(initiation("r1"));
    feed.frame(peerUp());
    feed.frame(peerUp(SECOND));
    feed.frame(peerDown(SECOND));
    feed.open(2);
    feed.close(2);
    const late = feed.reader("late", "newest");
    await turns(3);
    feed.frame(ROUTE);
    feed.frame(routeMonitoring({ attributes: MANDATORY, nlri: "18c63364" }, SECOND));
    feed.close();
    feed.journal.close();
    const records = await late.records();
    assert.deepEqual(told(records), [
      "s1/5/0 unicast_prefix_v4 add 198.51.100.0",
      "s1/6/0 unicast_prefix_v4 add 198.51.100.0 assumed no_peer_up",
      "s1/7/0 peer down 192.0.2.2 synthetic",
      "s1/7/1 peer down 192.0.2.3 synthetic",
      "s1/7/2 session closed closed",
    ]);
    assert.equal(records[0]!["router_name"], "r1");
    assert.equal(records[0]!["router_ip"], "192.0.2.1");
  });

  it("reads as the first reader has learned to", async () => {
    const feed = new Feed();
    const first = feed.reader("first", "oldest");
    feed.open(1);
    feed.frame(peerUp());
    feed.frame(
      routeMonitoring({ attributes: ORIGIN + TWO_OCTET_PATH + NEXT_HOP, nlri: "18c63364" }),
    );
    await turns(5);
    const late = feed.reader("late", "newest");
    feed.frame(
      routeMonitoring({ attributes: ORIGIN + EITHER_PATH + NEXT_HOP, nlri: "18c63364" }),
    );
    feed.journal.close();
    const [mine, theirs] = [await late.records(), await first.records()];
    assert.equal(mine.length, 1);
    assert.deepEqual(mine, theirs.slice(-1));
    assert.deepEqual(mine[0]!["assumed"], ["as_width"]);
  });

  it("takes a peer from the older session of a router, as a reader that was there", async () => {
    const feed = new Feed();
    for (const session of [1, 2]) {
      feed.open(session, { source: "198.51.100.9" });
      feed.frame(peerUp(), session);
    }
    const late = feed.reader("late", "newest");
    feed.close(1);
    feed.journal.close();
    assert.deepEqual(told(await late.records()), ["s1/2/0 session closed closed"]);
  });
});

describe("a reader that is overrun", () => {
  it("says what it lost, takes down what ended meanwhile, brings up what came, and goes on", async () => {
    const feed = new Feed(4 * MIB);
    const gate = Promise.withResolvers<void>();
    const fast = feed.reader("fast", "oldest");
    const slow = feed.reader("slow", "oldest", "drop-oldest", gate);
    feed.open(1);
    feed.frame(peerUp());
    feed.frame(peerUp(SECOND));
    feed.open(2);
    feed.frame(peerUp(), 2);
    feed.open(3);
    feed.frame(peerUp(), 3);
    await turns(3);
    for (let i = 0; i < 9; i++) {
      feed.frame(LONG_MESSAGE);
      await turns(2);
      if (i === 2) {
        feed.frame(peerDown(SECOND));
        feed.close(2);
        // Peer 192.0.2.2 of session 3 starts anew, a fourth session appears.
        feed.frame(peerDown(), 3);
        feed.frame(peerUp(), 3);
        feed.open(4);
        feed.frame(peerUp(SECOND), 4);
      }
    }
    gate.resolve();
    await turns(5);
    feed.frame(ROUTE);
    feed.journal.close();
    const gapless = told(await fast.records());
    assert.equal(gapless.some((line) => line.includes("gap")), false);
    const records = told(await slow.records());
    const end = records.slice(records.indexOf("s3/3/0 peer down 192.0.2.2 synthetic"));
    const [, first, count] = /^s1\/(\d+)\/0 session gap dropped (\d+)$/.exec(end[7]!)!;
    assert.deepEqual(end, [
      // What the keyframe still has of the lost entries.
      "s3/3/0 peer down 192.0.2.2 synthetic",
      "s3/3/1 peer add 192.0.2.2",
      "s4/0/0 session opened",
      "s4/1/0 peer add 192.0.2.3",
      "s2/2/0 session gap dropped",
      "s2/2/1 peer down 192.0.2.2 synthetic",
      "s2/2/2 session closed gap",
      `s1/${first}/0 session gap dropped ${count}`,
      `s1/${first}/1 peer down 192.0.2.3 synthetic`,
      "s3/2/0 session gap dropped 1",
      "s1/13/0 unicast_prefix_v4 add 198.51.100.0",
    ]);
    const before = records.slice(0, -end.length).filter((line) => line.startsWith("s1/"));
    assert.equal(before.at(-1), `s1/${Number(first) - 1}/0 message`);
    assert.equal(Number(first) + Number(count), 13);
    const lost = feed.metrics.total("edgebmp_sink_lost_messages_total");
    assert.equal(lost, Number(count) + 1);
    assert.equal(feed.log.filter((line) => line.includes("journal entries lost")).length, 1);
  });
});
