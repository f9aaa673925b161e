import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import type { Buffer } from "node:buffer";
import { connect } from "node:net";
import { Output } from "../../../src/formats/output.ts";
import { type Onlooker, Tail, type TailFilter } from "../../../src/pipeline/live/tail.ts";
import { initiation, MANDATORY, peerUp, routeMonitoring } from "../../building.ts";
import { fromHex } from "../../decoding.ts";
import { TestCollector } from "./collector.ts";

const TOPIC = { name: "gobmp.parsed.peer", messageType: 10 };
const OTHER = { name: "gobmp.parsed.unicast_prefix_v4", messageType: 74 };

class Watcher implements Onlooker {
  readonly filter: TailFilter;
  readonly records: string[] = [];
  skippedCount = 0;
  constructor(filter: Partial<TailFilter> = {}) {
    this.filter = { topic: "", session: "", texts: [], ...filter };
  }
  take(topic: string, record: Buffer): void {
    this.records.push(`${topic} ${record}`);
  }
  skipped(count: number): void {
    this.skippedCount += count;
  }
}

function batchOf(count: number, record = '{"a":"<é>"}'): Output {
  const out = new Output(1 << 20, true);
  for (let i = 0; i < count; i++) {
    out.mark(i % 2 === 0 ? "even" : "odd", i, 0);
    out.begin(i % 4 < 2 ? TOPIC : OTHER, "key");
    out.raw(new TextEncoder().encode(record));
    out.end();
  }
  return out;
}

describe("Tail", () => {
  it("shows what fits: topic, session, texts", () => {
    const tail = new Tail(() => 0);
    const all = new Watcher();
    const some = new Watcher({ topic: "peer", session: "odd", texts: ["é", '"a"'.slice(1, 2)] });
    const none = new Watcher({ texts: ["b"] });
    for (const each of [all, some, none]) tail.add(each);
    tail.offer("sink", batchOf(4));
    assert.equal(all.records.length, 4);
    assert.deepEqual(some.records, ['gobmp.parsed.peer {"a":"<é>"}']);
    assert.deepEqual(none.records, []);
    tail.remove(all);
    tail.offer("sink", batchOf(4));
    assert.equal(all.records.length, 4);
  });

  it("looks for a text as JSON writes it", () => {
    const tail = new Tail(() => 0);
    const quoted = new Watcher({ texts: ['say "no"'] });
    tail.add(quoted);
    tail.offer("sink", batchOf(1, JSON.stringify({ a: 'say "no" now' })));
    assert.equal(quoted.records.length, 1);
  });

  it("takes the records of one sink, until it falls silent", () => {
    let now = 0;
    const tail = new Tail(() => now);
    const watcher = new Watcher();
    tail.add(watcher);
    tail.offer("a", batchOf(1));
    tail.offer("b", batchOf(1));
    assert.equal(watcher.records.length, 1);
    now = 2000;
    tail.offer("b", batchOf(1));
    tail.offer("a", batchOf(1));
    assert.equal(watcher.records.length, 2);
  });

  it("looks at so many per second, and tells of the rest", () => {
    let now = 0;
    const tail = new Tail(() => now);
    const watcher = new Watcher({ texts: ["nothing"] });
    tail.add(watcher);
    tail.offer("a", batchOf(4000));
    tail.offer("a", batchOf(4000));
    assert.equal(watcher.skippedCount, 3000);
    now = 1000;
    tail.offer("a", batchOf(4000));
    assert.equal(watcher.skippedCount, 3000);
  });
});

describe("/api/v1/tail", () => {
  let test: TestCollector;
  before(async () => {
    test = await TestCollector.start();
  });
  after(() => test.stop());

  /** Looks on until the text has a match. */
  async function look(
    query: string,
    pattern: RegExp,
    act: () => Promise<unknown>,
  ): Promise<string> {
    const socket = connect(test.port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => text += chunk).on("error", () => {});
    socket.write(`GET /api/v1/tail${query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    try {
      for (let i = 0; i < 250 && !text.includes("records follow"); i++) await wait(20);
      await act();
      for (let i = 0; i < 250 && !pattern.test(text); i++) await wait(20);
      assert.match(text, pattern);
      return text;
    } finally {
      socket.destroy();
    }
  }

  it("sends records as events, harmless as HTML", async () => {
    const text = await look(
      "?topic=peer&q=192.0.2.2",
      /data: .*"action":"add".*\n/,
      () => test.router(fromHex(initiation("<b>") + peerUp())),
    );
    assert.match(text, /^content-type: text\/event-stream\r$/mi);
    const line = text.split("\n").find((line) => line.startsWith("data:"))!;
    const { topic, record } = JSON.parse(line.slice(5));
    assert.equal(topic, "gobmp.parsed.peer");
    assert.equal(record.router_name, "<b>");
    assert.doesNotMatch(line, /[<>&]/);
    assert.doesNotMatch(text, /unicast_prefix/);
  });

  it("tells of what is too much", async () => {
    const routes = routeMonitoring({ attributes: MANDATORY, nlri: "20c0000201".repeat(500) });
    await look(
      "?topic=unicast",
      /event: dropped\ndata: \{"skipped":\d+,"dropped":\d+\}/,
      () => test.router(fromHex(initiation("r") + peerUp() + routes)),
    );
  });

  it("takes few onlookers, and only filters within bounds", async () => {
    const sockets = Array.from({ length: 8 }, () => connect(test.port, "127.0.0.1"));
    let streams = 0;
    for (const socket of sockets) {
      socket.on("data", (chunk) => {
        if (String(chunk).includes("200 OK")) streams++;
      }).on("error", () => {});
      socket.write("GET /api/v1/tail HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    }
    for (let i = 0; i < 250 && streams < 8; i++) await wait(20);
    assert.equal((await test.ask("/api/v1/tail")).status, 503);
    for (const socket of sockets) socket.destroy();
    await wait(100);
    assert.equal((await test.ask(`/api/v1/tail?q=${"a".repeat(300)}`)).status, 400);
    await look("", /records follow/, () => Promise.resolve());
  });
});

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
