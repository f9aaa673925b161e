/**
 * Five small formats, and the sinks to take them, that show what the formatter and sink interfaces carry: JSON lines; topic,
 * key and byte ranges; rows under one header that ends with their count; untouched frames; records held back.
 *
 * Their input is made of test frames: `{u32 peer, u32 number, u8 action, padding}`.
 */
import { ENTRY_DONE, type Formatter } from "../../src/formats/formatter.ts";
import type { Hold, Output, Topic } from "../../src/formats/output.ts";
import { type Entry, EntryBatch, EntryKind } from "../../src/journal/types.ts";
import type { Sink } from "../../src/sinks/sink.ts";
import { putU32 } from "../../src/wire/text.ts";
import { utf8 } from "../../src/wire/writer.ts";

export const ANNOUNCE = 1;
export const WITHDRAW = 2;
export const PEER_DOWN = 3;

export interface TestFrame {
  peer: number;
  number: number;
  action: number;
}

/** Frames of one read, as a session hands them over. */
export function frameBatch(
  session: number,
  firstSequence: number,
  frames: TestFrame[],
  frameBytes = 110,
): EntryBatch {
  const batch = new EntryBatch();
  batch.session = session;
  batch.firstSequence = firstSequence;
  batch.receivedAtUs = 1_700_000_000_000_000;
  const source = new Uint8Array(frames.length * frameBytes);
  const view = new DataView(source.buffer);
  frames.forEach(({ peer, number, action }, i) => {
    const start = i * frameBytes;
    view.setUint32(start, peer);
    view.setUint32(start + 4, number);
    source[start + 8] = action;
    batch.add(source, start, start + frameBytes);
  });
  return batch;
}

export function closeBatch(session: number, sequence: number): EntryBatch {
  const batch = new EntryBatch();
  batch.session = session;
  batch.firstSequence = sequence;
  batch.kind = EntryKind.close;
  const bytes = utf8("{}");
  batch.add(bytes, 0, bytes.length);
  return batch;
}

/** Compared by identity, so made once. */
export const ROUTE_TOPIC: Topic = { name: "test.route", messageType: 5 };
export const PEER_TOPIC: Topic = { name: "test.peer", messageType: 1 };
export const RAW_TOPIC: Topic = { name: "test.raw", messageType: 0 };

function peerOf(entry: Entry): number {
  return entry.view.getUint32(entry.start);
}
function numberOf(entry: Entry): number {
  return entry.view.getUint32(entry.start + 4);
}
function actionOf(entry: Entry): number {
  return entry.bytes[entry.start + 8]!;
}

function writeRow(entry: Entry, out: Output, part: number): void {
  out.ascii('{"session":');
  putU32(out, entry.session);
  out.ascii(',"sequence":');
  putU32(out, entry.sequence);
  out.ascii(',"part":');
  putU32(out, part);
  out.ascii(',"peer":');
  putU32(out, peerOf(entry));
  out.ascii(',"number":');
  putU32(out, numberOf(entry));
  out.ascii(',"action":');
  putU32(out, actionOf(entry));
  out.byte(0x7d);
}

/** A format that knows nothing of sessions and peers, and so needs no keyframe. */
export abstract class StatelessFormatter implements Formatter {
  abstract entry(entry: Entry, out: Output, part: number): number;

  flush(_out: Output): void {}

  take(): void {}

  gap(): void {}

  endKeyframe(): number {
    return ENTRY_DONE;
  }

  checkpoint(): undefined {
    return undefined;
  }

  restore(): void {}
}

/** JSON lines; `recordsPerEntry` records for each frame, none for the open and close of a session. */
export class LinesFormatter extends StatelessFormatter {
  constructor(readonly recordsPerEntry = 1) {
    super();
  }

  entry(entry: Entry, out: Output, part: number): number {
    if (entry.kind !== EntryKind.frame) return ENTRY_DONE;
    for (let i = part; i < this.recordsPerEntry; i++) {
      if (out.full) return i;
      out.begin(ROUTE_TOPIC, "");
      writeRow(entry, out, i);
      out.end();
    }
    return ENTRY_DONE;
  }
}

/** Topic by action, key by peer. */
export class KeyedFormatter extends StatelessFormatter {
  entry(entry: Entry, out: Output): number {
    if (entry.kind !== EntryKind.frame) return ENTRY_DONE;
    out.begin(actionOf(entry) === PEER_DOWN ? PEER_TOPIC : ROUTE_TOPIC, `peer-${peerOf(entry)}`);
    writeRow(entry, out, 0);
    out.end();
    return ENTRY_DONE;
  }
}

const ROWS_HEADER = utf8("rows: ");
const ROWS_COUNT_DIGITS = 8;

/** `rows: 00000002\nROW\nROW\n` as one record; its count is known, and written into the header, when no more rows follow. */
export class RowsFormatter extends StatelessFormatter {
  #rows = 0;
  #start = 0;

  constructor(readonly rowsMax = 100) {
    super();
  }

  entry(entry: Entry, out: Output): number {
    if (entry.kind !== EntryKind.frame) return ENTRY_DONE;
    if (this.#rows === 0) {
      out.begin(ROUTE_TOPIC, "");
      this.#start = out.pos;
      out.raw(ROWS_HEADER);
      out.ascii("0".repeat(ROWS_COUNT_DIGITS));
      out.byte(0x0a);
    }
    writeRow(entry, out, 0);
    out.byte(0x0a);
    if (++this.#rows === this.rowsMax) this.flush(out);
    return ENTRY_DONE;
  }

  override flush(out: Output): void {
    if (this.#rows === 0) return;
    const count = utf8(String(this.#rows).padStart(ROWS_COUNT_DIGITS, "0"));
    out.bytes.set(count, this.#start + ROWS_HEADER.length);
    out.end();
    this.#rows = 0;
  }
}

/** Frames as they came: what an upstream connection or a capture file gets. */
export class FramesFormatter extends StatelessFormatter {
  entry(entry: Entry, out: Output): number {
    if (entry.kind !== EntryKind.frame) return ENTRY_DONE;
    out.begin(RAW_TOPIC, "");
    out.range(entry.bytes, entry.start, entry.end);
    out.end();
    return ENTRY_DONE;
  }
}

/** Every record waits behind its peer's earlier ones; that of a peer's end `delayMs` longer. */
export class HoldFormatter extends StatelessFormatter {
  readonly #holds = new Map<string, Hold>();

  constructor(readonly delayMs: number) {
    super();
  }

  entry(entry: Entry, out: Output): number {
    if (entry.kind !== EntryKind.frame) return ENTRY_DONE;
    const delayMs = actionOf(entry) === PEER_DOWN ? this.delayMs : 0;
    out.begin(ROUTE_TOPIC, "", this.#hold(`peer-${peerOf(entry)}`, delayMs));
    writeRow(entry, out, 0);
    out.end();
    return ENTRY_DONE;
  }

  #hold(after: string, delayMs: number): Hold {
    const id = `${after} ${delayMs}`;
    let hold = this.#holds.get(id);
    if (hold === undefined) this.#holds.set(id, hold = { after, delayMs });
    return hold;
  }
}

/** A delivered record, copied. */
export interface Delivered {
  topic: Topic;
  key: string;
  text: string;
}

const DECODER = new TextDecoder();

export function recordsOf(batch: Output): Delivered[] {
  const records: Delivered[] = [];
  for (let i = 0; i < batch.count; i++) {
    const { topic, key, start, end } = batch.record(i);
    records.push({ topic, key, text: DECODER.decode(batch.bytes.subarray(start, end)) });
  }
  return records;
}

/** Keeps what it gets; `delay` decides when a batch is acknowledged: at once (0), or after milliseconds. */
export class CollectSink implements Sink {
  readonly records: Delivered[] = [];
  batches = 0;
  inFlight = 0;
  inFlightSeen = 0;
  inFlightBytes = 0;
  inFlightBytesSeen = 0;

  constructor(
    readonly name = "collect",
    readonly inFlightMax = 1,
    readonly delay: () => number = () => 0,
  ) {}

  open(): Promise<void> {
    return Promise.resolve();
  }

  async deliver(batch: Output): Promise<void> {
    this.batches++;
    this.inFlight++;
    this.inFlightBytes += batch.pos;
    this.inFlightSeen = Math.max(this.inFlightSeen, this.inFlight);
    this.inFlightBytesSeen = Math.max(this.inFlightBytesSeen, this.inFlightBytes);
    const { pos, count } = batch;
    const delayMs = this.delay();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    // Read after the wait: the batch must be untouched until it is acknowledged.
    if (batch.pos !== pos || batch.count !== count) throw new Error("the batch was changed");
    this.records.push(...recordsOf(batch));
    this.inFlight--;
    this.inFlightBytes -= pos;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Passes a record on once all earlier ones of its tag are, plus its delay; a batch is acknowledged with its last record. What
 * it holds is bounded by the batches in flight.
 */
export class HoldSink implements Sink {
  readonly name = "hold";
  readonly inFlightMax = 8;
  readonly records: Delivered[] = [];
  readonly #last = new Map<string, Promise<void>>();

  open(): Promise<void> {
    return Promise.resolve();
  }

  async deliver(batch: Output): Promise<void> {
    const passed: Promise<void>[] = [];
    recordsOf(batch).forEach((record, i) => {
      const { after, delayMs } = batch.record(i).hold!;
      const turn = (this.#last.get(after) ?? Promise.resolve())
        .then(() =>
          delayMs > 0 ? new Promise<void>((resolve) => setTimeout(resolve, delayMs)) : undefined
        )
        .then(() => void this.records.push(record));
      this.#last.set(after, turn);
      passed.push(turn);
    });
    await Promise.all(passed);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
