/**
 * The stream that `node:tls` works on: a {@linkcode Connection} of ours.
 *
 * So that the end of the stream, back-pressure, accepting and the peer's address are those of the plain connection, on both
 * runtimes: sockets that `node:tls` opens under Deno never report an end that came while they were paused, and those over a stream
 * read on while they are. What is over this is therefore never paused: {@linkcode TlsTransport.hold} keeps back what is still encrypted.
 */
import { Duplex } from "node:stream";
import { closedError, toError } from "./error.ts";
import type { Flow } from "./stream_connection.ts";
import type { Connection } from "./types.ts";

/** So much is decrypted at a time: about one record (RFC 8446 section 5.2). */
const SLICE_BYTES = 16 * 1024;

export class TlsTransport extends Duplex implements Flow {
  /** A rest is taken when all of a chunk is decrypted, so that none of its bytes are held meanwhile. */
  readonly isFed = true;
  readonly #connection: Connection;
  #held = false;
  /** Lets {@linkcode receive} go on. */
  #goOn: (() => void) | undefined;
  #ended = false;
  /** Told when nothing waits to be sent, or never will be. */
  #onFlushed: ((error?: Error) => void) | undefined;

  constructor(connection: Connection) {
    super({ highWaterMark: SLICE_BYTES });
    this.#connection = connection;
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#wake();
  }

  /** Takes the peer's bytes, which are the caller's again when this settles. */
  receive(chunk: Uint8Array): Promise<void> | undefined {
    for (let start = 0; start < chunk.length; start += SLICE_BYTES) {
      if (this.destroyed) return undefined;
      if (this.#held) return this.#untilWoken().then(() => this.receive(chunk.subarray(start)));
      this.push(chunk.slice(start, start + SLICE_BYTES));
    }
    return undefined;
  }

  /** The plain connection is closed. */
  finish(error: Error | undefined): void {
    this.#ended = true;
    if (error !== undefined) this.destroy(error);
    else this.push(null);
  }

  /** Whoever decrypts takes all there is. */
  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#connection.write(chunk).then(() => {
      done();
      if (this.writableLength === 0) this.#tellFlushed();
    }, (error) => done(toError(error)));
  }

  /** Resolves when the kernel has taken all: one runtime calls a write done when it is encrypted. One caller at a time. */
  flushed(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onFlushed = (error) => error === undefined ? resolve() : reject(error);
      if (this.destroyed) this.#tellFlushed(closedError());
      else if (this.writableLength === 0) this.#tellFlushed();
    });
  }

  #tellFlushed(error?: Error): void {
    const onFlushed = this.#onFlushed;
    this.#onFlushed = undefined;
    onFlushed?.(error);
  }

  override _final(done: (error?: Error) => void): void {
    // A peer that is gone needs no end of ours.
    if (this.#ended) done();
    else this.#connection.shutdown().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#wake();
    this.#tellFlushed(error ?? closedError());
    this.#connection.close();
    done(error);
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => this.#goOn = resolve);
  }

  #wake(): void {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }
}
