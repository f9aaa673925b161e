/**
 * Requests and answers over a connection that stands: length, header, correlation id. Kafka answers in the order of the requests.
 *
 * The library's own requests are copied into one new buffer each: with batches of 900 KB, collecting these took 40 % of the
 * CPU under the small heap that the collector runs with. Here a batch goes to the socket from where it was written.
 */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { toError } from "../../runtime/error.ts";

/** A request that waits for its answer. */
interface Waiting {
  readonly correlationId: number;
  readonly sentAtMs: number;
  resolve(answer: Buffer): void;
  reject(error: Error): void;
}

/** Which request, in which version. */
export interface RequestKind {
  readonly key: number;
  readonly version: number;
  /** Whether its headers have tagged fields (KIP-482). */
  readonly isFlexible: boolean;
}

const LENGTH_BYTES = 4;
/** Pieces up to this go out together with what stands before them: a packet costs more than the copy. */
const COPIED_BYTES_MAX = 16 * 1024;
/** No answer to what we ask comes near. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

export class RequestStream {
  readonly #socket: Socket;
  readonly #clientId: Buffer;
  readonly #timeoutMs: number;
  readonly #waiting: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);
  /** Beyond the numbers of those who had the connection before. */
  #correlationId = 1 << 20;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #isOpen = true;

  /** @param timeoutMs an answer that takes longer closes the connection */
  constructor(socket: Socket, clientId: string, timeoutMs: number) {
    this.#socket = socket;
    this.#clientId = Buffer.from(clientId);
    this.#timeoutMs = timeoutMs;
    socket.removeAllListeners("data");
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", (error: Error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("connection closed")));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Sends a request; resolves with its answer, without its header.
   *
   * @param contents sent one behind the other; not to be changed until there is an answer or the connection is closed
   */
  send(kind: RequestKind, ...contents: readonly Uint8Array[]): Promise<Buffer> {
    if (!this.#isOpen) return Promise.reject(new Error("connection closed"));
    return new Promise((resolve, reject) => {
      const correlationId = this.#correlationId = (this.#correlationId + 1) & 0x7fffffff;
      this.#waiting.push({
        correlationId,
        sentAtMs: performance.now(),
        resolve: (answer) => resolve(kind.isFlexible ? answer.subarray(1) : answer),
        reject,
      });
      this.#timer ??= this.#startTimer(this.#timeoutMs);
      const length = contents.reduce((sum, each) => sum + each.length, 0);
      let small: Uint8Array[] = [this.#header(kind, correlationId, length)];
      for (const piece of contents) {
        if (piece.length <= COPIED_BYTES_MAX) {
          small.push(piece);
          continue;
        }
        this.#socket.write(Buffer.concat(small));
        this.#socket.write(piece);
        small = [];
      }
      if (small.length > 0) this.#socket.write(Buffer.concat(small));
    });
  }

  close(): void {
    this.#fail(new Error("connection closed"));
  }

  #header(kind: RequestKind, correlationId: number, contentsLength: number): Buffer {
    const id = this.#clientId;
    const header = Buffer.alloc(LENGTH_BYTES + 10 + id.length + (kind.isFlexible ? 1 : 0));
    header.writeInt32BE(header.length - LENGTH_BYTES + contentsLength, 0);
    header.writeInt16BE(kind.key, 4);
    header.writeInt16BE(kind.version, 6);
    header.writeInt32BE(correlationId, 8);
    header.writeInt16BE(id.length, 12);
    id.copy(header, 14);
    return header;
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= LENGTH_BYTES) {
      const length = this.#received.readInt32BE(0);
      if (length < LENGTH_BYTES || length > ANSWER_BYTES_MAX) {
        this.#fail(
          new Error("Cannot read the answer: found no length, perhaps the broker wants TLS"),
        );
        return;
      }
      const end = LENGTH_BYTES + length;
      if (this.#received.length < end) return;
      const answer = this.#received.subarray(LENGTH_BYTES, end);
      this.#received = this.#received.subarray(end);
      const waiting = this.#waiting.shift();
      const correlationId = answer.readInt32BE(0);
      if (waiting?.correlationId !== correlationId) {
        // The library's reauthentication, for one: a new connection takes the place of this one.
        if (waiting !== undefined) this.#waiting.unshift(waiting);
        this.#fail(new Error(`Cannot place answer ${correlationId}: nobody asked`));
        return;
      }
      waiting.resolve(answer.subarray(LENGTH_BYTES));
    }
  }

  /** One timer for all: the oldest request is the first that is late. */
  #startTimer(delayMs: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.#timer = undefined;
      const [oldest] = this.#waiting;
      if (oldest === undefined) return;
      const restMs = oldest.sentAtMs + this.#timeoutMs - performance.now();
      if (restMs > 0) this.#timer = this.#startTimer(restMs);
      else this.#fail(new Error(`no answer in ${this.#timeoutMs} ms`));
    }, delayMs);
  }

  #fail(error: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(toError(error));
  }
}
