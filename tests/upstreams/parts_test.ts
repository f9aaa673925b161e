// Parts of upstreams by themselves: rewind, filter, sysName, places, queue, pace.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  Entry,
  ENTRY_HEADER_BYTES,
  EntryBatch,
  type EntryBlock,
  EntryKind,
  readEntry,
  writeEntryHeader,
} from "../../src/journal/types.ts";
import { readPlaces, writePlaces } from "../../src/upstreams/checkpoint.ts";
import { UpstreamFilter } from "../../src/upstreams/filter.ts";
import { Chunks, Queue } from "../../src/upstreams/queue.ts";
import { Replays } from "../../src/upstreams/replays.ts";
import { Rewind } from "../../src/upstreams/rewind.ts";
import { withSysName } from "../../src/upstreams/sys_name.ts";
import { initiation } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { INITIATION, message, PEER_UP, route, SECOND_UP } from "./messages.ts";
import { OPTIONS } from "./rig.ts";

/** Frames of session 1 as entries, the first at a journal position. */
function entriesOf(frames: readonly Uint8Array[], position = 0, firstSequence = 1): EntryBlock {
  const length = frames.reduce((sum, frame) => sum + ENTRY_HEADER_BYTES + frame.length, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  frames.forEach((frame, i) => {
    const size = ENTRY_HEADER_BYTES + frame.length;
    const kind = firstSequence + i === 0 ? EntryKind.open : EntryKind.frame;
    writeEntryHeader(view, offset, size, kind, 1, firstSequence + i, 1_000_000);
    bytes.set(frame, offset + ENTRY_HEADER_BYTES);
    offset += size;
  });
  return { kind: "entries", bytes, view, start: 0, end: length, cursor: position };
}

/** Frames one behind the other, and where each ends. */
function streamOf(frames: readonly Uint8Array[]): { bytes: Uint8Array; ends: number[] } {
  let end = 0;
  const ends = frames.map((frame) => end += frame.length);
  return { bytes: new Uint8Array(Buffer.concat(frames)), ends };
}

function entryOf(frame: Uint8Array, receivedAtUs = 0): Entry {
  const entry = new Entry();
  readEntry(entriesOf([frame]), 0, entry);
  entry.receivedAtUs = receivedAtUs;
  return entry;
}

/** The messages of entries with headers. */
function messagesOf(entries: readonly Uint8Array[]): Uint8Array[] {
  return entries.map((bytes) => bytes.slice(ENTRY_HEADER_BYTES));
}

describe("Rewind", () => {
  const OPEN = new TextEncoder().encode("{}");

  function rewindWith(frames: readonly Uint8Array[], bytesMax = 1000, msMax = 1000): Rewind {
    const rewind = new Rewind(bytesMax, msMax, 0);
    const { bytes, view, end } = entriesOf([OPEN, ...frames], 0, 0);
    rewind.note(bytes, view, 0, end, 0);
    return rewind;
  }

  it("goes back by bytes at most, to where a write ended", () => {
    const rewind = new Rewind(200_000, 1e9, 0);
    for (let i = 1; i <= 10; i++) rewind.wrote(70_000, i * 100, i);
    assert.equal(rewind.position, 800);
    assert.equal(rewind.bytes, 140_000);
  });

  it("goes back by time at most, and never by nothing because of a pause", () => {
    const rewind = new Rewind(1e9, 1000, 0);
    rewind.wrote(100, 100, 0);
    rewind.wrote(100, 200, 2000);
    assert.equal(rewind.position, 100, "the second write is recent");
    rewind.wrote(100, 300, 5000);
    assert.equal(rewind.position, 200);
  });

  it("lets go of what was written long ago", () => {
    const rewind = new Rewind(1e9, 1000, 0);
    rewind.wrote(100, 100, 0);
    rewind.rest(19 * 60_000);
    assert.equal(rewind.bytes, 100);
    rewind.rest(21 * 60_000);
    assert.equal(rewind.bytes, 0);
    assert.equal(rewind.isWhole(21 * 60_000), true);
  });

  it("says when the journal could not keep what it should repeat", () => {
    const rewind = new Rewind(1e9, 1000, 0);
    rewind.wrote(100, 100, 0);
    rewind.cut();
    assert.equal(rewind.bytes, 0);
    assert.equal(rewind.isWhole(500), false);
    assert.equal(rewind.isWhole(1500), true);
  });

  it("tells what was true where it goes back to, not what came later", () => {
    const first = entriesOf([OPEN, INITIATION, PEER_UP], 0, 0);
    const rewind = new Rewind(100, 1e9, 0);
    rewind.note(first.bytes, first.view, 0, first.end, 0);
    rewind.wrote(70_000, first.end, 0);
    const later = entriesOf([SECOND_UP, route(1)], first.end, 3);
    rewind.note(later.bytes, later.view, 0, later.end, first.end);
    rewind.wrote(50, first.end + later.end, 1);
    assert.equal(rewind.position, first.end);
    assert.deepEqual(messagesOf(rewind.restart(first.end)), [OPEN, INITIATION, PEER_UP]);
  });

  it("tells what a later connection starts with, when it has moved on", () => {
    const rewind = rewindWith([INITIATION, PEER_UP, SECOND_UP]);
    rewind.wrote(70_000, 5000, 0);
    assert.equal(rewind.position, 5000);
    assert.equal(rewind.restart(5000).length, 4);
    assert.equal(rewind.position, 5000);
    rewind.wrote(10, 6000, 1);
    assert.equal(rewind.position, 5000, "a second loss goes back to the same place");
  });
});

describe("UpstreamFilter", () => {
  const report = fromHex(
    "03000000340100000000000000000000" + "00000000000000000000000000" +
      "c0000202" + "0000fde8c0000202" + "0000000000000000" + "00000000",
  );
  const SECOND_US = 1_000_000;

  it("lets at most one report of a peer pass in the time", () => {
    const filter = new UpstreamFilter({ ...OPTIONS.filter, statisticsTimeout: 30 });
    const reports = new Map<string, number>();
    const other = report.slice();
    other[31]! ^= 1;
    const passes = (frame: Uint8Array, s: number) =>
      filter.accepts(entryOf(frame, s * SECOND_US), reports);
    assert.deepEqual(
      [0, 10, 29, 30, 40, 61].map((s) => passes(report, s)),
      [true, false, false, true, false, true],
    );
    assert.equal(passes(other, 61), true, "peers are told apart");
    assert.equal(filter.accepts(entryOf(report, 62 * SECOND_US), new Map()), true);
  });

  it("lets pass what it cannot read, unknown types and Initiation", () => {
    const filter = new UpstreamFilter({
      routers: [],
      peers: ["203.0.113.0/24"],
      families: ["l2vpn-evpn"],
      policy: "local-rib",
      statisticsTimeout: 0,
      routeMirroring: false,
    });
    for (
      const frame of [INITIATION, message(99, 6), message(0, 20), message(3, 10), message(5, 6)]
    ) {
      assert.equal(filter.accepts(entryOf(frame), new Map()), true);
    }
    assert.equal(filter.accepts(entryOf(PEER_UP), new Map()), false, "of another peer");
    assert.equal(filter.isOpen, false);
  });

  it("chooses routers by their address", () => {
    const filter = new UpstreamFilter({ ...OPTIONS.filter, routers: ["192.0.2.0/24"] });
    assert.equal(filter.acceptsRouter("192.0.2.9"), true);
    assert.equal(filter.acceptsRouter("198.51.100.1"), false);
    assert.equal(filter.isOpen, true, "messages of those that pass are untouched");
  });

  it("lets a route of any listed family pass, and its Peer Up", () => {
    const evpn = new UpstreamFilter({ ...OPTIONS.filter, families: ["l2vpn-evpn"] });
    const ipv4 = new UpstreamFilter({ ...OPTIONS.filter, families: ["ipv4-unicast"] });
    assert.equal(evpn.accepts(entryOf(route(1)), new Map()), false);
    assert.equal(ipv4.accepts(entryOf(route(1)), new Map()), true);
    assert.equal(evpn.accepts(entryOf(PEER_UP), new Map()), true);
  });
});

describe("withSysName()", () => {
  const NAMED = fromHex(initiation("other"));

  it("puts another name in place of the router's", () => {
    assert.deepEqual(withSysName(INITIATION, "other", ""), NAMED);
    assert.deepEqual(withSysName(INITIATION, "{sys_name}.x", ""), fromHex(initiation("r1.x")));
    assert.deepEqual(
      withSysName(INITIATION, "{source}/{sys_name}", "192.0.2.1"),
      fromHex(initiation("192.0.2.1/r1")),
    );
  });

  it("adds one where there is none, and leaves alone what it cannot read", () => {
    const bare = message(4, 6);
    assert.deepEqual(withSysName(bare, "a", ""), fromHex("030000000b04" + "0002000161"));
    const broken = message(4, 9);
    assert.equal(withSysName(broken, "a", ""), broken);
  });

  it("keeps to the length that a sysName may have, in whole characters", () => {
    const long = withSysName(message(4, 6), "é".repeat(200), "");
    assert.equal(long.length, 6 + 4 + 254);
  });
});

describe("Places", () => {
  it("are read as they were written; what others have learned is none of them", () => {
    const places = { sessions: new Map([[7, 2 ** 40]]), done: new Set([1, 5]) };
    assert.deepEqual(readPlaces(writePlaces(places)), places);
    assert.equal(readPlaces(new TextEncoder().encode("{}")), undefined);
  });
});

describe("Queue", () => {
  it("takes whole messages as far as there is room, and gives them back in order", () => {
    const queue = new Queue(new Chunks());
    const frames = Array.from({ length: 20_000 }, (_, i) => route(i));
    const { bytes, view, end } = entriesOf(frames, 1000);
    const taken = queue.putRun(bytes, view, 0, end, 1000, 1);
    assert.ok(taken < end && taken > 400_000, `${taken}`);
    assert.equal(queue.first, 1000);
    let written = 0;
    let position = 1000;
    for (let chunk = queue.next(); chunk !== undefined; chunk = queue.next()) {
      assert.equal(chunk.first, position);
      position = chunk.end;
      const expected = Buffer.concat(frames.slice(written, written + chunk.messages));
      assert.equal(Buffer.compare(chunk.bytes.subarray(0, chunk.used), expected), 0);
      written += chunk.messages;
      queue.done(chunk);
    }
    assert.equal(position, 1000 + taken);
    assert.equal(queue.putRun(bytes, view, taken, end, 1000 + taken, 1) > taken, true);
  });

  it("takes runs without headers as it takes entries with them", () => {
    const { bytes: source, ends } = streamOf(Array.from({ length: 20_000 }, (_, i) => route(i)));
    const batch = new EntryBatch();
    ends.forEach((end, i) => batch.add(source, ends[i - 1] ?? 0, end));
    const entries = entriesOf(ends.map((end, i) => source.subarray(ends[i - 1] ?? 0, end)), 1000);
    for (const [first, last] of [[0, 20_000], [3, 1500], [7, 8]] as const) {
      const [withHeaders, plain] = [new Queue(new Chunks()), new Queue(new Chunks())];
      const offsetOf = (i: number) => (ends[i - 1] ?? 0) + i * ENTRY_HEADER_BYTES;
      const [start, end] = [offsetOf(first), offsetOf(last)];
      const { bytes, view } = entries;
      const cursor = 1000 + start;
      const taken = withHeaders.putRun(bytes, view, start, end, cursor, 1);
      const next = plain.putPlain({ batch, first, last, cursor, entries: undefined });
      assert.equal(offsetOf(next), taken);
      for (let chunk = withHeaders.next(); chunk !== undefined; chunk = withHeaders.next()) {
        const same = plain.next()!;
        assert.deepEqual(
          [same.first, same.end, same.messages, same.used],
          [chunk.first, chunk.end, chunk.messages, chunk.used],
        );
        const isSame = Buffer.compare(
          same.bytes.subarray(0, same.used),
          chunk.bytes.subarray(0, chunk.used),
        );
        assert.equal(isSame, 0);
      }
      assert.equal(plain.next(), undefined);
    }
  });

  it("takes a message of any length", () => {
    const queue = new Queue(new Chunks());
    const { bytes, view, end } = entriesOf([message(0, 1_000_000)]);
    assert.equal(queue.putRun(bytes, view, 0, end, 0, 1), end);
    assert.equal(queue.next()!.used, 1_000_000);
  });

  it("leaves two small chunks for a session when others have taken all", () => {
    const chunks = new Chunks();
    for (let i = 0; i < 256; i++) chunks.take(1);
    const queue = new Queue(chunks);
    const { bytes, view, end } = entriesOf(Array.from({ length: 1000 }, (_, i) => route(i)));
    const taken = queue.putRun(bytes, view, 0, end, 0, 1);
    assert.ok(taken > 0 && taken < 16 * 1024);
    assert.notEqual(queue.next(), undefined);
    assert.ok(queue.putRun(bytes, view, taken, end, taken, 1) > taken);
  });
});

describe("Replays", () => {
  it("lets so many run at one time, the others in order", async () => {
    const replays = new Replays(2, 0);
    const order: number[] = [];
    const ends = await Promise.all([replays.begin(), replays.begin()]);
    for (const i of [1, 2]) {
      replays.begin().then((end) => {
        order.push(i);
        ends.push(end);
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(order, []);
    ends[0]!();
    ends[0]!();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(order, [1], "an end counts once");
    ends[1]!();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(order, [1, 2]);
  });
});
