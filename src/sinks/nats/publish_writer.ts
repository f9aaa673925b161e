/**
 * Records as the NATS protocol has them, written straight from byte ranges:
 *
 * ```
 * HPUB gobmp.parsed.peer INBOX.17 124 980\r\n        subject, where the acknowledgement goes, bytes of headers, bytes of all
 * NATS/1.0\r\n
 * Hash: 5ae2...\r\n                                  the Kafka key, as goBMP has it; empty where a record has none
 * Nats-Msg-Id: gobmp:SESSION:SEQUENCE:PART:ATTEMPT\r\n
 * \r\n
 * {"action":...}\r\n
 * ```
 *
 * Within its duplicate window the server drops a record whose `Nats-Msg-Id` it has taken before. The attempt is in it because
 * a record that failed is sent again with all that followed it: the server has taken some of those, and if it dropped their
 * repeats, they would stand before the failed one for ever.
 */
import { type Output, RecordIdentity } from "../../formats/output.ts";
import { putInteger, putU32 } from "../../wire/text.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";

export interface PublishWriterOptions {
  /** Name of the format: records of two formats may share a stream. */
  readonly format: string;
  /** Whether keys are bytes and not text: the header has them in hexadecimal. */
  readonly binaryKeys: boolean;
  /** Whether the headers `Session`, `Sequence` and `Part` say who a record is. */
  readonly identityHeaders: boolean;
}

const HPUB = utf8("HPUB ");
const VERSION_AND_HASH = utf8("NATS/1.0\r\nHash: ");
const SESSION = utf8("\r\nSession: ");
const SEQUENCE = utf8("\r\nSequence: ");
const PART = utf8("\r\nPart: ");
const END = utf8("\r\n\r\n");
const CRLF = utf8("\r\n");
const COLON = 0x3a;
const SPACE = 0x20;

export class PublishWriter extends ByteWriter {
  readonly #binaryKeys: boolean;
  readonly #identityHeaders: boolean;
  readonly #messageId: Uint8Array;
  readonly #identity = new RecordIdentity();
  readonly #headers = new ByteWriter(512);

  constructor({ format, binaryKeys, identityHeaders }: PublishWriterOptions) {
    super(128 * 1024);
    this.#binaryKeys = binaryKeys;
    this.#identityHeaders = identityHeaders;
    this.#messageId = utf8(`\r\nNats-Msg-Id: ${format}:`);
  }

  /**
   * Writes record `i` of a batch.
   *
   * @param reply where the acknowledgement goes: this, followed by `number`; empty: none is asked for
   * @returns the bytes of headers and value; nothing is written if they are more than `payloadBytesMax`
   */
  put(
    batch: Output,
    i: number,
    subject: string,
    reply: string,
    number: number,
    attempt: number,
    payloadBytesMax: number,
  ): number {
    const headers = this.#headers;
    this.#putHeaders(batch, i, attempt);
    const start = batch.starts[i]!;
    const end = batch.ends[i]!;
    const payloadBytes = headers.pos + end - start;
    if (payloadBytes > payloadBytesMax) return payloadBytes;
    this.raw(HPUB);
    this.ascii(subject);
    this.byte(SPACE);
    if (reply !== "") {
      this.ascii(reply);
      putInteger(this, number);
      this.byte(SPACE);
    }
    putU32(this, headers.pos);
    this.byte(SPACE);
    putU32(this, payloadBytes);
    this.raw(CRLF);
    this.range(headers.bytes, 0, headers.pos);
    this.range(batch.bytes, start, end);
    this.raw(CRLF);
    return payloadBytes;
  }

  #putHeaders(batch: Output, i: number, attempt: number): void {
    const out = this.#headers;
    const identity = this.#identity;
    out.reset();
    out.raw(VERSION_AND_HASH);
    const key = batch.keys[i]!;
    out.ascii(this.#binaryKeys ? hexOf(key) : key);
    if (batch.identity(i, identity)) {
      const { session, sequence, part } = identity;
      out.raw(this.#messageId);
      out.text(session);
      out.byte(COLON);
      putInteger(out, sequence);
      out.byte(COLON);
      putU32(out, part);
      out.byte(COLON);
      putU32(out, attempt);
      if (this.#identityHeaders) {
        out.raw(SESSION);
        out.text(session);
        out.raw(SEQUENCE);
        putInteger(out, sequence);
        out.raw(PART);
        putU32(out, part);
      }
    }
    out.raw(END);
  }
}

/** A key of bytes is a string with a character for each. */
function hexOf(key: string): string {
  let text = "";
  for (let i = 0; i < key.length; i++) text += key.charCodeAt(i).toString(16).padStart(2, "0");
  return text;
}
