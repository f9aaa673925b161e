/**
 * BMP sessions in a capture: each direction of a TCP connection whose first bytes are BMP is one.
 */
import { isPlausible, MessageFinder, type MessageHandler } from "../bmp/message_finder.ts";
import { COMMON_HEADER_BYTES } from "../bmp/peer_header.ts";
import { PacketReader } from "./packets.ts";
import { type Endpoints, type NotASegment, Segment } from "./segments.ts";
import { type StreamReceiver, TcpStreams } from "./tcp_streams.ts";

/** A direction of a connection that gave no message in so many bytes is not BMP. */
const SEARCH_MESSAGES = 2;

/** Takes the messages of one session. Bytes are valid during the call only; times are microseconds since 1970, 0: unknown. */
export interface SessionHandler {
  message(bytes: Uint8Array, offset: number, timeUs: number): void;
  /** Bytes that belong to no message. */
  skipped(bytes: Uint8Array, offset: number): void;
  /** This many bytes are not in the capture. */
  gap(byteCount: number): void;
  end(): void;
}

/** Makes the handler of a session when its first message is there. */
export type SessionOpener = (endpoints: Endpoints, timeUs: number) => SessionHandler;

export interface CaptureOptions {
  /** Only connections to this port, whatever their bytes; undefined: those whose bytes are BMP. */
  readonly port: number | undefined;
  readonly messageBytesMax: number;
}

/** Reads the sessions of a capture that comes in chunks. */
export class CaptureReader {
  readonly #packets: PacketReader;
  readonly #streams: TcpStreams;
  readonly #segment = new Segment();
  /** Packets that had no segment to read, by reason; those without TCP are not counted. */
  readonly unread: Record<Exclude<NotASegment, "other">, number> = {
    "link-type": 0,
    "fragment": 0,
    "cut-short": 0,
  };
  /** Number of sessions so far. */
  sessions = 0;

  constructor(open: SessionOpener, { port, messageBytesMax }: CaptureOptions) {
    this.#streams = new TcpStreams((endpoints, isMidStream) => {
      if (port !== undefined && endpoints.destinationPort !== port) return undefined;
      return new SessionStream(
        (timeUs) => {
          this.sessions++;
          return open(endpoints, timeUs);
        },
        isMidStream,
        port !== undefined,
        messageBytesMax,
      );
    });
    this.#packets = new PacketReader((packet) => {
      const problem = this.#segment.read(packet);
      if (problem === undefined) this.#streams.add(this.#segment);
      else if (problem !== "other") this.unread[problem]++;
    });
  }

  /** @throws {CaptureError} */
  push(chunk: Uint8Array): void {
    this.#packets.push(chunk);
  }

  /** Ends all sessions. @throws {CaptureError} when the file ends within a packet; the sessions have ended all the same */
  end(): void {
    this.endSessions();
    this.#packets.end();
  }

  /** Ends all sessions of a file that cannot be read on. */
  endSessions(): void {
    this.#streams.end();
  }
}

/** One direction of a connection: nothing is said of it until it has turned out to be BMP. */
class SessionStream implements StreamReceiver, MessageHandler {
  readonly #open: (timeUs: number) => SessionHandler;
  readonly #finder: MessageFinder;
  readonly #messageBytesMax: number;
  #state: "undecided" | "bmp" | "other";
  #handler: SessionHandler | undefined = undefined;
  /** The first bytes, until there are enough to tell. */
  #first = new Uint8Array(0);
  /** Whether what comes next may be in the middle of a message. */
  #isMidStream: boolean;
  #byteCount = 0;
  #timeUs = 0;

  constructor(
    open: (timeUs: number) => SessionHandler,
    isMidStream: boolean,
    isSure: boolean,
    messageBytesMax: number,
  ) {
    this.#open = open;
    this.#isMidStream = isMidStream;
    this.#messageBytesMax = messageBytesMax;
    this.#state = isSure ? "bmp" : "undecided";
    this.#finder = new MessageFinder(this, isMidStream, messageBytesMax);
  }

  data(bytes: Uint8Array, timeUs: number): void {
    if (this.#state === "other") return;
    this.#timeUs = timeUs;
    this.#byteCount += bytes.length;
    if (this.#state === "undecided" && !this.#isMidStream) {
      const first = new Uint8Array(this.#first.length + bytes.length);
      first.set(this.#first);
      first.set(bytes, this.#first.length);
      if (first.length < COMMON_HEADER_BYTES) {
        this.#first = first;
        return;
      }
      this.#first = new Uint8Array(0);
      bytes = first;
      const length = new DataView(first.buffer).getUint32(1);
      const isBmp = (first[0] === 3 || first[0] === 4) &&
        isPlausible(length, first[5]!, this.#messageBytesMax);
      this.#state = isBmp ? "bmp" : "other";
      if (!isBmp) return;
    }
    this.#finder.push(bytes);
    const isHopeless = this.#byteCount > SEARCH_MESSAGES * this.#messageBytesMax;
    if (this.#state === "undecided" && isHopeless) this.#state = "other";
  }

  gap(byteCount: number): void {
    if (this.#state === "other") return;
    this.#isMidStream = true;
    this.#finder.lose(this.#first.length + byteCount);
    this.#first = new Uint8Array(0);
    this.#handler?.gap(byteCount);
  }

  end(): void {
    if (this.#state === "other") return;
    this.#finder.end();
    this.#handler?.end();
  }

  message(bytes: Uint8Array, offset: number): void {
    this.#state = "bmp";
    this.#handler ??= this.#open(this.#timeUs);
    this.#handler.message(bytes, offset, this.#timeUs);
  }

  skipped(bytes: Uint8Array, offset: number): void {
    if (this.#state !== "bmp") return;
    this.#handler ??= this.#open(this.#timeUs);
    this.#handler.skipped(bytes, offset);
  }
}
