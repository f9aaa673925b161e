/** Plays journal entries to the formatter and reads the records as the consumer does. */
import assert from "node:assert/strict";
import { ENTRY_DONE } from "../../../src/formats/formatter.ts";
import { ParsedFormatter } from "../../../src/formats/openbmp_parsed/mod.ts";
import type { ParsedOptions } from "../../../src/formats/openbmp_parsed/options.ts";
import { type RowType, TOPIC_DEFAULT } from "../../../src/formats/openbmp_parsed/topics.ts";
import { type Hold, Output } from "../../../src/formats/output.ts";
import { Entry, EntryKind, type SessionEnd, type SessionInfo } from "../../../src/journal/types.ts";
import { utf8 } from "../../../src/wire/writer.ts";
import { fromHex } from "../../decoding.ts";
import { checkRow } from "./consumer.ts";

/** 2024-01-01 00:00:00.5 */
export const RECEIVED_AT_US = 1_704_067_200_500_000;
const PADDING_BYTES = 7;

/** One record, taken apart. */
export interface ParsedRecord {
  readonly type: RowType;
  readonly topic: string;
  readonly key: string;
  readonly hold: Hold | undefined;
  readonly rows: readonly (readonly string[])[];
  readonly bytes: number;
}

const INFO: SessionInfo = {
  session: "s1",
  source: "192.0.2.1",
  source_port: 4242,
  listener: "[::]:5000",
  parallel: false,
};

export interface PlayerOptions extends Partial<ParsedOptions> {
  /** Bytes after which a batch is full. */
  readonly softLimit?: number;
}

export class Player {
  readonly formatter: ParsedFormatter;
  receivedAtUs = RECEIVED_AT_US;
  calls = 0;
  readonly #out: Output;
  readonly #sequences = new Map<number, number>();

  constructor({ softLimit = 1024 * 1024, ...options }: PlayerOptions = {}) {
    this.formatter = new ParsedFormatter({
      collector: "edge1",
      topic: TOPIC_DEFAULT,
      routerGroups: [],
      peerGroups: [],
      hashes: "compat",
      routerNaming: "name",
      times: "router",
      resendMs: 600_000,
      heartbeatMs: 300_000,
      downDelayMs: 1000,
      ...options,
    });
    this.#out = new Output(softLimit, false);
  }

  open(number = 1, info: Partial<SessionInfo> = {}): ParsedRecord[] {
    return this.#play(this.openEntry(number, info));
  }

  openEntry(number = 1, info: Partial<SessionInfo> = {}): Entry {
    const text = JSON.stringify({ ...INFO, session: `s${number}`, ...info });
    return this.entry(EntryKind.open, utf8(text), number);
  }

  frame(hex: string, number = 1): ParsedRecord[] {
    return this.bytes(fromHex(hex), number);
  }

  bytes(message: Uint8Array, number = 1): ParsedRecord[] {
    return this.#play(this.entry(EntryKind.frame, message, number));
  }

  close(number = 1, end: SessionEnd = { reason: "closed", detail: "" }): ParsedRecord[] {
    return this.#play(this.entry(EntryKind.close, utf8(JSON.stringify(end)), number));
  }

  /** Unaligned and between foreign bytes, as in a journal. */
  entry(kind: EntryKind, payload: Uint8Array, session: number): Entry {
    const sequence = (this.#sequences.get(session) ?? -1) + 1;
    this.#sequences.set(session, sequence);
    const entry = new Entry();
    entry.kind = kind;
    entry.session = session;
    entry.sequence = sequence;
    entry.receivedAtUs = this.receivedAtUs;
    entry.bytes = new Uint8Array(payload.length + 2 * PADDING_BYTES).fill(0x5a);
    entry.bytes.set(payload, PADDING_BYTES);
    entry.view = new DataView(entry.bytes.buffer);
    entry.start = PADDING_BYTES;
    entry.end = PADDING_BYTES + payload.length;
    return entry;
  }

  #play(entry: Entry): ParsedRecord[] {
    return this.collect((out, part) => this.formatter.entry(entry, out, part));
  }

  /** All records of a method that is called until it is done. */
  collect(write: (out: Output, part: number) => number): ParsedRecord[] {
    const records: ParsedRecord[] = [];
    for (let part = 0; part !== ENTRY_DONE;) {
      part = write(this.#out, part);
      this.calls++;
      for (let i = 0; i < this.#out.count; i++) records.push(readRecord(this.#out, i));
      this.#out.clear();
    }
    return records;
  }
}

const HEADER = /^V: 1\.7\nC_HASH_ID: [0-9a-f]{32}\nT: ([a-z0-9_]+)\nL: ([0-9]+)\nR: ([0-9]+)\n\n/;

/** Checks what every record has to keep, and takes it apart. */
export function readRecord(out: Output, i: number): ParsedRecord {
  const { topic, key, start, end, hold } = out.record(i);
  const bytes = out.bytes.slice(start, end);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const [header, type, length, count] = HEADER.exec(text) ?? assert.fail(text.slice(0, 200));
  assert.equal(bytes.length - header.length, Number(length), "length of the rows");
  assert.equal(text.at(-1), "\n");
  const rows = text.slice(header.length, -1).split("\n").map((row) => row.split("\t"));
  assert.equal(rows.length, Number(count), "number of rows");
  for (const row of rows) checkRow(type as RowType, row);
  return {
    type: type as RowType,
    topic: topic.name,
    key,
    hold,
    rows,
    bytes: bytes.length,
  };
}

/** The rows of one kind. */
export function rowsOf(records: readonly ParsedRecord[], type: RowType): (readonly string[])[] {
  return records.filter((record) => record.type === type).flatMap(({ rows }) => rows);
}
