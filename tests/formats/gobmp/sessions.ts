/** Plays journal entries of one or more sessions to a formatter. */
import { ENTRY_DONE } from "../../../src/formats/formatter.ts";
import {
  createGobmpFormatter,
  type GobmpFormatter,
  type GobmpOptions,
} from "../../../src/formats/gobmp/mod.ts";
import { Output } from "../../../src/formats/output.ts";
import { Entry, EntryKind, type SessionEnd, type SessionInfo } from "../../../src/journal/types.ts";
import { parseLines } from "../../corpus/corpus.ts";
import { type RecordLine, recordLine } from "../../corpus/records.ts";
import { fromHex } from "../../decoding.ts";

/** Time of receipt of every entry: 2024-01-01T00:00:00.5Z. */
const RECEIVED_AT_US = 1_704_067_200_500_000;
export const RECEIVED_AT = "2024-01-01T00:00:00.5Z";
const PADDING_BYTES = 7;

const INFO: SessionInfo = {
  session: "s1",
  source: "198.51.100.1",
  source_port: 4242,
  listener: "[::]:5000",
  parallel: false,
};

/** What a player is told beside its entries. */
export interface PlayerOptions extends Partial<GobmpOptions> {
  /** Bytes after which a batch is full. */
  readonly softLimit?: number;
}

/** One formatter and what it has written. */
export class Player {
  readonly formatter: GobmpFormatter;
  /** All that was written, batch by batch. */
  text = "";
  /** Number of calls of {@linkcode GobmpFormatter.entry}. */
  calls = 0;
  readonly #out: Output;
  readonly #sequences = new Map<number, number>();

  constructor(options: PlayerOptions = {}) {
    const { softLimit = 1024 * 1024, ...others } = options;
    this.formatter = createGobmpFormatter({
      collector: "edge-1",
      routerIdentity: "peer-local",
      extraFields: true,
      splitAf: true,
      ...others,
    });
    this.#out = new Output(softLimit, true);
  }

  /** Opens session `number`, named `s<number>`. */
  open(number = 1, info: Partial<SessionInfo> = {}): RecordLine[] {
    return this.#play(EntryKind.open, number, json({ ...INFO, session: `s${number}`, ...info }));
  }

  /** A BMP message of session `number`, as hex. */
  frame(hex: string, number = 1): RecordLine[] {
    return this.bytes(fromHex(hex), number);
  }

  /** A BMP message of session `number`. */
  bytes(message: Uint8Array, number = 1): RecordLine[] {
    return this.#play(EntryKind.frame, number, message);
  }

  close(number = 1, end: SessionEnd = { reason: "closed", detail: "" }): RecordLine[] {
    return this.#play(EntryKind.close, number, json(end));
  }

  /** What was counted since the last call, as `name label` and count. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    this.formatter.counts.drain((name, label, count) => {
      if (count > 0) counts[`${name} ${label}`] = count;
    });
    return counts;
  }

  #play(kind: EntryKind, session: number, payload: Uint8Array): RecordLine[] {
    const sequence = (this.#sequences.get(session) ?? -1) + 1;
    this.#sequences.set(session, sequence);
    const entry = new Entry();
    entry.kind = kind;
    entry.session = session;
    entry.sequence = sequence;
    entry.receivedAtUs = RECEIVED_AT_US;
    // Unaligned and between foreign bytes, as in a journal.
    entry.bytes = new Uint8Array(payload.length + 2 * PADDING_BYTES).fill(0x5a);
    entry.bytes.set(payload, PADDING_BYTES);
    entry.view = new DataView(entry.bytes.buffer);
    entry.start = PADDING_BYTES;
    entry.end = PADDING_BYTES + payload.length;
    let text = "";
    for (let part = 0; part !== ENTRY_DONE;) {
      part = this.formatter.entry(entry, this.#out, part);
      this.calls++;
      text += new TextDecoder("utf-8", { fatal: true }).decode(this.#out.written());
      this.#out.clear();
    }
    this.text += text;
    return parseLines(text).map(recordLine);
  }
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** A player whose session 1 is open and has played these messages. */
export function playerWith(frames: readonly string[], options: PlayerOptions = {}): Player {
  const player = new Player(options);
  player.open();
  for (const frame of frames) player.frame(frame);
  player.counts();
  return player;
}
