/**
 * base_attribute rows: what routes share, by a hash that their rows name.
 *
 * A row goes out before the first route that needs it, and again after a while: the consumer may have lost it (it acknowledges before it
 * writes), or forgotten it.
 */
import { Md5 } from "../../wire/md5.ts";
import { putU32 } from "../../wire/text.ts";
import type { ByteWriter } from "../../wire/writer.ts";
import { type AttributeColumns, Mark, TEXT_START } from "./attributes.ts";
import type { HashPolicy, ParsedOptions } from "./options.ts";
import type { PeerView } from "./peer_view.ts";
import type { Rows } from "./rows.ts";

const TAB = 0x09;
const DIGIT_0 = 0x30;
/** Hashes that are remembered; a row that another one has pushed out goes out once more. */
const SLOTS = 32 * 1024;
/** Three words of a digest, whose fourth says the slot, and a time in seconds. */
const SLOT_WORDS = 4;

/** What all routes of one list share beside the peer. */
export interface RouteAttributes {
  readonly columns: AttributeColumns;
  /** Text of the next hop. */
  readonly nextHop: ByteWriter;
  readonly isNextHopIpv4: boolean;
  /** Text of the time. */
  readonly time: Uint8Array;
  /** The columns from the origin to the originator. */
  readonly text: Uint8Array;
}

export class BaseAttributes {
  readonly #policy: HashPolicy;
  readonly #resendSeconds: number;
  readonly #md5 = new Md5();
  readonly #numbers = new Uint8Array(8);
  readonly #numbersView = new DataView(this.#numbers.buffer);
  /** Hash of the last {@linkcode BaseAttributes.write}, 32 hex digits. */
  readonly hash = new Uint8Array(32);
  /** By slot when the row went out, and the rest of its digest: side by side, as a slot is seldom in the processor's cache. */
  readonly #sent = new Int32Array(SLOT_WORDS * SLOTS);
  /** Which rows of the entry under way are left out: decided at the first call for it, so that their ordinals stay. */
  readonly #isLeftOut: boolean[] = [];
  #count = 0;

  constructor({ hashes, resendMs }: ParsedOptions) {
    this.#policy = hashes;
    this.#resendSeconds = resendMs / 1000;
  }

  /** Begins an entry. */
  start(): void {
    this.#count = 0;
  }

  /** Sets the hash of these attributes, and writes their row unless the consumer has it. */
  write(rows: Rows, view: PeerView, attributes: RouteAttributes): void {
    this.#setHash(view, attributes);
    const i = this.#count++;
    if (rows.isFirstCall) this.#isLeftOut[i] = this.#isSent(rows.atUs);
    if (this.#isLeftOut[i]) return rows.skip();
    if (!rows.wantsNext()) return;
    const { data } = rows;
    rows.begin("base_attribute", view.topic("base_attribute"), view.hash);
    data.ascii("add\t");
    putU32(data, rows.session.sequences.base_attribute++);
    data.byte(TAB);
    data.raw(this.hash);
    data.raw(view.router);
    data.pos--;
    data.raw(view.columns);
    data.raw(attributes.time);
    data.byte(TAB);
    data.raw(attributes.text);
    const { bytes, marks } = attributes.columns;
    data.byte(TAB);
    data.range(bytes, marks[Mark.originator]!, marks[Mark.large]!);
    rows.endRow();
    rows.finish();
  }

  /**
   * MD5 of path, next hop, aggregator, origin, MED and LOCAL_PREF as the memory of an x86 has them, communities, extended communities, and the
   * peer's hash.
   */
  #setHash(view: PeerView, { columns: { bytes, marks }, nextHop }: RouteAttributes): void {
    const numbers = this.#numbersView;
    numbers.setUint32(0, marks[Mark.med]!, true);
    numbers.setUint32(4, marks[Mark.localPref]!, true);
    const md5 = this.#md5.reset()
      .update(bytes, marks[Mark.origin]! + 1, marks[Mark.path]!)
      .update(nextHop.bytes, 0, nextHop.pos)
      .update(bytes, marks[Mark.aggregatorStart]!, marks[Mark.aggregator]!)
      .update(bytes, TEXT_START, marks[Mark.origin]!)
      .update(this.#numbers, 0, 8)
      .update(bytes, marks[Mark.aggregator]! + 1, marks[Mark.communities]!)
      .update(bytes, marks[Mark.communities]! + 1, marks[Mark.extended]!)
      .update(view.hashText, 0, view.hashText.length);
    if (this.#policy !== "compat") {
      // With the TABs, which keep them apart.
      md5.update(bytes, marks[Mark.extended]!, marks[Mark.tail]!)
        .update(bytes, marks[Mark.tail]! + 1, marks[Mark.large]!);
    }
    md5.hexAt(this.hash, 0);
  }

  /** Whether the row went out lately; if not, it is noted that it goes now. */
  #isSent(atUs: number): boolean {
    const { state } = this.#md5; // the digest
    const sent = this.#sent;
    const at = SLOT_WORDS * (state[0]! & (SLOTS - 1));
    const second = state[1]!;
    const third = state[2]!;
    const fourth = state[3]!;
    const now = Math.floor(atUs / 1e6) | 0;
    const age = (now - sent[at]!) | 0;
    const isSame = sent[at + 1] === second && sent[at + 2] === third && sent[at + 3] === fourth;
    if (isSame && age >= 0 && age < this.#resendSeconds) return true;
    sent[at] = now;
    sent[at + 1] = second;
    sent[at + 2] = third;
    sent[at + 3] = fourth;
    return false;
  }
}

/** Writes the columns from the origin to the originator of routes in an MP attribute. */
export function putAttributes(
  out: ByteWriter,
  { columns: { bytes, marks }, nextHop, isNextHopIpv4 }: Omit<RouteAttributes, "text">,
): void {
  out.range(bytes, TEXT_START, marks[Mark.head]!);
  out.range(nextHop.bytes, 0, nextHop.pos);
  out.range(bytes, marks[Mark.nextHop]!, marks[Mark.tail]!);
  out.byte(isNextHopIpv4 ? DIGIT_0 + 1 : DIGIT_0);
  out.range(bytes, marks[Mark.tail]! + 1, marks[Mark.originator]!);
}
