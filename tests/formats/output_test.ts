import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ENTRY_DONE } from "../../src/formats/formatter.ts";
import { createGobmpFormatter } from "../../src/formats/gobmp/mod.ts";
import { Output, RecordIdentity, type Topic } from "../../src/formats/output.ts";
import { Entry, EntryKind } from "../../src/journal/types.ts";
import { utf8 } from "../../src/wire/writer.ts";
import { EVERY_KIND } from "../property/streams.ts";

const ROUTES: Topic = { name: "routes", messageType: 7 };
const PEERS: Topic = { name: "peers", messageType: 10 };

function put(out: Output, topic: Topic, key: string, value: string): void {
  out.begin(topic, key);
  out.ascii(value);
  out.end();
}

/** Topic, key and value of all records. */
function recordsIn(out: Output): [topic: string, key: string, value: string][] {
  return Array.from({ length: out.count }, (_, i) => {
    const { topic, key, start, end } = out.record(i);
    return [topic.name, key, new TextDecoder().decode(out.bytes.subarray(start, end))];
  });
}

describe("a batch of records", () => {
  for (const lines of [false, true]) {
    it(`keeps topic, key and value${lines ? ", in lines" : ""}`, () => {
      const out = new Output(10, lines);
      put(out, ROUTES, "k1", "{}");
      put(out, PEERS, "", '{"a":1}');
      assert.deepEqual(recordsIn(out), [["routes", "k1", "{}"], ["peers", "", '{"a":1}']]);
      const text = new TextDecoder().decode(out.written());
      assert.equal(
        text,
        lines
          ? '{"msg_type":7,"msg_hash":"k1","msg_data":{}}\n{"msg_type":10,"msg_data":{"a":1}}\n'
          : '{}{"a":1}',
      );
      assert.equal(out.endOf(1), text.length);
      assert.equal(text.slice(0, out.endOf(0)).endsWith(lines ? "}\n" : "{}"), true);
    });

    it(`begins a record like another${lines ? ", in lines" : ""}`, () => {
      const out = new Output(10, lines);
      put(out, ROUTES, "k1", '{"a":1}');
      const valueOffset = out.starts[0]!;
      const head = out.bytes.slice(0, valueOffset + 5);
      out.beginLike(0, head, valueOffset);
      out.ascii("2}");
      out.end();
      assert.deepEqual(recordsIn(out)[1], ["routes", "k1", '{"a":2}']);
    });
  }

  it("set back to an earlier place, it wraps what comes then as ever", () => {
    const out = new Output(10, true);
    put(out, PEERS, "k0", "{}");
    const { pos, count } = out;
    put(out, PEERS, "k1", '{"a":1}');
    put(out, ROUTES, "k1", "{}");
    out.pos = pos;
    out.count = count;
    const long = `{"a":"${"x".repeat(200)}"}`;
    for (let i = 0; i < 3; i++) put(out, ROUTES, "k1", long);
    const lines = new TextDecoder().decode(out.written()).split("\n");
    assert.equal(lines[0], '{"msg_type":10,"msg_hash":"k0","msg_data":{}}');
    for (let i = 1; i <= 3; i++) {
      assert.equal(lines[i], `{"msg_type":7,"msg_hash":"k1","msg_data":${long}}`);
    }
  });

  it("forgets a record that was not ended", () => {
    const out = new Output(10, true);
    put(out, ROUTES, "k1", "{}");
    const end = out.pos;
    out.begin(PEERS, "k2", { after: "p", delayMs: 5 });
    out.ascii("half");
    out.abandon(end);
    put(out, PEERS, "k3", "{}");
    assert.equal(out.record(1).hold, undefined);
    assert.deepEqual(recordsIn(out), [["routes", "k1", "{}"], ["peers", "k3", "{}"]]);
  });

  it("keeps holds until it is cleared", () => {
    const out = new Output(10, false);
    out.begin(PEERS, "k", { after: "p", delayMs: 5 });
    out.end();
    assert.deepEqual(out.record(0).hold, { after: "p", delayMs: 5 });
    out.clear();
    put(out, PEERS, "k", "");
    assert.equal(out.record(0).hold, undefined);
  });

  it("knows whose each record is, also behind entries without records and records that were taken back", () => {
    const out = new Output(1000, false);
    const identity = new RecordIdentity();
    const identities = () =>
      Array.from({ length: out.count }, (_, i) => {
        assert.equal(out.identity(i, identity), true);
        return `${identity.session} ${identity.sequence} ${identity.part}`;
      });
    put(out, PEERS, "", "{}");
    assert.equal(out.identity(0, identity), false);
    out.clear();
    out.mark("a", 7, 3);
    put(out, PEERS, "", "{}");
    put(out, PEERS, "", "{}");
    out.mark("b", 1, 0);
    out.mark("c", 2, 0);
    put(out, PEERS, "", "{}");
    out.mark("d", 5, 0);
    put(out, PEERS, "", "{}");
    out.count = 3;
    out.mark("e", 6, 0);
    put(out, PEERS, "", "{}");
    assert.deepEqual(identities(), ["a 7 3", "a 7 4", "c 2 0", "e 6 0"]);
    out.clear();
    out.mark("f", 1, 0);
    put(out, PEERS, "", "{}");
    assert.deepEqual(identities(), ["f 1 0"]);
  });

  it("is full at its limit, and gives back a buffer that was blown up", () => {
    const out = new Output(1000, false);
    out.raw(new Uint8Array(999));
    assert.equal(out.full, false);
    out.byte(1);
    assert.equal(out.full, true);
    const normal = out.bytes.length;
    out.raw(new Uint8Array(2_000_000));
    out.clear();
    assert.equal(out.full, false);
    assert.equal(out.bytes.length, normal);
  });
});

describe("a format's records", () => {
  function formatted(
    lines: boolean,
    softLimit = 64 * 1024 * 1024,
    each = (_: Output) => {},
  ): Output {
    const formatter = createGobmpFormatter({
      collector: "test",
      routerIdentity: "peer-local",
      extraFields: true,
      splitAf: true,
    });
    const out = new Output(softLimit, lines);
    const entry = new Entry();
    const play = (kind: EntryKind, bytes: Uint8Array): void => {
      entry.kind = kind;
      entry.bytes = bytes;
      entry.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      entry.end = bytes.length;
      for (let part = 0; (part = formatter.entry(entry, out, part)) !== ENTRY_DONE;) {
        each(out);
        out.clear();
      }
      entry.sequence++;
    };
    const info = { session: "s", source: "192.0.2.9", source_port: 1, listener: "l" };
    play(EntryKind.open, utf8(JSON.stringify({ ...info, parallel: false })));
    for (const message of EVERY_KIND) play(EntryKind.frame, message);
    play(EntryKind.close, utf8('{"reason":"closed","detail":""}'));
    return out;
  }

  it("have the identity that their own fields say, in batches of any size", () => {
    for (const softLimit of [1, 5_000, 1_000_000]) {
      let count = 0;
      const check = (out: Output): void => {
        const identity = new RecordIdentity();
        for (const [i, [, , value]] of recordsIn(out).entries()) {
          assert.equal(out.identity(i, identity), true);
          const { session, sequence, part } = JSON.parse(value);
          assert.deepEqual({ ...identity }, { session, sequence, part });
          count++;
        }
      };
      check(formatted(false, softLimit, check));
      assert.ok(count > 30);
    }
  });

  it("are the same in lines and without", () => {
    const plain = recordsIn(formatted(false));
    assert.ok(plain.length > 30);
    assert.deepEqual(recordsIn(formatted(true)), plain);
    for (const [, , value] of plain) JSON.parse(value);
  });

  it("are back to back", () => {
    const out = formatted(false);
    for (let i = 0; i < out.count; i++) {
      assert.equal(out.starts[i], i === 0 ? 0 : out.ends[i - 1]);
    }
  });

  it("can be copied in ranges, with all that belongs to them", () => {
    for (const lines of [false, true]) {
      const from = formatted(lines);
      for (const [first, end] of [[0, from.count], [5, 6], [3, 30]] as const) {
        const into = new Output(1_000_000, lines);
        into.copyRecords(from, 0, 2);
        into.copyRecords(from, first, end);
        const all = recordsIn(from);
        assert.deepEqual(recordsIn(into), [...all.slice(0, 2), ...all.slice(first, end)]);
        assert.equal(into.endOf(into.count - 1), into.pos);
        const [mine, theirs] = [new RecordIdentity(), new RecordIdentity()];
        for (let i = first; i < end; i++) {
          assert.ok(into.identity(2 + i - first, mine) && from.identity(i, theirs));
          assert.deepEqual(mine, theirs);
        }
      }
    }
  });

  it("can be taken back", () => {
    const out = formatted(true);
    const all = recordsIn(out);
    out.cut(out.endOf(3), 4);
    assert.deepEqual(recordsIn(out), all.slice(0, 4));
    out.cut(0, 0);
    assert.deepEqual([out.count, out.written().length], [0, 0]);
  });
});
