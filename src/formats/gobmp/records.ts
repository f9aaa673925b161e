/**
 * The records of one journal entry: their ordinals, their common fields, and where to stop when the batch is full.
 */
import type { Output, Topic } from "../output.ts";
import { putInteger, putTimestampUs, putU32 } from "../../wire/text.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";
import { jsonText } from "../../wire/json.ts";
import type { PeerView } from "./peer_view.ts";
import type { Session } from "./session.ts";

const SEQUENCE = utf8('","sequence":');
const RECEIVED_AT = utf8(',"received_at":"');
const ASSUMED = utf8(',"assumed":');
const ERROR_HANDLING = utf8(',"error_handling":"treat-as-withdraw"');
const TLVS = utf8(',"bmp_tlvs":');
const SYNTHETIC = utf8(',"synthetic":true');
const PART = utf8(',"part":');

/** A field of a cold record. Undefined, empty strings, zeros and empty lists are left out unless the name ends with `!`. */
export type FieldValue = string | number | bigint | boolean | object | null | undefined;

export type Field = readonly [name: string, value: FieldValue];

/** A message with a per-peer header: of whom it is, and its time, rendered. */
export interface PeerMessage {
  readonly view: PeerView;
  readonly timestamp: ByteWriter;
}

/** Writes records of one entry. Reused for all entries. */
export class Records {
  readonly extraFields: boolean;
  out!: Output;
  session!: Session;
  sequence = 0;
  receivedAtUs = 0;
  /** Ordinal of the next record within its entry. */
  part = 0;
  /** First ordinal that has not been delivered by an earlier call for the same entry. */
  from = 0;
  /** JSON text of `bmp_tlvs`, the TLVs beside the UPDATE of a Route Monitoring; undefined: none. */
  tlvs: ByteWriter | undefined = undefined;
  readonly #scratch = new ByteWriter(512);
  #shared = new Uint8Array(0);
  #sharedFields: Uint8Array | undefined = undefined;
  #sharedAtUs = -1;
  /** RIB flags and, behind them, `#shared`; of no read if the flags are undefined. */
  #tail = new Uint8Array(0);
  #tailFlags: Uint8Array | undefined = undefined;
  /** Set when the batch became full: nothing more is written, `part` is where to go on. */
  isStopped = false;

  constructor(extraFields: boolean) {
    this.extraFields = extraFields;
  }

  start(out: Output, session: Session, sequence: number, receivedAtUs: number, from: number): void {
    this.out = out;
    this.session = session;
    this.sequence = sequence;
    this.receivedAtUs = receivedAtUs;
    this.part = 0;
    this.from = from;
    this.isStopped = false;
    out.mark(session.info.session, sequence, from);
  }

  /**
   * Whether the record with the next ordinal is to be written now. If not, it was either delivered before (its ordinal is
   * then used up) or has to wait for the next batch.
   */
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

  /** Whether this is the first call for the entry: the time to count and to change state. */
  get isFirstCall(): boolean {
    return this.from === 0;
  }

  /** Writes a whole record of our own, unless own records are off; `message` says of whom it is. */
  writeOwn(topic: Topic, fields: readonly Field[], message?: PeerMessage): void {
    if (!this.extraFields || !this.wantsNext()) return;
    this.out.begin(topic, message === undefined ? this.session.key : message.view.router.hash);
    this.out.byte(0x7b);
    const start = this.out.pos;
    if (message !== undefined) this.putPeerFields(message);
    this.putFields(fields);
    this.putOwnFields(NOTHING_ASSUMED);
    this.dropFirstComma(start);
    this.finish();
  }

  /** Writes `"router_hash":…` to the RIB flags: what says of whom a record of our own is. */
  putPeerFields(message: PeerMessage): void {
    const { out } = this;
    out.raw(message.view.router.fields);
    out.raw(message.view.peerFields);
    out.range(message.timestamp.bytes, 0, message.timestamp.pos);
    out.byte(0x22);
    out.raw(message.view.flagsAndTable);
  }

  /** Writes `,"name":value` for each field that is not empty; all in one piece, since each piece costs 0.3 us. */
  putFields(fields: readonly Field[], more: readonly Field[] = []): void {
    const text = fieldsText(fields) + fieldsText(more);
    if (text !== "") this.out.text(text);
  }

  /** Writes the own fields that all records of a message share, up to the value of `part`, which {@linkcode Records.finish} writes. */
  putOwnFields(assumed: Assumed, isTreatedAsWithdraw = false, isSynthetic = false): void {
    if (!this.extraFields) return;
    this.out.raw(this.#sharedText());
    this.#putLastFields(assumed, isTreatedAsWithdraw, isSynthetic);
  }

  /** As {@linkcode Records.putOwnFields}, with the RIB flags before: in one piece where they are those of the first of a read's messages. */
  putFlagsAndOwnFields(view: PeerView, assumed: Assumed, isTreatedAsWithdraw: boolean): void {
    if (!this.extraFields) {
      this.out.raw(view.flagsAndTable);
      return;
    }
    const { out } = this;
    const { flagsAndTable } = view;
    const shared = this.#sharedText();
    if (this.#tailFlags === undefined) {
      const text = this.#scratch;
      text.reset();
      text.raw(flagsAndTable);
      text.raw(shared);
      this.#tail = text.copyFrom(0);
      this.#tailFlags = flagsAndTable;
    }
    if (this.#tailFlags === flagsAndTable) {
      out.raw(this.#tail);
    } else {
      out.raw(flagsAndTable);
      out.raw(shared);
    }
    this.#putLastFields(assumed, isTreatedAsWithdraw, false);
  }

  /** What all messages of one read of a session share, up to the value of `sequence`. */
  #sharedText(): Uint8Array {
    const { receivedAtUs, session: { ownFields } } = this;
    if (this.#sharedFields !== ownFields || this.#sharedAtUs !== receivedAtUs) {
      const text = this.#scratch;
      text.reset();
      text.raw(ownFields);
      text.raw(RECEIVED_AT);
      putTimestampUs(text, receivedAtUs);
      text.raw(SEQUENCE);
      this.#shared = text.copyFrom(0);
      this.#sharedFields = ownFields;
      this.#sharedAtUs = receivedAtUs;
      this.#tailFlags = undefined;
    }
    return this.#shared;
  }

  #putLastFields(assumed: Assumed, isTreatedAsWithdraw: boolean, isSynthetic: boolean): void {
    const { out } = this;
    putInteger(out, this.sequence);
    if (assumed !== NOTHING_ASSUMED) {
      out.raw(ASSUMED);
      out.raw(ASSUMED_TEXTS[assumed]!);
    }
    if (this.tlvs !== undefined) {
      out.raw(TLVS);
      out.range(this.tlvs.bytes, 0, this.tlvs.pos);
    }
    if (isTreatedAsWithdraw) out.raw(ERROR_HANDLING);
    if (isSynthetic) out.raw(SYNTHETIC);
    out.raw(PART);
  }

  /** Writes the ordinal and closes the record. */
  finish(): void {
    const out = this.out;
    if (this.extraFields) putU32(out, this.part);
    out.byte(0x7d);
    out.end();
    this.part++;
  }

  /** Fields are written with a comma before them; the first one of an object has none. */
  dropFirstComma(start: number): void {
    const { bytes, pos } = this.out;
    if (pos > start && bytes[start] === 0x2c) {
      bytes.copyWithin(start, start + 1, pos);
      this.out.pos--;
    }
  }
}

function fieldsText(fields: readonly Field[]): string {
  let text = "";
  for (let i = 0; i < fields.length; i++) {
    const [name, value] = fields[i]!;
    const { head, isAlways } = fieldName(name);
    if (isAlways || !isEmpty(value)) text += head + jsonText(value);
  }
  return text;
}

interface FieldName {
  /** `,"name":` */
  readonly head: string;
  readonly isAlways: boolean;
}

/** Names are those of this program, so there is no bound to keep. */
const FIELD_NAMES = new Map<string, FieldName>();

function fieldName(name: string): FieldName {
  let found = FIELD_NAMES.get(name);
  if (found === undefined) {
    const isAlways = name.endsWith("!");
    found = { head: `,"${isAlways ? name.slice(0, -1) : name}":`, isAlways };
    FIELD_NAMES.set(name, found);
  }
  return found;
}

/** What was assumed when a message was decoded: a set of bits. */
export type Assumed = number;
export const NOTHING_ASSUMED: Assumed = 0;
export const ASSUMED_NO_PEER_UP = 1;
export const ASSUMED_AS_WIDTH = 2;
export const ASSUMED_ADD_PATH = 4;

/** JSON text by set of bits. */
const ASSUMED_TEXTS: readonly Uint8Array[] = Array.from({ length: 8 }, (_, bits) => {
  const names = [];
  if ((bits & ASSUMED_NO_PEER_UP) !== 0) names.push("no_peer_up");
  if ((bits & ASSUMED_AS_WIDTH) !== 0) names.push("as_width");
  if ((bits & ASSUMED_ADD_PATH) !== 0) names.push("add_path");
  return utf8(JSON.stringify(names));
});

function isEmpty(value: FieldValue): boolean {
  return value === undefined || value === "" || value === 0 || value === 0n ||
    (Array.isArray(value) && value.length === 0);
}
