/** Formats entries as a pipeline does for those of a journal, and writes the lines to standard output. */
import { ENTRY_DONE, type Formatter } from "../formats/formatter.ts";
import { Output } from "../formats/output.ts";
import { Entry, EntryKind, type SessionEnd, type SessionInfo } from "../journal/types.ts";
import type { Runtime } from "../runtime/types.ts";
import { utf8 } from "../wire/writer.ts";

const BATCH_BYTES = 256 * 1024;

/** One session that is printed. A promise comes back only when lines have to be written meanwhile. */
export interface PrintedSession {
  open(timeUs?: number): Promise<void> | undefined;
  /** The BMP message `bytes[start, end)`. `timeUs`: when it was received, 0: now. */
  frame(bytes: Uint8Array, start: number, end: number, timeUs?: number): Promise<void> | undefined;
  close(end: SessionEnd, timeUs?: number): Promise<void> | undefined;
}

export class RecordPrinter {
  readonly #formatter: Formatter;
  readonly #runtime: Runtime;
  /** Undefined: when the message was received, or the clock's. */
  readonly #receivedAtUs: number | undefined;
  readonly #out = new Output(BATCH_BYTES, true);
  readonly #entry = new Entry();
  #sessions = 0;

  constructor(formatter: Formatter, runtime: Runtime, receivedAtUs: number | undefined) {
    this.#formatter = formatter;
    this.#runtime = runtime;
    this.#receivedAtUs = receivedAtUs;
  }

  /** A new session, which is to be opened first. */
  session(info: SessionInfo): PrintedSession {
    const number = ++this.#sessions;
    let sequence = 0;
    const format = (
      kind: EntryKind,
      bytes: Uint8Array,
      start: number,
      end: number,
      timeUs: number,
    ): Promise<void> | undefined => {
      const entry = this.#entry;
      entry.kind = kind;
      entry.session = number;
      entry.sequence = sequence++;
      entry.receivedAtUs = this.#receivedAtUs ?? (timeUs === 0 ? Date.now() * 1000 : timeUs);
      if (entry.bytes !== bytes) {
        entry.bytes = bytes;
        entry.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      entry.start = start;
      entry.end = end;
      const part = this.#formatter.entry(entry, this.#out, 0);
      return part === ENTRY_DONE ? undefined : this.#formatRest(part);
    };
    const json = (kind: EntryKind, value: SessionInfo | SessionEnd, timeUs: number) => {
      const bytes = utf8(JSON.stringify(value));
      return format(kind, bytes, 0, bytes.length, timeUs);
    };
    return {
      open: (timeUs = 0) => json(EntryKind.open, info, timeUs),
      frame: (bytes, start, end, timeUs = 0) => format(EntryKind.frame, bytes, start, end, timeUs),
      close: (end, timeUs = 0) => json(EntryKind.close, end, timeUs),
    };
  }

  /** Writes the lines that are there. */
  async write(): Promise<void> {
    const out = this.#out;
    this.#formatter.flush(out);
    if (out.pos > 0) await this.#runtime.writeStdout(out.written());
    out.clear();
  }

  async #formatRest(part: number): Promise<void> {
    while (part !== ENTRY_DONE) {
      await this.write();
      part = this.#formatter.entry(this.#entry, this.#out, part);
    }
  }
}
