import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { Output, type Topic } from "../../../src/formats/output.ts";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import { loadRuntime } from "../../../src/runtime/mod.ts";
import type { AppendFile } from "../../../src/runtime/types.ts";
import type { RotationOptions } from "../../../src/sinks/file/rotation.ts";
import { FileSink, type FileSinkOptions } from "../../../src/sinks/file/sink.ts";

const { openAppend } = await loadRuntime();
const TOPIC: Topic = { name: "test", messageType: 5 };
const NEVER = new AbortController().signal;
const START = Date.UTC(2026, 10, 22, 10, 59, 59, 900);
const ROTATION: RotationOptions = {
  bytesMax: 0,
  intervalMs: 0,
  compression: "none",
  filesMax: 0,
  ageMaxMs: 0,
};

let folder = "";
let metrics = new Metrics();
let lines: string[] = [];
let nowMs = START;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "edgebmp-rotation-"));
  metrics = new Metrics();
  lines = [];
  nowMs = START;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function makeSink(rotation: Partial<RotationOptions>, options: Partial<FileSinkOptions> = {}) {
  return new FileSink({
    path: join(folder, "messages.json"),
    rotation: { ...ROTATION, ...rotation },
    metrics,
    log: new Log("info", "text", (line) => void lines.push(line)),
    nowMs: () => nowMs,
    openFile: openAppend,
    ...options,
  });
}

/** Records `first`, `first + 1`, ... of some 100 bytes. */
function makeBatch(first: number, count: number): Output {
  const out = new Output(64 * 1024, true);
  for (let i = 0; i < count; i++) {
    out.begin(TOPIC, "");
    out.ascii(JSON.stringify({ n: first + i, pad: "x".repeat(60) }));
    out.end();
  }
  return out;
}

/** The files of the folder by name, and the numbers of the records in them; fails when one does not consist of whole lines. */
function contents(): Record<string, number[]> {
  return Object.fromEntries(
    readdirSync(folder).sort().map((name) => {
      const bytes = readFileSync(join(folder, name));
      const text = name.endsWith(".gz")
        ? gunzipSync(bytes).toString()
        : name.endsWith(".zst")
        ? zstdDecompressSync(bytes).toString()
        : bytes.toString();
      assert.ok(text === "" || text.endsWith("\n"), name);
      return [name, text.split("\n").slice(0, -1).map((line) => JSON.parse(line).msg_data.n)];
    }),
  );
}

describe("rotation of message files", () => {
  it("ends a file before it passes its size, between batches", async () => {
    const sink = makeSink({ bytesMax: 1000 });
    await sink.open();
    for (let i = 0; i < 5; i++) await sink.deliver(makeBatch(i * 4, 4));
    await sink.close(NEVER);
    assert.deepEqual(contents(), {
      "messages-20261122T105959Z-000001.json": [0, 1, 2, 3, 4, 5, 6, 7],
      "messages-20261122T105959Z-000002.json": [8, 9, 10, 11, 12, 13, 14, 15],
      "messages.json": [16, 17, 18, 19],
    });
    assert.equal(metrics.total("edgebmp_file_rotations_total"), 2);
  });

  it("a batch that is larger than the size has a file of its own", async () => {
    const sink = makeSink({ bytesMax: 300 });
    await sink.open();
    await sink.deliver(makeBatch(0, 8));
    await sink.deliver(makeBatch(8, 1));
    await sink.close(NEVER);
    assert.deepEqual(Object.values(contents()), [[0, 1, 2, 3, 4, 5, 6, 7], [8]]);
  });

  it("ends a file at whole multiples of its time, also when nothing comes, and leaves an empty one alone", async () => {
    const sink = makeSink({ intervalMs: 3_600_000 });
    await sink.open();
    await sink.deliver(makeBatch(0, 2));
    nowMs = START + 50;
    await sink.deliver(makeBatch(2, 1));
    nowMs = START + 100;
    // The timer was set to the full hour, 100 ms after the start.
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.deepEqual(contents(), {
      "messages-20261122T110000Z-000001.json": [0, 1, 2],
      "messages.json": [],
    });
    nowMs = START + 2 * 3_600_000;
    await sink.close(NEVER);
    assert.equal(metrics.total("edgebmp_file_rotations_total"), 1);
  });

  for (const compression of ["gzip", "zstd"] as const) {
    it(`compresses what it has renamed (${compression}), and what an earlier run has left`, async () => {
      const left = "messages-20261122T000000Z-000007.json";
      writeFileSync(join(folder, left), '{"msg_data":{"n":99}}\n');
      writeFileSync(join(folder, `${left}.zst.part`), "cut");
      writeFileSync(join(folder, `${left}.gz.part`), "cut");
      const sink = makeSink({ bytesMax: 500, compression });
      await sink.open();
      await sink.deliver(makeBatch(0, 5));
      await sink.deliver(makeBatch(5, 5));
      await sink.close(NEVER);
      const suffix = compression === "gzip" ? ".gz" : ".zst";
      rmSync(join(folder, `${left}${suffix === ".gz" ? ".zst" : ".gz"}.part`));
      assert.deepEqual(contents(), {
        [`${left}${suffix}`]: [99],
        [`messages-20261122T105959Z-000008.json${suffix}`]: [0, 1, 2, 3, 4],
        "messages.json": [5, 6, 7, 8, 9],
      });
    });
  }

  it("keeps so many files, and for so long, and none but its own", async () => {
    const others = ["messages-old.json", "other-20261122T000000Z-000001.json", "messages.json.1"];
    for (const name of others) writeFileSync(join(folder, name), "");
    const sink = makeSink({ bytesMax: 200, filesMax: 2, ageMaxMs: 1000 });
    await sink.open();
    nowMs = Date.now();
    for (let i = 0; i < 4; i++) await sink.deliver(makeBatch(i, 2));
    await sink.close(NEVER);
    const kept = readdirSync(folder).filter((name) => !others.includes(name)).sort();
    assert.equal(kept.length, 3, kept.join(" "));
    assert.match(kept[0]!, /-000002\.json$/);
    for (const name of kept) utimesSync(join(folder, name), 0, 0);
    const again = makeSink({ bytesMax: 200, ageMaxMs: 1000 });
    await again.open();
    await again.close(NEVER);
    assert.deepEqual(readdirSync(folder).sort(), [...others, "messages.json"].sort());
  });

  it("goes on in the same file when it cannot be renamed, and says so", async () => {
    const sink = makeSink({ bytesMax: 200 });
    await sink.open();
    await sink.deliver(makeBatch(0, 2));
    // Gone: there is nothing to rename any more, while the open file takes what comes.
    rmSync(join(folder, "messages.json"));
    await sink.deliver(makeBatch(2, 2));
    await sink.close(NEVER);
    assert.match(lines.join(""), /cannot rotate file, it stays in use/);
    assert.equal(metrics.total("edgebmp_file_rotation_failures_total"), 1);
  });
});

describe("fsync of message files", () => {
  /** A sink whose file notes what it is asked to do. */
  function notingSink(fsync: "never" | "interval" | "always", failures = 0) {
    const calls: string[] = [];
    const openFile = async (path: string): Promise<AppendFile> => {
      const file = await openAppend(path);
      return {
        ...file,
        write: (...args) => (calls.push("write"), file.write(...args)),
        sync: () => {
          calls.push("sync");
          return failures-- > 0 ? Promise.reject(new Error("EIO")) : file.sync();
        },
      };
    };
    return { sink: makeSink({}, { fsync, openFile }), calls };
  }

  it("always: before a batch counts as delivered; one that fails is tried again, and the batch not written twice", async () => {
    const { sink, calls } = notingSink("always", 1);
    await sink.open();
    await sink.deliver(makeBatch(0, 2));
    assert.deepEqual(calls, ["write", "sync", "sync"]);
    await sink.close(NEVER);
    assert.deepEqual(contents(), { "messages.json": [0, 1] });
  });

  it("interval: within a second, once for all", async () => {
    const { sink, calls } = notingSink("interval");
    await sink.open();
    await sink.deliver(makeBatch(0, 1));
    await sink.deliver(makeBatch(1, 1));
    assert.deepEqual(calls, ["write", "write"]);
    await new Promise((resolve) => setTimeout(resolve, 1300));
    assert.deepEqual(calls, ["write", "write", "sync"]);
    await sink.close(NEVER);
  });

  it("never", async () => {
    const { sink, calls } = notingSink("never");
    await sink.open();
    await sink.deliver(makeBatch(0, 1));
    await sink.close(NEVER);
    assert.deepEqual(calls, ["write"]);
  });
});
