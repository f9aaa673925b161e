/**
 * Where a formatter puts its records and what a sink gets: one byte buffer, and per record its topic, key and byte range.
 * Sinks never see objects.
 */
import { ByteWriter, utf8 } from "../wire/writer.ts";
import { putU32 } from "../wire/text.ts";

/** A stream of records of one kind. Made once, compared by identity. */
export interface Topic {
  /** Kafka topic and NATS subject, without a configured prefix, e.g. `gobmp.parsed.peer`. */
  readonly name: string;
  /** goBMP's message type number; our own start at 1000. 0: none (not JSON). */
  readonly messageType: number;
}

/** How a record waits for others, for a sink that can hold records back. */
export interface Hold {
  /**
   * Held until, at the least, all earlier records with this key are acknowledged; later records with that key, in any topic, wait
   * behind it.
   */
  readonly after: string;
  /** And this long after that, in milliseconds. */
  readonly delayMs: number;
}

/**
 * Who a record is, whatever its format: session, sequence of the journal entry, ordinal within that entry. Reused by
 * {@linkcode Output.identity}.
 */
export class RecordIdentity {
  /** Unique over restarts and boxes. */
  session = "";
  sequence = 0;
  part = 0;
}

const COPIED = new RecordIdentity();

/** One record of an {@linkcode Output}. */
export interface OutputRecord {
  readonly topic: Topic;
  /** One character for each byte, U+0000 to U+00FF; of formats whose records are text, ASCII. Empty: none. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly hold: Hold | undefined;
}

const LINE_TYPE = utf8('{"msg_type":');
const LINE_HASH = utf8(',"msg_hash":"');
const LINE_DATA = utf8(',"msg_data":');
const QUOTE = 0x22;
const CLOSE_BRACE = 0x7d;
const NEWLINE = 0x0a;

/**
 * A batch of records under construction.
 *
 * With `lines`, each record is wrapped as `{"msg_type":N,"msg_hash":"KEY","msg_data":RECORD}\n`, so that the whole
 * buffer can be written to a file as it is (a second pass that wraps would copy every byte once more, 0.16 s a gigabyte).
 */
export class Output extends ByteWriter {
  /** A formatter stops between two records once `pos` is past this. */
  readonly softLimit: number;
  readonly lines: boolean;
  count = 0;
  /** Parallel arrays, `count` long: no object per record. */
  readonly topics: Topic[] = [];
  readonly keys: string[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Where the buffer holds the wrapping of a record with this topic and key. */
  #wrapStart = 0;
  #wrapLength = 0;
  #wrapTopic: Topic | undefined = undefined;
  #wrapKey = "";
  /** Sparse: by record number. */
  readonly holds: Map<number, Hold> = new Map();
  /**
   * Whose records follow from which one on, parallel arrays in ascending order. One row per entry and not per record, as the
   * records of an entry have consecutive ordinals: a table's route costs nothing.
   */
  #marks = 0;
  readonly #markStarts: number[] = [];
  readonly #markSessions: string[] = [];
  readonly #markSequences: number[] = [];
  readonly #markParts: number[] = [];

  constructor(softLimit: number, lines: boolean) {
    super(softLimit + 64 * 1024);
    this.softLimit = softLimit;
    this.lines = lines;
  }

  /** Whether a formatter has to stop before its next record. */
  get full(): boolean {
    return this.pos >= this.softLimit;
  }

  /** Says whose the records from the next one on are: of this entry, with consecutive ordinals from `part`. */
  mark(session: string, sequence: number, part: number): void {
    const start = this.count;
    let row = this.#marks;
    // Entries without records, and what a failed formatter has left behind.
    while (row > 0 && this.#markStarts[row - 1]! >= start) row--;
    this.#markStarts[row] = start;
    this.#markSessions[row] = session;
    this.#markSequences[row] = sequence;
    this.#markParts[row] = part;
    this.#marks = row + 1;
  }

  /** Sets `identity` to that of record `i`; false if the formatter gives none. */
  identity(i: number, identity: RecordIdentity): boolean {
    let low = 0;
    let high = this.#marks;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#markStarts[middle]! <= i) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return false;
    const row = low - 1;
    identity.session = this.#markSessions[row]!;
    identity.sequence = this.#markSequences[row]!;
    identity.part = this.#markParts[row]! + i - this.#markStarts[row]!;
    return true;
  }

  /** Starts a record; what is written until {@linkcode Output.end} is its value. */
  begin(topic: Topic, key: string, hold?: Hold): void {
    const i = this.count;
    this.topics[i] = topic;
    this.keys[i] = key;
    if (hold !== undefined) this.holds.set(i, hold);
    if (this.lines) this.#wrap(topic, key);
    this.starts[i] = this.pos;
  }

  /** Writes what stands before a record on its line; copied from the last record's where that is the same. */
  #wrap(topic: Topic, key: string): void {
    const from = this.#wrapStart;
    const isSame = topic === this.#wrapTopic && key === this.#wrapKey;
    // Whoever takes records back sets `pos` back, perhaps to before that wrapping.
    if (isSame && from + this.#wrapLength <= this.pos) {
      this.ensure(this.#wrapLength);
      this.bytes.copyWithin(this.pos, from, from + this.#wrapLength);
      this.pos += this.#wrapLength;
      return;
    }
    this.#wrapStart = this.pos;
    this.raw(LINE_TYPE);
    putU32(this, topic.messageType);
    if (key !== "") {
      this.raw(LINE_HASH);
      this.ascii(key);
      this.byte(QUOTE);
    }
    this.raw(LINE_DATA);
    this.#wrapLength = this.pos - this.#wrapStart;
    this.#wrapTopic = topic;
    this.#wrapKey = key;
  }

  /**
   * Starts a record with the topic and key of record `like`, whose wrapping and first bytes are `head`, and whose value starts
   * `valueOffset` bytes into it: one copy instead of a write per part.
   */
  beginLike(like: number, head: Uint8Array, valueOffset: number): void {
    const i = this.count;
    this.topics[i] = this.topics[like]!;
    this.keys[i] = this.keys[like]!;
    this.starts[i] = this.pos + valueOffset;
    this.raw(head);
  }

  end(): void {
    this.ends[this.count++] = this.pos;
    if (this.lines) {
      this.ensure(2);
      this.bytes[this.pos++] = CLOSE_BRACE;
      this.bytes[this.pos++] = NEWLINE;
    }
  }

  /** Makes the batch what it was when it ended at `pos` with `count` records. */
  cut(pos: number, count: number): void {
    for (let i = count; i <= this.count; i++) this.holds.delete(i);
    this.count = count;
    this.pos = pos;
  }

  /** Forgets a record that was begun but not ended, back to the write position `pos` from before its `begin`. */
  abandon(pos: number): void {
    this.holds.delete(this.count);
    this.pos = pos;
    this.#wrapTopic = undefined;
  }

  /** Appends the records [first, end) of a batch with the same wrapping. */
  copyRecords(from: Output, first: number, end: number): void {
    const start = first === 0 ? 0 : from.endOf(first - 1);
    const shift = this.pos - start;
    this.range(from.bytes, start, from.endOf(end - 1));
    this.#wrapTopic = undefined;
    const identity = COPIED;
    for (let i = first, row = 0; i < end; i++) {
      while (row < from.#marks && from.#markStarts[row]! < i) row++;
      const isMarked = row < from.#marks && from.#markStarts[row] === i;
      if ((isMarked || i === first) && from.identity(i, identity)) {
        this.mark(identity.session, identity.sequence, identity.part);
      }
      const hold = from.holds.get(i);
      if (hold !== undefined) this.holds.set(this.count, hold);
      this.topics[this.count] = from.topics[i]!;
      this.keys[this.count] = from.keys[i]!;
      this.starts[this.count] = from.starts[i]! + shift;
      this.ends[this.count++] = from.ends[i]! + shift;
    }
  }

  /** Where record `i` ends in the buffer, with what it is wrapped in. */
  endOf(i: number): number {
    return this.lines ? this.ends[i]! + 2 : this.ends[i]!;
  }

  record(i: number): OutputRecord {
    return {
      topic: this.topics[i]!,
      key: this.keys[i]!,
      start: this.starts[i]!,
      end: this.ends[i]!,
      hold: this.holds.get(i),
    };
  }

  /** Empties the batch for reuse. A buffer that one giant message has blown up is given back. */
  clear(): void {
    this.count = 0;
    this.pos = 0;
    this.#wrapTopic = undefined;
    this.holds.clear();
    this.#marks = 0;
    if (this.bytes.length > 4 * this.softLimit + 1024 * 1024) {
      this.writeInto(new Uint8Array(this.softLimit + 64 * 1024));
    }
  }
}
