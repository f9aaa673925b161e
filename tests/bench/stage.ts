/**
 * One stage of the collector on one file, as a process of its own: `stage.ts STAGE FILE OUT`.
 *
 * - `frame`: the stream is cut into messages
 * - `format`: messages become records (decode and format are one pass), which are thrown away
 * - `format-warm`: the same, three times over; what counts is the cheapest pass, as of a collector that has run for a while: the
 *   engines' compilers take 0.3 to 0.8 s of a first pass, once
 * - `parsed-warm`: as `format-warm`, to OpenBMP's parsed messages
 * - `spool-read`: a journal on disk is read back, from its first entry; what counts is that, not the writing before
 * - `write-null`, `write-file`: records go to the file sink, on `/dev/null` or OUT
 */
import { open, writeFile } from "node:fs/promises";
import process from "node:process";
import { defaultOf } from "../../src/cli/flag.ts";
import { frameErrorText, FrameSplitter } from "../../src/bmp/frame.ts";
import { ENTRY_DONE, type Formatter } from "../../src/formats/formatter.ts";
import { createGobmpFormatter } from "../../src/formats/gobmp/mod.ts";
import { OPENBMP_PARSED } from "../../src/formats/openbmp_parsed/spec.ts";
import { Output } from "../../src/formats/output.ts";
import { openDiskJournal } from "../../src/journal/disk/mod.ts";
import { openDirectory } from "../../src/journal/disk/storage.ts";
import { Entry, EntryBatch, EntryKind, type SessionInfo } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { FileSink } from "../../src/sinks/file/sink.ts";
import type { Sink } from "../../src/sinks/sink.ts";
import { utf8 } from "../../src/wire/writer.ts";

const READ_BYTES = 256 * 1024;
/** As the pipeline's batches. */
const OUTPUT_BYTES = 256 * 1024;

const SESSION: SessionInfo = {
  session: "bench",
  source: "127.0.0.1",
  source_port: 1790,
  listener: "[::]:5000",
  parallel: false,
};

/** Cuts a file into messages; calls `take` with those of each read. */
async function readFrames(
  path: string,
  take: (batch: EntryBatch) => Promise<void> | void,
): Promise<void> {
  const splitter = new FrameSplitter();
  const batch = new EntryBatch();
  // Not a stream: its chunks are `Buffer`s, which would make the decoder's accesses polymorphic as the journal's bytes do not.
  const buffer = new Uint8Array(READ_BYTES);
  const file = await open(path, "r");
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, null);
    const error = bytesRead > 0
      ? splitter.push(bytesRead < READ_BYTES ? buffer.subarray(0, bytesRead) : buffer, batch)
      : splitter.end();
    if (error !== undefined) throw new Error(frameErrorText(error));
    if (bytesRead === 0) break;
    await take(batch);
    batch.clear();
  }
  await file.close();
}

function gobmpFormatter(): Formatter {
  return createGobmpFormatter({
    collector: "bench",
    routerIdentity: "peer-local",
    extraFields: true,
    splitAf: true,
  });
}

/** With what it has where nothing else is said. */
function parsedFormatter(): Formatter {
  const options = OPENBMP_PARSED.options({ get: defaultOf, given: () => false });
  return OPENBMP_PARSED.create(options, "bench");
}

async function formatFile(
  path: string,
  sink: Sink | undefined,
  formatter = gobmpFormatter(),
  lines = true,
): Promise<void> {
  const out = new Output(OUTPUT_BYTES, lines);
  const entry = new Entry();
  setEntryBytes(entry, utf8(JSON.stringify(SESSION)));
  formatter.entry(entry, out, 0);
  entry.kind = EntryKind.frame;
  await readFrames(path, async (batch) => {
    for (let i = 0; i < batch.count; i++) {
      if (entry.bytes !== batch.sources[i]!) setEntryBytes(entry, batch.sources[i]!);
      entry.start = batch.starts[i]!;
      entry.end = batch.ends[i]!;
      entry.sequence++;
      let part = 0;
      do {
        part = formatter.entry(entry, out, part);
        if (part !== ENTRY_DONE || out.full) {
          await sink?.deliver(out);
          out.clear();
        }
      } while (part !== ENTRY_DONE);
    }
  });
  formatter.flush(out);
  await sink?.deliver(out);
}

async function formatWarm(
  path: string,
  outPath: string,
  newFormatter: () => Formatter = gobmpFormatter,
  lines = true,
): Promise<void> {
  const seconds: number[] = [];
  for (let pass = 0; pass < 3; pass++) {
    const before = process.cpuUsage();
    await formatFile(path, undefined, newFormatter(), lines);
    const { user, system } = process.cpuUsage(before);
    seconds.push((user + system) / 1e6);
  }
  await writeFile(outPath, Math.min(...seconds).toFixed(3));
}

async function spoolRead(path: string, outPath: string): Promise<void> {
  const storage = await openDirectory(`${outPath}.spool`);
  const open = () =>
    openDiskJournal(storage, {
      freeBytesMin: 0,
      nowUs: () => Date.now() * 1000,
      metrics: new Metrics(),
      log: new Log("warn"),
    });
  const written = await open();
  written.openReader("bench", "oldest");
  const session = written.nextSession();
  const start = new EntryBatch();
  const info = utf8(JSON.stringify(SESSION));
  start.session = session;
  start.kind = EntryKind.open;
  start.add(info, 0, info.length);
  written.append(start);
  let sequence = 1;
  await readFrames(path, async (batch) => {
    batch.session = session;
    batch.firstSequence = sequence;
    sequence += batch.count;
    await written.append(batch);
  });
  written.close();
  await written.finish();

  const before = process.cpuUsage();
  const journal = await open();
  const reader = journal.openReader("bench", "oldest");
  journal.close();
  while (await reader.read(OUTPUT_BYTES) !== undefined);
  const { user, system } = process.cpuUsage(before);
  await writeFile(outPath, ((user + system) / 1e6).toFixed(3));
  await journal.finish();
}

function setEntryBytes(entry: Entry, bytes: Uint8Array): void {
  entry.bytes = bytes;
  entry.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  entry.start = 0;
  entry.end = bytes.length;
}

async function main([stage = "", path = "", outPath = ""]: readonly string[]): Promise<void> {
  if (stage === "frame") return await readFrames(path, () => {});
  if (stage === "format") return await formatFile(path, undefined);
  if (stage === "spool-read") return await spoolRead(path, outPath);
  if (stage === "format-warm") return await formatWarm(path, outPath);
  if (stage === "parsed-warm") {
    return await formatWarm(path, outPath, parsedFormatter, OPENBMP_PARSED.lines);
  }
  const sink = new FileSink({
    path: stage === "write-null" ? "/dev/null" : outPath,
    truncate: true,
    metrics: new Metrics(),
    log: new Log("warn"),
    openFile: (await loadRuntime()).openAppend,
  });
  await sink.open();
  await formatFile(path, sink);
  await sink.close(new AbortController().signal);
}

await main(process.argv.slice(2));
