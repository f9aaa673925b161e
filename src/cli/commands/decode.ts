/** `edgebmp decode`: what the collector would print for a recorded session, or for those in a capture of packets. */
import { type FrameError, frameErrorText, FrameSplitter } from "../../bmp/frame.ts";
import { CaptureError } from "../../capture/packets.ts";
import { socketText } from "../../capture/segments.ts";
import { CaptureReader } from "../../capture/sessions.ts";
import { GOBMP } from "../../formats/gobmp/spec.ts";
import { EntryBatch } from "../../journal/types.ts";
import { adminIdFlag, maxMessageBytesFlag, parseAddress } from "../../sessions/flags.ts";
import type { Command, CommandContext } from "../command.ts";
import { collectorName } from "../config.ts";
import { type Flag, FlagError, type FlagValues, UsageError } from "../flag.ts";
import { RecordPrinter } from "../record_printer.ts";
import { logUnread, openRecording, portFlag } from "../recording.ts";

const sourceIpFlag: Flag<string> = {
  name: "source-ip",
  placeholder: "ADDRESS",
  default: "127.0.0.1",
  help: "Address that the session is said to come from; a capture has its own",
  parse: parseAddress,
};

const receivedAtFlag: Flag<number | undefined> = {
  name: "received-at",
  placeholder: "TIME",
  default: "",
  initial: undefined,
  help:
    "Time of receipt of all messages, e.g. 2026-01-31T12:00:00Z, for output that can be compared; absent: now, or when a capture has them",
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
  summary: "Print what the collector would print for a recorded session or a capture of packets",
  usage: "FILE|-",
  flags: [
    sourceIpFlag,
    receivedAtFlag,
    ...GOBMP.flags,
    adminIdFlag,
    maxMessageBytesFlag,
    portFlag,
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
    context.log.error("broken stream", { file: path, error });
    return 1;
  },
};

/** Writes the records of the recording to standard output; returns what broke it, if anything did. */
async function decode(path: string, context: CommandContext): Promise<string | undefined> {
  const { flags, runtime, signal } = context;
  const formatter = GOBMP.create(GOBMP.options(flags), collectorName(flags.get(adminIdFlag)));
  const printer = new RecordPrinter(formatter, runtime, flags.get(receivedAtFlag));
  const recording = await openRecording(path, signal);
  return recording.isCapture
    ? await decodeCapture(path, recording.chunks, printer, context)
    : await decodeStream(recording.chunks, printer, flags);
}

async function decodeStream(
  chunks: AsyncIterable<Uint8Array>,
  printer: RecordPrinter,
  flags: FlagValues,
): Promise<string | undefined> {
  const session = printer.session({
    session: "decode",
    source: flags.get(sourceIpFlag),
    source_port: 0,
    listener: "decode",
    parallel: false,
  });
  const splitter = new FrameSplitter(flags.get(maxMessageBytesFlag));
  const batch = new EntryBatch();
  let error: FrameError | undefined;
  await session.open();
  for await (const chunk of chunks) {
    error = splitter.push(chunk, batch);
    for (let i = 0; i < batch.count; i++) {
      const done = session.frame(batch.sources[i]!, batch.starts[i]!, batch.ends[i]!);
      if (done !== undefined) await done;
    }
    batch.clear();
    await printer.write();
    if (error !== undefined) break;
  }
  const reason = error === undefined ? "closed" : "frame";
  error ??= splitter.end();
  const detail = error === undefined ? "" : frameErrorText(error);
  await session.close({ reason, detail });
  await printer.write();
  return error && detail;
}

/** Each connection of the capture that carries BMP is a session; messages come out in the order of their packets. */
async function decodeCapture(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  printer: RecordPrinter,
  { flags, log }: CommandContext,
): Promise<string | undefined> {
  // What a chunk of the file gives, to be done in order: printing may have to wait, reading cannot.
  const steps: (() => Promise<void> | undefined)[] = [];
  let count = 0;
  const reader = new CaptureReader(
    ({ source, sourcePort, destination, destinationPort }, timeUs) => {
      const name = `decode-${++count}`;
      const session = printer.session({
        session: name,
        source,
        source_port: sourcePort,
        listener: socketText(destination, destinationPort),
        parallel: false,
      });
      steps.push(() => session.open(timeUs));
      let lastUs = timeUs;
      return {
        message(bytes, _offset, timeUs) {
          lastUs = timeUs;
          const message = bytes.slice();
          steps.push(() => session.frame(message, 0, message.length, timeUs));
        },
        skipped(bytes, offset) {
          log.warn("bytes skipped", { file: path, session: name, offset, bytes: bytes.length });
        },
        gap(byteCount) {
          log.warn("bytes missing in the capture", { file: path, session: name, bytes: byteCount });
        },
        end() {
          steps.push(() => session.close({ reason: "closed", detail: "" }, lastUs));
        },
      };
    },
    { port: flags.get(portFlag), messageBytesMax: flags.get(maxMessageBytesFlag) },
  );
  async function doSteps(): Promise<void> {
    for (const step of steps.splice(0)) {
      const done = step();
      if (done !== undefined) await done;
    }
    await printer.write();
  }
  try {
    for await (const chunk of chunks) {
      reader.push(chunk);
      await doSteps();
    }
    reader.end();
    return undefined;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    reader.endSessions();
    return error.message;
  } finally {
    await doSteps();
    logUnread(log, path, reader);
  }
}
