/**
 * The record of what could not be decoded (message type 1007): code, place, expectation, and the message itself, so that nothing is
 * lost and the operator can send it on.
 */
import type { DecodeFault } from "../../wire/fault.ts";
import { faultText } from "../../wire/fault.ts";
import { putHex } from "../../wire/text.ts";
import { COMMON_HEADER_BYTES } from "../../bmp/peer_header.ts";
import type { DecodeCounts } from "../counts.ts";
import { NOTHING_ASSUMED, type PeerMessage, type Records } from "./records.ts";
import { DECODE_ERROR } from "./topics.ts";

/** What a fault cost. */
export type FaultOutcome =
  | "treat-as-withdraw"
  | "attribute-discard"
  | "route-kept"
  | "routes-dropped"
  | "message-dropped"
  | "tlv-ignored"
  | "field-ignored";

/** Faults of one message that get a record each; a hostile message can have thousands. The rest is counted. */
const FAULTS_MAX = 16;
/** Bytes of the message in its first error record; it is 64 KiB and a bit when it holds the largest UPDATE. */
const MESSAGE_BYTES_MAX = 128 * 1024;

export class DecodeErrors {
  readonly #counts: DecodeCounts;
  readonly #faults: DecodeFault[] = [];
  readonly #outcomes: FaultOutcome[] = [];
  /** Where the message starts in its buffer. */
  #messageStart = 0;

  constructor(counts: DecodeCounts) {
    this.#counts = counts;
  }

  /** Begins a message whose body (after the common header) is at `bodyStart`. */
  start(bodyStart: number): void {
    this.#messageStart = bodyStart - COMMON_HEADER_BYTES;
    if (this.#faults.length === 0) return; // setting a length costs 20 ns, once a message
    this.#faults.length = 0;
    this.#outcomes.length = 0;
  }

  note(fault: DecodeFault, outcome: FaultOutcome): void {
    this.#faults.push(fault);
    this.#outcomes.push(outcome);
  }

  /** Writes a record for each fault of the message that ends at `end`; `message` says whose it is, if that is known. */
  write(records: Records, bytes: Uint8Array, end: number, message: PeerMessage | undefined): void {
    if (this.#faults.length === 0) return;
    for (let i = 0; i < this.#faults.length; i++) {
      const fault = this.#faults[i]!;
      if (records.isFirstCall) this.#counts.add("decode_errors", fault.code, 1);
      if (i < FAULTS_MAX) {
        this.#writeOne(records, bytes, end, message, fault, this.#outcomes[i]!, i === 0);
      }
    }
  }

  #writeOne(
    records: Records,
    bytes: Uint8Array,
    end: number,
    message: PeerMessage | undefined,
    fault: DecodeFault,
    outcome: FaultOutcome,
    withBytes: boolean,
  ): void {
    if (!records.extraFields || !records.wantsNext()) return;
    const { out } = records;
    const start = this.#messageStart;
    const relative = { ...fault, offset: fault.offset - start };
    out.begin(DECODE_ERROR, message?.view.router.hash ?? records.session.key);
    out.byte(0x7b);
    const first = out.pos;
    records.putFields([
      ["code", relative.code],
      ["offset!", relative.offset],
      ["expected", relative.expected],
      ["error", faultText(relative)],
      ["outcome", outcome],
      ["bmp_type!", bytes[start + 5]],
    ]);
    records.dropFirstComma(first);
    if (message !== undefined) {
      out.byte(0x2c);
      records.putPeerFields(message);
    }
    if (withBytes) {
      const shown = Math.min(end, start + MESSAGE_BYTES_MAX);
      out.ascii(',"message":"');
      putHex(out, bytes, start, shown);
      out.byte(0x22);
      if (shown < end) out.ascii(`,"message_length":${end - start}`);
    }
    records.putOwnFields(NOTHING_ASSUMED);
    records.finish();
  }
}
