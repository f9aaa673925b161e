// Whatever a crash tears or a disk flips: a start gets on, readers get what is intact and are told of the rest.
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { checkSpool } from "../../../src/journal/disk/check.ts";
import { Entry, EntryKind, readEntry } from "../../../src/journal/types.ts";
import { Bench, leave, turns } from "./bench.ts";
import { type ModelDisk, randomFrom } from "./model_storage.ts";

const SEED = Number(process.env.EDGEBMP_SEED ?? Math.floor(Math.random() * 1e9));
/** Between the bytes that are tried: each of them takes some milliseconds. */
const STEP_MAX = process.env.EDGEBMP_SOAK === undefined ? 30 : 1;
/** Entries of {@linkcode leave}'s session before the crash's close. */
const COUNT = 100;

interface Found {
  /** Sequences, in order, but for those of keyframes. */
  readonly sequences: number[];
  readonly gaps: string[];
}

/** All that the reader of {@linkcode leave} gets. */
async function readAll(bench: Bench): Promise<Found> {
  const reader = bench.journal.openReader("a", "oldest");
  // It ends where the journal does.
  bench.journal.close();
  const found: Found = { sequences: [], gaps: [] };
  const entry = new Entry();
  for (let block = await reader.read(1000); block !== undefined; block = await reader.read(1000)) {
    if (block.kind === "gap") found.gaps.push(block.reason);
    if (block.kind !== "entries") continue;
    for (let offset = block.start; offset < block.end;) {
      offset = readEntry(block, offset, entry);
      found.sequences.push(entry.sequence);
      if (entry.kind === EntryKind.close) continue;
      const octet = entry.bytes[entry.start]!;
      assert.equal(octet, entry.sequence, `payload of entry ${entry.sequence}`);
    }
  }
  reader.close();
  await bench.journal.finish();
  return found;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** A bench whose disk is a copy, with a change. */
function copyOf(bench: Bench, change: (disk: ModelDisk) => void): Bench {
  const copy = new Bench();
  for (const [name, { cached, length }] of bench.disk.files) {
    const bytes = cached.slice(0, length);
    copy.disk.files.set(name, { cached: bytes, length, durable: bytes.slice() });
  }
  change(copy.disk);
  return copy;
}

describe("journal on disk: repair", () => {
  it(`cuts off what is torn, wherever it is torn (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const left = await leave();
    const name = left.segments().at(-1)!;
    const { length } = left.disk.files.get(name)!;
    const { base } = (await checkSpool(left.storage)).segments.at(-1)!;
    assert.equal(base! > 0, true);
    let shortest = COUNT;
    for (let size = 0; size < length; size += 1 + Math.floor(random() * STEP_MAX / 5)) {
      const bench = copyOf(left, (disk) => void (disk.files.get(name)!.length = size));
      const checked = await checkSpool(bench.storage);
      assert.deepEqual(checked.damages, [], `${size} bytes`);
      assert.match(checked.notes.join(), /was only begun|an incomplete block|^$/);
      await bench.open();
      const { sequences, gaps } = await readAll(bench);
      // The last one is the close that the start has made.
      const kept = sequences.length - 1;
      assert.deepEqual([sequences, gaps], [upTo(kept + 1), []], `${size} bytes`);
      assert.equal(kept <= COUNT, true);
      shortest = Math.min(shortest, kept);
      const isWhole = checked.notes.length === 0;
      const said = /WARN {2}spool (ended in the middle of a write|segment was only begun)/;
      assert.equal(said.test(bench.log.join("")), !isWhole, `${size} bytes: it says what it did`);
      assert.deepEqual((await checkSpool(bench.storage)).damages, []);
    }
    assert.equal(shortest < COUNT, true, "entries were torn off");
  });

  it(`gives nothing wrong, and says what is lost, whichever bit flips (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const left = await leave();
    let refused = 0;
    let gaps = 0;
    for (const name of left.disk.files.keys()) {
      const { length } = left.disk.files.get(name)!;
      for (
        let at = Math.floor(random() * STEP_MAX);
        at < length;
        at += 1 + Math.floor(random() * STEP_MAX)
      ) {
        const bit = 1 << Math.floor(random() * 8);
        const where = `${name}, byte ${at}, bit ${bit}`;
        const bench = copyOf(left, (disk) => void (disk.bytesOf(name)[at]! ^= bit));
        const checked = await checkSpool(bench.storage).catch((error: Error) => error.message);
        try {
          await bench.open();
        } catch (error) {
          // No other start would know what it is.
          assert.match(String(error), /found version \d+, expected 1/, where);
          assert.match(String(checked), /found version \d+, expected 1/, where);
          refused++;
          continue;
        }
        assert.equal(typeof checked, "object", where);
        const { damages, notes } = checked as Exclude<typeof checked, string>;
        assert.equal(damages.length + notes.length > 0, true, `${where}: verify finds it`);
        const found = await readAll(bench);
        const sorted = [...new Set(found.sequences)].sort((a, b) => a - b);
        assert.deepEqual(found.sequences, sorted, `${where}: in order, none twice`);
        assert.match(bench.log.join(""), /^\S+ (WARN|ERROR) /m, `${where}: it is said`);
        const isWhole = found.sequences.length === COUNT + 1;
        const isPrefix = found.sequences.at(-1) === found.sequences.length - 1;
        assert.equal(found.gaps.length > 0 || isPrefix, true, `${where}: a hole is announced`);
        if (!isWhole && isPrefix) assert.equal(name, left.segments().at(-1), where);
        // A segment of these has some 15 entries.
        assert.equal(found.sequences.length > COUNT - 25, true, where);
        gaps += found.gaps.length;
      }
    }
    assert.equal(gaps > 100, true, `${refused} refused, ${gaps} gaps`);
  });

  it("sets a segment without a header aside, and readers are told of the gap", async () => {
    const bench = await leave();
    const name = bench.segments()[2]!;
    bench.disk.bytesOf(name)[20]! ^= 1;
    await bench.open();
    assert.match(
      bench.log.join(""),
      /ERROR spool segment is damaged, set aside segment=000000000003.segment now=000000000003.segment.damaged/,
    );
    assert.deepEqual((await readAll(bench)).gaps, ["missing"]);
    assert.match((await checkSpool(bench.storage)).damages.join(), /damaged was set aside/);
  });

  it("leaves what was learned out when its file is damaged", async () => {
    const bench = await new Bench().open();
    const reader = bench.journal.openReader("first", "oldest");
    await bench.append(COUNT);
    let border = 0;
    while (border === 0) {
      const block = await reader.read(1000);
      if (block?.kind === "border") {
        reader.keepCheckpoint(border = block.cursor, Uint8Array.of(7, 8));
      }
    }
    reader.close();
    await bench.close();
    const name = "000000000002.learned";
    for (const isDamaged of [false, true]) {
      const copy = copyOf(bench, (disk) => void (isDamaged && (disk.bytesOf(name)[5]! ^= 1)));
      // What the first segment had is gone: a reader starts at the second.
      copy.disk.files.delete(copy.segments()[0]!);
      await copy.open();
      const second = copy.journal.openReader("second", "oldest");
      let block = await second.read(1000);
      while (block?.kind !== "keyframe-end") block = await second.read(1000);
      assert.equal(block.cursor, border);
      assert.deepEqual(block.checkpoint, isDamaged ? undefined : Uint8Array.of(7, 8));
      const said = /WARN {2}file of the spool is damaged, .* file=000000000002.learned/;
      assert.equal(said.test(copy.log.join("")), isDamaged);
      assert.equal((await checkSpool(copy.storage)).notes.length, isDamaged ? 1 : 0);
      second.close();
      await copy.close();
    }
  });

  it("reckons with a cursor whose write failed at its end, and is on disk nevertheless", async () => {
    let isFailed = false;
    const bench = await new Bench().open({ intervalMs: 50 }, (storage) => {
      storage.fault = (operation) => {
        const isIt = !isFailed && operation === "sync-names" && storage.disk.files.has("cursors");
        isFailed ||= isIt;
        return isIt ? new Error("injected") : undefined;
      };
    });
    const reader = bench.journal.openReader("a", "oldest");
    while (!isFailed) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.append(COUNT);
    const [first] = bench.segments();
    while (bench.disk.files.has(first!)) {
      const block = reader.read(1000);
      const read = block instanceof Promise ? await block : block;
      if (read?.kind === "entries") bench.journal.commit("a", read.cursor + read.end - read.start);
      await turns(3);
    }
    bench.storage.kill();
    const copy = await copyOf(bench, () => {}).open();
    assert.deepEqual((await readAll(copy)).gaps, []);
    reader.close();
    await bench.close();
  });

  it("verify tells of entries that a sink will not get", async () => {
    const bench = await leave();
    bench.disk.files.delete(bench.segments()[0]!);
    const { damages } = await checkSpool(bench.storage);
    assert.match(damages.join(), /^\d+ bytes for "a" are gone$/);
  });
});
