/** Feeds BMP messages to a formatter as the entries of one session. */
import { ENTRY_DONE, type Formatter } from "../../../src/formats/formatter.ts";
import { Output } from "../../../src/formats/output.ts";
import { Entry, EntryKind, type SessionInfo } from "../../../src/journal/types.ts";
import { parseLines } from "../../corpus/corpus.ts";
import { type RecordLine, recordLine } from "../../corpus/records.ts";

const SESSION: SessionInfo = {
  session: "test",
  source: "127.0.0.1",
  source_port: 4242,
  listener: "[::]:5000",
  parallel: false,
};
const PADDING_BYTES = 7;
const RECEIVED_AT_US = 1_600_000_000_000_000;

/** Opens a session, formats the frames in order, and returns the records of each frame. */
export function formatFrames(formatter: Formatter, frames: readonly Uint8Array[]): RecordLine[][] {
  const open = new TextEncoder().encode(JSON.stringify(SESSION));
  formatEntry(formatter, EntryKind.open, 0, open);
  return frames.map((frame, i) => formatEntry(formatter, EntryKind.frame, i + 1, frame));
}

function formatEntry(
  formatter: Formatter,
  kind: EntryKind,
  sequence: number,
  bytes: Uint8Array,
): RecordLine[] {
  const entry = new Entry();
  entry.kind = kind;
  entry.session = 1;
  entry.sequence = sequence;
  entry.receivedAtUs = RECEIVED_AT_US;
  // Unaligned and between foreign bytes, as in a journal: what is read beyond the end shows.
  entry.start = PADDING_BYTES;
  entry.end = PADDING_BYTES + bytes.length;
  entry.bytes = new Uint8Array(bytes.length + 2 * PADDING_BYTES).fill(0x5a);
  entry.bytes.set(bytes, PADDING_BYTES);
  entry.view = new DataView(entry.bytes.buffer);
  const out = new Output(64 * 1024, true);
  let text = "";
  for (let part = 0; part !== ENTRY_DONE;) {
    part = formatter.entry(entry, out, part);
    text += new TextDecoder().decode(out.bytes.subarray(0, out.pos));
    out.clear();
  }
  return parseLines(text).map(recordLine);
}
