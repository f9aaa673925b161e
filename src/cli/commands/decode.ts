/** `edgebmp decode`: what the collector would print for one recorded session. */
import { open } from "node:fs/promises";
import process from "node:process";
import type { Readable } from "node:stream";
import { type FrameError, frameErrorText, FrameSplitter } from "../../bmp/frame.ts";
import { ENTRY_DONE, type Formatter } from "../../formats/formatter.ts";
import { createGobmpFormatter } from "../../formats/gobmp/mod.ts";
import { Output } from "../../formats/output.ts";
import {
  Entry,
  EntryBatch,
  EntryKind,
  type SessionEnd,
  type SessionInfo,
} from "../../journal/types.ts";
import { extraFieldsFlag, routerIdentityFlag, splitAfFlag } from "../../pipeline/flags.ts";
import type { Runtime } from "../../runtime/types.ts";
import { adminIdFlag, maxMessageBytesFlag, parseAddress } from "../../sessions/flags.ts";
import { utf8 } from "../../wire/writer.ts";
import type { Command, CommandContext } from "../command.ts";
import { collectorName, recordConfig } from "../config.ts";
import { fileError } from "../file_error.ts";
import { type Flag, FlagError, UsageError } from "../flag.ts";

const BATCH_BYTES = 256 * 1024;

const sourceIpFlag: Flag<string> = {
  name: "source-ip",
  placeholder: "ADDRESS",
  default: "127.0.0.1",
  help: "Address that the session is said to come from",
  parse: parseAddress,
};

const receivedAtFlag: Flag<number | undefined> = {
  name: "received-at",
  placeholder: "TIME",
  default: "",
  initial: undefined,
  help:
    "Time of receipt of all messages, e.g. 2026-01-31T12:00:00Z, for output that can be compared; absent: now",
  parse: parseTimeUs,
};

/** Time in RFC 3339's form as microseconds since 1970. */
function parseTimeUs(text: string): number {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const timeMs = isTime ? Date.parse(text) : NaN;
  if (!(timeMs >= 0)) {
    throw new FlagError(`found "${text}", expected a time such as 2026-01-31T12:00:00Z`);
  }
  return timeMs * 1000;
}

export const decodeCommand: Command = {
  name: "decode",
  summary: "Print what the collector would print for a recorded session",
  usage: "FILE|-",
  flags: [
    sourceIpFlag,
    receivedAtFlag,
    splitAfFlag,
    routerIdentityFlag,
    extraFieldsFlag,
    adminIdFlag,
    maxMessageBytesFlag,
  ],
  async run(context) {
    const [path, ...more] = context.words;
    if (path === undefined || more.length > 0) {
      throw new UsageError(
        `Cannot decode: found ${context.words.length} words, expected one FILE or - for standard input`,
      );
    }
    const error = await decode(path, context);
    if (error === undefined) return 0;
    context.log.error("broken stream", { file: path, error: frameErrorText(error) });
    return 1;
  },
};

/** Writes the session's records to standard output; returns what broke the stream, if anything did. */
async function decode(path: string, context: CommandContext): Promise<FrameError | undefined> {
  const { flags, runtime, signal } = context;
  const formatter = createGobmpFormatter({
    ...recordConfig(flags),
    collector: collectorName(flags.get(adminIdFlag)),
  });
  const input = await openInput(path);
  const printer = new Printer(formatter, runtime, flags.get(receivedAtFlag));
  await printer.info({
    session: "decode",
    source: flags.get(sourceIpFlag),
    source_port: 0,
    listener: "decode",
    parallel: false,
  });
  const splitter = new FrameSplitter(flags.get(maxMessageBytesFlag));
  let error: FrameError | undefined;
  for await (const chunk of readInput(path, input, signal)) {
    error = splitter.push(chunk, printer.batch);
    await printer.frames();
    if (error !== undefined) break;
  }
  const reason = error === undefined ? "closed" : "frame";
  error ??= splitter.end();
  await printer.end({ reason, detail: error === undefined ? "" : frameErrorText(error) });
  return error;
}

/** The file, or standard input for `-`. */
async function openInput(path: string): Promise<Readable> {
  if (path === "-") return process.stdin;
  try {
    return (await open(path)).createReadStream();
  } catch (error) {
    throw fileError("read", path, error);
  }
}

/** The bytes of a file until they end or the signal aborts. */
async function* readInput(
  path: string,
  stream: Readable,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stop = () => stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    yield* stream;
  } catch (error) {
    if (!signal.aborted) throw fileError("read", path, error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Formats the entries of one session, as a pipeline does for those of a journal, and writes the lines to standard output. */
class Printer {
  /** Frames for {@linkcode Printer.frames}. */
  readonly batch: EntryBatch = new EntryBatch();
  readonly #formatter: Formatter;
  readonly #runtime: Runtime;
  /** Undefined: the clock's. */
  readonly #receivedAtUs: number | undefined;
  readonly #out = new Output(BATCH_BYTES, true);
  readonly #entry = new Entry();

  constructor(formatter: Formatter, runtime: Runtime, receivedAtUs: number | undefined) {
    this.#formatter = formatter;
    this.#runtime = runtime;
    this.#receivedAtUs = receivedAtUs;
    // Sequence of the open entry.
    this.#entry.sequence = -1;
  }

  async info(info: SessionInfo): Promise<void> {
    await this.#json(EntryKind.open, info);
  }

  async frames(): Promise<void> {
    const { sources, starts, ends, count } = this.batch;
    for (let i = 0; i < count; i++) {
      const done = this.#format(EntryKind.frame, sources[i]!, starts[i]!, ends[i]!);
      if (done !== undefined) await done;
    }
    this.batch.clear();
    await this.#write();
  }

  async end(end: SessionEnd): Promise<void> {
    await this.#json(EntryKind.close, end);
  }

  async #json(kind: EntryKind, value: SessionInfo | SessionEnd): Promise<void> {
    const bytes = utf8(JSON.stringify(value));
    await this.#format(kind, bytes, 0, bytes.length);
    await this.#write();
  }

  /** Formats an entry; a promise only when lines have to be written meanwhile. */
  #format(
    kind: EntryKind,
    source: Uint8Array,
    start: number,
    end: number,
  ): Promise<void> | undefined {
    const entry = this.#entry;
    entry.kind = kind;
    entry.sequence++;
    entry.receivedAtUs = this.#receivedAtUs ?? Date.now() * 1000;
    if (entry.bytes !== source) {
      entry.bytes = source;
      entry.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
    }
    entry.start = start;
    entry.end = end;
    const part = this.#formatter.entry(entry, this.#out, 0);
    return part === ENTRY_DONE ? undefined : this.#formatRest(part);
  }

  async #formatRest(part: number): Promise<void> {
    while (part !== ENTRY_DONE) {
      await this.#write();
      part = this.#formatter.entry(this.#entry, this.#out, part);
    }
  }

  async #write(): Promise<void> {
    const out = this.#out;
    this.#formatter.flush(out);
    if (out.pos > 0) await this.#runtime.writeStdout(out.written());
    out.clear();
  }
}
