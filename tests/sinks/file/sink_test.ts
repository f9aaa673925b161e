import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Output, type Topic } from "../../../src/formats/output.ts";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import { loadRuntime } from "../../../src/runtime/mod.ts";
import type { AppendFile, Runtime } from "../../../src/runtime/types.ts";
import { FileSink, type FileSinkOptions } from "../../../src/sinks/file/sink.ts";
import { until } from "../../until.ts";

const { openAppend } = await loadRuntime();
const TOPIC: Topic = { name: "test", messageType: 5 };
const NEVER = new AbortController().signal;

/** Records `first`, `first + 1`, ... of `recordBytes` bytes. */
function makeBatch(first: number, count: number, recordBytes = 50, lines = true): Output {
  const out = new Output(1024 * 1024, lines);
  for (let i = 0; i < count; i++) {
    out.begin(TOPIC, "");
    out.ascii(
      JSON.stringify({ n: first + i, pad: "" }).replace(
        /""/,
        (text) => `"${"x".repeat(recordBytes)}${text[1]}`,
      ),
    );
    out.end();
  }
  return out;
}

/** The numbers of the records in a file; fails when a line is not whole. */
function numbersIn(path: string): number[] {
  const text = readFileSync(path, "utf8");
  assert.equal(text === "" || text.endsWith("\n"), true, "the file ends with a whole line");
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line).msg_data.n);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

let folder = "";
let logged: string[] = [];
let metrics = new Metrics();

function makeSink(path: string, options: Partial<FileSinkOptions> = {}): FileSink {
  logged = [];
  metrics = new Metrics();
  const log = new Log("debug", "text", (line) => void logged.push(line.slice(25).trimEnd()));
  return new FileSink({ path, metrics, log, openFile: openAppend, ...options });
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), "edgebmp-file-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe("FileSink", () => {
  it("appends one line per record, over restarts, and empties the file only if asked to", async () => {
    const path = join(folder, "append.json");
    for (let start = 0; start < 3; start++) {
      const sink = makeSink(path, { truncate: start === 2 });
      await sink.open();
      await sink.deliver(makeBatch(start * 10, 5));
      await sink.deliver(makeBatch(start * 10 + 5, 5));
      if (start === 2) await sink.reopen();
      await sink.close(NEVER);
      await sink.close(NEVER);
      assert.deepEqual(numbersIn(path), start === 2 ? range(20, 30) : range(0, (start + 1) * 10));
    }
  });

  it("cuts an unfinished last line off when it opens the file, whatever its length", async () => {
    const path = join(folder, "torn.json");
    for (const tornBytes of [1, 100, 64 * 1024, 64 * 1024 + 1, 200_000]) {
      const sink = makeSink(path);
      writeFileSync(path, '{"msg_data":{"n":0}}\n' + "x".repeat(tornBytes));
      await sink.open();
      await sink.deliver(makeBatch(1, 2));
      await sink.close(NEVER);
      assert.deepEqual(numbersIn(path), [0, 1, 2]);
      assert.deepEqual(logged, [
        `WARN  file did not end with a whole line, its last bytes were cut off sink=file path=${path} bytes=${tornBytes}`,
      ]);
    }
  });

  it("keeps what has no line end at all, and says so", async () => {
    const path = join(folder, "no_lines");
    writeFileSync(path, "not ours");
    const sink = makeSink(path);
    await sink.open();
    await sink.deliver(makeBatch(1, 1));
    await sink.close(NEVER);
    const [first, second] = readFileSync(path, "utf8").split("\n");
    assert.equal(first, "not ours");
    assert.equal(JSON.parse(second!).msg_data.n, 1);
    assert.equal(
      logged[0],
      `WARN  file has no line end, its contents are kept as its first line sink=file path=${path} bytes=8`,
    );
  });

  it("records that are not lines stand behind one another, and nothing is cut at the start", async () => {
    const path = join(folder, "raw.bin");
    writeFileSync(path, "head\nxx");
    const sink = makeSink(path, { lines: false });
    await sink.open();
    await sink.deliver(makeBatch(1, 2, 3, false));
    await sink.close(NEVER);
    assert.equal(readFileSync(path, "utf8"), 'head\nxx{"n":1,"pad":"xxx"}{"n":2,"pad":"xxx"}');
  });

  it("says why a file cannot be opened", async () => {
    const missing = join(folder, "missing", "a.json");
    await assert.rejects(
      makeSink(missing).open(),
      new RegExp(
        `^Error: Cannot open "${missing}" for appending: the folder "${
          join(folder, "missing")
        }" does not exist$`,
      ),
    );
    await assert.rejects(
      makeSink(folder).open(),
      /^Error: Cannot open ".*" for appending: (EISDIR|Is a directory)/,
    );
  });

  it("reopens after logrotate has renamed the file, between batches", async () => {
    const path = join(folder, "rotated.json");
    const sink = makeSink(path);
    await sink.open();
    const first = sink.deliver(makeBatch(0, 1000));
    await first;
    renameSync(path, `${path}.1`);
    const second = sink.deliver(makeBatch(1000, 1000));
    const reopened = sink.reopen();
    const third = sink.deliver(makeBatch(2000, 1000));
    await Promise.all([second, reopened, third]);
    await sink.close(NEVER);
    assert.deepEqual(numbersIn(`${path}.1`), range(0, 2000));
    assert.deepEqual(numbersIn(path), range(2000, 3000));
  });

  it("keeps the old file when it cannot be opened again", async () => {
    const inner = mkdtempSync(join(folder, "gone-"));
    const sink = makeSink(join(inner, "a.json"));
    await sink.open();
    await sink.deliver(makeBatch(0, 1));
    renameSync(inner, `${inner}.old`);
    await sink.reopen();
    await sink.deliver(makeBatch(1, 1));
    await sink.close(NEVER);
    assert.deepEqual(numbersIn(join(`${inner}.old`, "a.json")), [0, 1]);
    assert.match(logged[0]!, /^ERROR cannot reopen file, the old one stays in use/);
  });

  it("keeps the old file, and only that one open, when the new one cannot be repaired", async () => {
    const path = join(folder, "unrepaired.json");
    const disk = fakeDisk(Infinity, false);
    let opened = 0;
    const sink = makeSink(path, {
      openFile: async (path) => {
        const file = await disk.openFile(path);
        opened++;
        const close = () => file.close().then(() => void opened--);
        return { ...file, close };
      },
    });
    await sink.open();
    await sink.deliver(makeBatch(0, 1));
    renameSync(path, `${path}.1`);
    writeFileSync(path, "{}\n{");
    disk.truncateFails = 1;
    await sink.reopen();
    assert.match(logged[0]!, /^ERROR cannot reopen file, the old one stays in use .*EIO/);
    assert.equal(opened, 1);
    await sink.deliver(makeBatch(1, 1));
    await sink.close(NEVER);
    assert.deepEqual(numbersIn(`${path}.1`), [0, 1]);
    await sink.reopen();
    assert.equal(opened, 0, "a SIGHUP behind the end opens nothing");
  });

  it("writes to /dev/null, and to a FIFO until its reader ends", async () => {
    const sink = makeSink("/dev/null");
    await sink.open();
    await sink.deliver(makeBatch(0, 100));
    await sink.close(NEVER);

    const path = join(folder, "fifo");
    execFileSync("mkfifo", [path]);
    const fifo = makeSink(path);
    const opened = fifo.open();
    const reader = spawn("head", ["-n", "2", path], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    reader.stdout.on("data", (chunk) => text += chunk);
    const ended = new Promise((resolve) => reader.once("close", resolve));
    await opened;
    assert.match(logged[0]!, /INFO {2}file sink waits for a reader of the FIFO/);
    await fifo.deliver(makeBatch(0, 3));
    await ended;
    assert.equal(text.split("\n").length, 3);
    await assert.rejects(
      fifo.deliver(makeBatch(3, 1)),
      /^Error: Cannot write to ".*fifo": its reader is gone \(EPIPE\)$/,
    );
    await fifo.close(NEVER);
  });
});

/** A file system with little room. */
interface FullDisk {
  readonly folder: string;
  readonly openFile: Runtime["openAppend"];
  /** Makes room for everything that comes. */
  free(): void;
}

/** As a disk of `room` bytes; `short`: a write that does not fit is short first, as Bun's, else it throws at once, as Deno's. */
function fakeDisk(
  room: number,
  short: boolean,
  code = "ENOSPC",
): FullDisk & { truncateFails: number; resize(room: number): void } {
  const disk = {
    folder,
    truncateFails: 0,
    free: () => void (room = Infinity),
    resize: (bytes: number) => void (room = bytes),
    openFile: async (path: string): Promise<AppendFile> => {
      const file = await open(path, "a");
      return {
        stat: () => file.stat(),
        close: () => file.close(),
        sync: () => file.datasync(),
        async truncate(size) {
          if (disk.truncateFails-- > 0) {
            throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
          }
          const before = (await file.stat()).size;
          await file.truncate(size);
          room += before - size;
        },
        async write(bytes, offset, length) {
          const fits = Math.min(length, room);
          if (fits > 0) await file.write(bytes, offset, fits);
          room -= fits;
          if (fits === length || (short && fits > 0)) return { bytesWritten: fits };
          throw Object.assign(new Error(`${code}: no space left on device, write`), { code });
        },
      };
    },
  };
  return disk;
}

/** A real one, of 256 KiB, where this process may mount. */
function tmpfsDisk(): FullDisk | undefined {
  const mounted = mkdtempSync(join(folder, "tmpfs-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", mounted], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  return {
    folder: mounted,
    openFile: openAppend,
    free: () => void execFileSync("mount", ["-o", "remount,size=64m", mounted]),
  };
}

let diskFiles = 0;

/** A disk that is full in the middle of a record, until it is freed. */
async function fillAndFree(disk: FullDisk): Promise<void> {
  const path = join(disk.folder, `full_${diskFiles++}.json`);
  const sink = makeSink(path, disk.openFile === undefined ? {} : { openFile: disk.openFile });
  await sink.open();
  await sink.deliver(makeBatch(0, 100));
  let done = false;
  const delivering = sink.deliver(makeBatch(100, 5000)).then(() => done = true);
  assert.equal(sink.lastError, undefined);
  await until(() => metrics.total("edgebmp_file_write_failures_total") > 0);
  await sleep(20);
  assert.equal(done, false);
  assert.match(sink.lastError!, /ENOSPC|[Nn]o space left/);
  const kept = numbersIn(path);
  assert.deepEqual(kept, range(0, kept.length));
  assert.equal(kept.length > 100 && kept.length < 5100, true, "whole records stay");
  assert.match(
    logged[0]!,
    /^ERROR cannot write to file, trying again sink=file path=.* error=".*" retry_ms=100$/,
  );
  disk.free();
  await delivering;
  await sink.deliver(makeBatch(5100, 10));
  await sink.close(NEVER);
  assert.deepEqual(numbersIn(path), range(0, 5110));
  assert.match(logged.at(-1)!, /^WARN {2}file can be written again/);
}

describe("FileSink on a full disk", () => {
  for (const short of [true, false]) {
    it(`cuts the torn record off, keeps the others, and goes on (short writes: ${short})`, async () => {
      await fillAndFree(fakeDisk(256 * 1024 + 7, short));
    });
  }

  it("the same on a real file system, where this process may mount one", async (context) => {
    const disk = tmpfsDisk();
    if (disk === undefined) {
      context.diagnostic("no right to mount: the made-up disk stands for it");
      return;
    }
    try {
      await fillAndFree(disk);
    } finally {
      // Lazily: a failed test leaves its file open.
      execFileSync("umount", ["-l", disk.folder]);
    }
  });

  it("tries again to cut the torn record off when that failed too", async () => {
    const disk = fakeDisk(10_000, false, "EIO");
    disk.truncateFails = 1;
    const path = join(folder, "eio.json");
    const sink = makeSink(path, { openFile: disk.openFile! });
    await sink.open();
    const delivering = sink.deliver(makeBatch(0, 500));
    await until(() => logged.length > 0);
    disk.free();
    await delivering;
    await sink.close(NEVER);
    assert.deepEqual(numbersIn(path), range(0, 500));
  });

  it("gives up when the stop's deadline has passed, with whole lines in the file", async () => {
    const disk = fakeDisk(10_000, true);
    const path = join(folder, "stop.json");
    const sink = makeSink(path, { openFile: disk.openFile! });
    await sink.open();
    const delivering = sink.deliver(makeBatch(0, 500));
    const refused = assert.rejects(
      delivering,
      /^Error: Cannot write to ".*stop.json" before the stop: ENOSPC/,
    );
    await until(() => logged.length > 0);
    const controller = new AbortController();
    const closing = sink.close(controller.signal);
    await sleep(150);
    assert.equal(
      metrics.total("edgebmp_file_write_failures_total") >= 2,
      true,
      "it goes on until the deadline",
    );
    controller.abort();
    await Promise.all([refused, closing]);
    const kept = numbersIn(path);
    assert.deepEqual(kept, range(0, kept.length));
  });

  it("reopens on a full disk in the middle of a batch: whole records here, the others there", async () => {
    const disk = fakeDisk(10_000, false);
    const path = join(folder, "moved.json");
    let opened = 0;
    const openFile = (path: string) => {
      if (++opened === 2) disk.resize(5_000);
      return disk.openFile!(path);
    };
    const sink = makeSink(path, { openFile });
    await sink.open();
    const delivering = sink.deliver(makeBatch(0, 500));
    await until(() => logged.length === 1);
    renameSync(path, `${path}.1`);
    const reopened = sink.reopen();
    await until(() => logged.length === 3);
    assert.match(logged[1]!, /^INFO {2}file reopened/);
    disk.free();
    await Promise.all([reopened, delivering]);
    await sink.deliver(makeBatch(500, 1));
    await sink.close(NEVER);
    const kept = numbersIn(`${path}.1`);
    assert.equal(kept.length > 0 && kept.length < 500, true);
    assert.deepEqual([...kept, ...numbersIn(path)], range(0, 501));
  });

  it("copes with a file that somebody else empties (copytruncate)", async () => {
    const disk = fakeDisk(10_000, false);
    const path = join(folder, "copytruncate.json");
    const sink = makeSink(path, { openFile: disk.openFile! });
    await sink.open();
    await sink.deliver(makeBatch(0, 80));
    truncateSync(path);
    const delivering = sink.deliver(makeBatch(80, 500));
    await until(() => logged.length > 0);
    disk.free();
    await delivering;
    await sink.close(NEVER);
    assert.deepEqual([...new Set(numbersIn(path))], range(80, 580));
  });
});
