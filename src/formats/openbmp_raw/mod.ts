/**
 * OpenBMP raw messages: every BMP message byte for byte, one a record, behind a header that says who took it, from whom, when.
 *
 * All messages go out, also those that nobody can decode. That a session opened or closed is no message: a reader learns of
 * it from Initiation and Termination, as from a router.
 */
import { type Entry, EntryKind, type SessionInfo } from "../../journal/types.ts";
import { putU32 } from "../../wire/text.ts";
import { ENTRY_DONE, type Formatter } from "../formatter.ts";
import type { Output, Topic } from "../output.ts";
import {
  binaryHeader,
  MESSAGE_LENGTH_OFFSET,
  routerHash,
  textHeader,
  TIME_OFFSET,
} from "./header.ts";
import type { RawOptions } from "./options.ts";

/** goBMP's number for its raw messages. */
const MESSAGE_TYPE = 255;
const NEWLINE = 0x0a;
const DECODER = new TextDecoder();

/** What all messages of one session begin with. */
interface Session {
  readonly info: SessionInfo;
  readonly key: string;
  readonly header: Uint8Array;
}

/** The topic of these records. */
export function rawTopic(name: string): Topic {
  return { name, messageType: MESSAGE_TYPE };
}

export class RawFormatter implements Formatter {
  readonly #options: RawOptions;
  readonly #topic: Topic;
  /** Open sessions by the journal's number. */
  readonly #sessions = new Map<number, Session>();
  /** In a keyframe after a gap: those that it has not had yet. */
  #unconfirmed = new Set<number>();

  constructor(options: RawOptions) {
    this.#options = options;
    this.#topic = rawTopic(options.topic);
    // A header that cannot be written is a matter of the configuration.
    newSession(NO_SESSION, options);
  }

  entry(entry: Entry, out: Output, part: number): number {
    if (out.full) return part;
    switch (entry.kind) {
      case EntryKind.open:
        this.#open(entry);
        break;
      case EntryKind.frame:
        this.#write(entry, out);
        break;
      case EntryKind.close:
        this.#sessions.delete(entry.session);
        break;
    }
    return ENTRY_DONE;
  }

  flush(): void {}

  take(entry: Entry): void {
    if (entry.kind === EntryKind.open) this.#open(entry);
    else if (entry.kind === EntryKind.close) this.#sessions.delete(entry.session);
  }

  /** Nothing is written: there is no raw message for what no router has sent. */
  gap(): number {
    this.#unconfirmed = new Set(this.#sessions.keys());
    return ENTRY_DONE;
  }

  endKeyframe(): number {
    for (const session of this.#unconfirmed) this.#sessions.delete(session);
    this.#unconfirmed.clear();
    return ENTRY_DONE;
  }

  /** Nothing is learned from messages. */
  checkpoint(): undefined {
    return undefined;
  }

  restore(): void {}

  #open(entry: Entry): void {
    this.#sessions.set(entry.session, newSession(readInfo(entry), this.#options));
    this.#unconfirmed.delete(entry.session);
  }

  #write(entry: Entry, out: Output): void {
    const session = this.#sessions.get(entry.session);
    if (session === undefined) {
      throw new Error(`Cannot format an entry of session ${entry.session}: it was never opened`);
    }
    const { sequence, receivedAtUs, bytes, start, end } = entry;
    out.mark(session.info.session, sequence, 0);
    out.begin(this.#topic, session.key);
    const { pos } = out;
    out.raw(session.header);
    if (this.#options.profile === "text") {
      putU32(out, end - start);
      out.byte(NEWLINE);
      out.byte(NEWLINE);
    } else {
      const seconds = Math.floor(receivedAtUs / 1_000_000);
      putU32At(out.bytes, pos + MESSAGE_LENGTH_OFFSET, end - start);
      putU32At(out.bytes, pos + TIME_OFFSET, seconds);
      putU32At(out.bytes, pos + TIME_OFFSET + 4, receivedAtUs - seconds * 1_000_000);
    }
    out.range(bytes, start, end);
    out.end();
  }
}

const NO_SESSION: SessionInfo = {
  session: "",
  source: "::",
  source_port: 0,
  listener: "",
  parallel: false,
};

function newSession(info: SessionInfo, options: RawOptions): Session {
  const { source } = info;
  const hash = routerHash(source, options);
  const isText = options.profile === "text";
  return {
    info,
    key: keyOf(hash, options),
    header: isText ? textHeader(source, hash, options) : binaryHeader(source, hash, options),
  };
}

/** A key's characters are its bytes, see {@linkcode Output.keys}. */
function keyOf(hash: string, { key }: RawOptions): string {
  switch (key) {
    case "raw":
      return String.fromCharCode(...Uint8Array.fromHex(hash));
    case "hex":
      return hash;
    case "none":
      return "";
  }
}

function readInfo(entry: Entry): SessionInfo {
  return JSON.parse(DECODER.decode(entry.bytes.subarray(entry.start, entry.end))) as SessionInfo;
}

/** Big-endian. */
function putU32At(bytes: Uint8Array, pos: number, value: number): void {
  bytes[pos] = value >>> 24;
  bytes[pos + 1] = value >>> 16;
  bytes[pos + 2] = value >>> 8;
  bytes[pos + 3] = value;
}
