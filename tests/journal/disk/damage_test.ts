// What readers get when files of the journal are damaged, missing, of another version, or more than fit.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { checkSpool } from "../../../src/journal/disk/check.ts";
import { openSpool } from "../../../src/journal/disk/mod.ts";
import { Entry, EntryBatch, EntryKind, readEntry } from "../../../src/journal/types.ts";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import { loadRuntime } from "../../../src/runtime/mod.ts";
import { Bench, leave, MIB, told, turns } from "./bench.ts";

describe("journal on disk: damages", () => {
  it("a flipped bit costs the rest of its segment, and nobody is misled", async () => {
    const bench = await leave();
    const name = bench.segments()[2]!;
    const bytes = bench.disk.bytesOf(name);
    bytes[bytes.length - 10]! ^= 4;
    const checked = await checkSpool(bench.storage);
    assert.match(checked.damages[0]!, /^000000000003.segment: /);
    await bench.open();
    const lines = await told(bench.journal.openReader("a", "oldest"));
    const [start, first, gap, keyframe, at, rest] = lines;
    assert.equal(start, "at ");
    const last = Number(/^entries 0-(\d+)$/.exec(first!)![1]);
    const [, lostTo] = /^gap corrupt to 1,(\d+)$/.exec(gap!)!;
    assert.equal(Number(lostTo) > last, true);
    assert.deepEqual([keyframe, at], ["keyframe 0-0", `at 1,${lostTo}`]);
    assert.equal(rest, `entries ${Number(lostTo) + 1}-100`, "100 is the crash's close");
    assert.match(bench.log.join(""), /ERROR spool has a gap sink=a reason=corrupt/);
    await bench.close();
  });

  it("a flipped bit in the segment that is written is met by a new one", async () => {
    const bench = await new Bench().open({ segmentBytes: MIB, memoryBytesMax: 1000 });
    const reader = bench.journal.openReader("a", "oldest");
    await bench.append(30);
    const bytes = bench.disk.bytesOf("000000000001.segment");
    bytes[1500]! ^= 1;
    const lines = await told(reader);
    assert.match(
      lines.join(", "),
      /^at , entries 0-\d+, gap corrupt to 1,29, keyframe 0-0, at 1,29$/,
    );
    await bench.append(2);
    assert.deepEqual(await told(reader), ["entries 30-31"]);
    await bench.close();
  });

  it("a missing segment is a gap", async () => {
    const bench = await leave();
    bench.disk.files.delete(bench.segments()[1]!);
    await bench.open();
    const lines = await told(bench.journal.openReader("a", "oldest"));
    assert.match(
      lines.join(", "),
      /^at , entries 0-\d+, gap missing to 1,\d+, keyframe 0-0, at 1,\d+, entries \d+-100$/,
    );
    assert.match(bench.log.join(""), /ERROR spool segment is missing segment=000000000002/);
    await bench.close();
  });

  it("another version is refused, and nothing is touched", async () => {
    const bench = await leave();
    const name = bench.segments()[1]!;
    bench.disk.bytesOf(name)[11] = 2;
    const before = [...bench.disk.files.keys()];
    await assert.rejects(
      bench.open(),
      { message: `Cannot read segment "${name}": found version 2, expected 1` },
    );
    assert.deepEqual([...bench.disk.files.keys()], before);
  });

  it("a damaged file of cursors makes sinks start at the oldest entry", async () => {
    const bench = await leave();
    await bench.open();
    const reader = bench.journal.openReader("a", "oldest");
    await told(reader);
    bench.journal.commit("a", 300);
    await bench.close();
    bench.disk.bytesOf("cursors")[40]! ^= 1;
    await bench.open();
    assert.match(
      bench.log.at(-1)!,
      /ERROR all sinks start at the oldest entry error="Cannot read file \\"cursors\\": it is damaged"/,
    );
    const lines = await told(bench.journal.openReader("a", "newest"));
    assert.equal(lines[0], "at ", "a name that is not known starts as configured");
    await bench.close();
  });
});

describe("journal on disk: full", () => {
  it("waits for a reader that blocks, reports, and goes on", async () => {
    const bench = await new Bench().open({ bytesMax: 10_000, memoryBytesMax: 4000 });
    const reader = bench.journal.openReader("a", "oldest");
    bench.journal.complete();
    let isDone = false;
    const done = bench.append(200).then(() => isDone = true);
    for (let i = 0; i < 60; i++) await turns(10);
    assert.equal(isDone, false);
    assert.equal(bench.journal.usedBytes <= 10_000, true);
    assert.match(bench.log.join(""), /WARN {2}spool is full, reading from the routers stops/);
    let next = 0;
    while (next < 200) {
      const block = await reader.read(1000);
      if (block?.kind !== "entries") continue;
      const entry = new Entry();
      for (let offset = block.start; offset < block.end;) {
        offset = readEntry(block, offset, entry);
        assert.equal(entry.sequence, next++);
      }
      bench.journal.commit("a", block.cursor + block.end - block.start);
    }
    await done;
    assert.match(bench.log.join(""), /INFO {2}spool has room again/);
    await bench.close();
  });

  it("drops the oldest segments of a reader that may be overrun, which goes on with a gap", async () => {
    const bench = await new Bench().open({ bytesMax: 10_000, memoryBytesMax: 4000 });
    const slow = bench.journal.openReader("slow", "oldest", "drop-oldest");
    bench.journal.complete();
    await bench.append(200);
    assert.equal(bench.journal.usedBytes <= 10_000, true);
    const lines = await told(slow);
    assert.match(
      lines.join(", "),
      /^gap dropped to 1,\d+, keyframe 0-0, at 1,\d+, entries \d+-199$/,
    );
    assert.equal(bench.metrics.total("edgebmp_spool_dropped_bytes_total") > 0, true);
    await bench.close();
  });

  it("holds entries for a sink that is gone until they are in the way", async () => {
    const bench = await leave();
    await bench.open({ bytesMax: 40_000 });
    const b = bench.journal.openReader("b", "newest");
    bench.journal.complete();
    assert.match(bench.log.join(""), /WARN {2}spool holds entries for a sink .* sink=a bytes=\d+/);
    const before = bench.segments()[0];
    const appended = bench.append(20);
    await told(b);
    await appended;
    assert.equal(bench.segments()[0], before);
    await bench.append(300);
    assert.notEqual(bench.segments()[0], before, "it does not block");
    await bench.close();
  });
});

describe("journal on disk: keyframes of many peers", () => {
  it("are a small part of what is written", async () => {
    const bench = await new Bench().open({ segmentBytes: 20_000 });
    bench.journal.openReader("a", "oldest");
    const up = new Uint8Array(200);
    up[5] = 3;
    let written = 0;
    for (let session = 1; session <= 20; session++) {
      const open = new EntryBatch();
      open.session = bench.journal.nextSession();
      open.kind = EntryKind.open;
      open.add(up, 0, 10);
      bench.journal.append(open);
      for (let peer = 0; peer < 20; peer++) {
        const batch = new EntryBatch();
        batch.session = session;
        batch.firstSequence = 1 + peer;
        const own = up.slice();
        own[31] = peer;
        for (let i = 60; i < 200; i++) own[i] = (session * 31 + peer * 17 + i * i) & 0xff;
        batch.add(own, 0, own.length);
        bench.journal.append(batch);
      }
      await turns(10);
    }
    for (let i = 0; i < 3000; i++) {
      const batch = new EntryBatch();
      batch.session = 1;
      batch.firstSequence = 21 + i;
      batch.add(up.fill(0, 5, 6), 0, 200);
      await bench.journal.append(batch);
      written += 228;
      if (i % 50 === 0) await turns(3);
    }
    await turns(30);
    const { segments } = await checkSpool(bench.storage);
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    const entries = segments.at(-1)!.scan!.end;
    assert.equal(segments.length > 3, true);
    assert.equal(bytes < 1.2 * entries, true, `${bytes} bytes for ${entries}, ${written}`);
    assert.equal(segments.at(-1)!.scan!.live.sequences().size, 20);
    await bench.close();
  });
});

describe("journal on disk: the real one", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgebmp-spool-"));
  after(() => rmSync(folder, { recursive: true }));

  it("is there again, from the committed entry on, and for one process at a time", async () => {
    const runtime = await loadRuntime();
    const options = {
      freeBytesMin: MIB,
      nowUs: () => 1,
      metrics: new Metrics(),
      log: new Log("error", "text", () => {}),
    };
    const first = await openSpool(folder, runtime, options);
    await assert.rejects(openSpool(folder, runtime, options), /another process has it/);
    const reader = first.openReader("a", "oldest");
    const batch = new EntryBatch();
    batch.session = first.nextSession();
    batch.kind = EntryKind.open;
    batch.add(new Uint8Array(100), 0, 100);
    first.append(batch);
    batch.clear();
    batch.kind = EntryKind.frame;
    batch.firstSequence = 1;
    for (let i = 0; i < 20_000; i++) batch.add(new Uint8Array(100).fill(i, 6), 0, 100);
    await first.append(batch);
    let position = 0;
    while (position < 128 * 10_000) {
      const block = (await reader.read(100_000))!;
      if (block.kind === "entries") position = block.cursor + block.end - block.start;
    }
    first.commit("a", 128 * 7777);
    reader.close();
    first.close();
    await first.finish();

    const second = await openSpool(folder, runtime, { ...options, metrics: new Metrics() });
    const again = second.openReader("a", "oldest");
    // Its end ends the reading: a real disk may take its time.
    second.close();
    const lines = await told(again, 20_000);
    assert.deepEqual(lines, ["keyframe 0-0", "at 1,7776", "entries 7777-20001"]);
    again.close();
    await second.finish();
  });
});
