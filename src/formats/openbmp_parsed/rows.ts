/**
 * Records of rows:
 *
 * ```
 * V: 1.7
 * C_HASH_ID: <hash of the collector>
 * T: <kind of rows>
 * L: <bytes of the rows>
 * R: <number of rows>
 *
 * <columns, TABs between>
 * …
 * ```
 */
import { putU32 } from "../../wire/text.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";
import type { Hold, Output, Topic } from "../output.ts";
import type { Session } from "./session.ts";
import { ROW_TYPES, type RowType } from "./topics.ts";

const ROWS = utf8("\nR: ");
const END = utf8("\n\n");
const NEWLINE = 0x0a;
/** Two numbers and what stands around them. */
const NUMBERS_BYTES_MAX = 32;

/** Number of the next row of each kind; OpenBMP counts them from 0 per router. */
export type RowSequences = Record<RowType, number>;

export function newSequences(): RowSequences {
  return Object.fromEntries(ROW_TYPES.map((type) => [type, 0])) as RowSequences;
}

/** A record of one row that is rare. */
export interface ColdRow {
  readonly type: RowType;
  readonly topic: Topic;
  readonly key: string;
  readonly action: string;
  /** Columns from the third on, each without TAB and newline. */
  readonly columns: readonly (string | number | bigint)[];
  readonly sequences: RowSequences;
  readonly hold?: Hold;
}

/** Writes the records of one entry. Reused for all entries. */
export class Rows {
  out!: Output;
  session!: Session;
  atUs = 0;
  /** Ordinal of the next record within its entry. */
  part = 0;
  /** First ordinal that has not been delivered by an earlier call for the same entry. */
  from = 0;
  /** Set when the batch became full: nothing more is written, `part` is where to go on. */
  isStopped = false;
  #sequence = 0;
  /** Where the length and number of rows stand, and how many bytes of them are guessed; the rows are behind. */
  #headEnd = 0;
  #guessed = 0;
  #dataStart = 0;
  #count = 0;
  readonly #numbers = new ByteWriter(NUMBERS_BYTES_MAX);
  readonly #heads: Readonly<Record<RowType, Uint8Array>>;

  constructor(collectorHash: string) {
    const head = (type: RowType) => utf8(`V: 1.7\nC_HASH_ID: ${collectorHash}\nT: ${type}\nL: `);
    this.#heads = Object.fromEntries(ROW_TYPES.map((type) => [type, head(type)])) as Record<
      RowType,
      Uint8Array
    >;
  }

  start(out: Output, session: Session, sequence: number, atUs: number, from: number): void {
    this.out = out;
    this.session = session;
    this.atUs = atUs;
    this.part = 0;
    this.from = from;
    this.isStopped = false;
    this.#sequence = sequence;
    out.mark(session.info.session, sequence, from);
  }

  /** For a record that no entry tells of. */
  startAlone(out: Output): void {
    this.out = out;
    this.part = 0;
    this.from = 0;
    this.isStopped = false;
  }

  /** Whether this is the first call for the entry: the time to change state. */
  get isFirstCall(): boolean {
    return this.from === 0;
  }

  /** Whether the record with the next ordinal is to be written now; if not, it was delivered before or has to wait for the next batch. */
  wantsNext(): boolean {
    if (this.isStopped) return false;
    if (this.part < this.from) {
      this.part++;
      return false;
    }
    if (this.out.full) {
      this.isStopped = true;
      return false;
    }
    return true;
  }

  /** Leaves out the record with the next ordinal, so that those behind it have the same ordinals with it and without. */
  skip(): void {
    if (this.isStopped) return;
    this.part++;
    if (this.part > this.from) this.out.mark(this.session.info.session, this.#sequence, this.part);
  }

  /** Where the rows of the record under way go. */
  get data(): ByteWriter {
    return this.out;
  }

  /** Begins a record; its rows are to be written to {@linkcode Rows.data}, each ended by {@linkcode Rows.endRow}. */
  begin(type: RowType, topic: Topic, key: string, hold?: Hold): void {
    const { out } = this;
    this.#count = 0;
    out.begin(topic, key, hold);
    out.raw(this.#heads[type]);
    // As long as those of the record before, mostly: else the rows are moved.
    this.#headEnd = out.pos;
    out.ensure(NUMBERS_BYTES_MAX);
    out.pos += this.#guessed;
    this.#dataStart = out.pos;
  }

  endRow(): void {
    this.out.byte(NEWLINE);
    this.#count++;
  }

  finish(): void {
    const { out } = this;
    const length = out.pos - this.#dataStart;
    const numbers = this.#numbers;
    numbers.reset();
    putU32(numbers, length);
    numbers.raw(ROWS);
    putU32(numbers, this.#count);
    numbers.raw(END);
    if (numbers.pos !== this.#guessed) {
      this.#guessed = numbers.pos;
      const start = this.#headEnd + numbers.pos;
      out.ensure(NUMBERS_BYTES_MAX);
      out.bytes.copyWithin(start, this.#dataStart, out.pos);
      out.pos = start + length;
    }
    for (let i = 0; i < numbers.pos; i++) out.bytes[this.#headEnd + i] = numbers.bytes[i]!;
    out.end();
    this.part++;
  }

  writeCold(row: ColdRow): void {
    if (!this.wantsNext()) return;
    const { type, topic, key, hold, action, columns, sequences } = row;
    this.begin(type, topic, key, hold);
    this.out.text(`${action}\t${sequences[type]++}\t${columns.join("\t")}`);
    this.endRow();
    this.finish();
  }
}
