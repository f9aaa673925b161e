/**
 * The stream that `node:tls` works on: a {@linkcode Connection} of ours.
 *
 * So that the end of the stream, back-pressure, accepting and the peer's address are those of the plain connection, on both
 * runtimes: sockets that `node:tls` opens under Deno never report an end that came while they were paused.
 */
import { Duplex } from "node:stream";
import { toError } from "./error.ts";
import type { Connection } from "./types.ts";

/** What waits to be decrypted, and what waits to be sent. */
const BUFFER_BYTES = 16 * 1024;

export class TlsTransport extends Duplex {
  readonly #connection: Connection;
  /** Whoever decrypts wants more. */
  #onWanted: (() => void) | undefined;
  #ended = false;

  constructor(connection: Connection) {
    super({ highWaterMark: BUFFER_BYTES });
    this.#connection = connection;
  }

  /** Bytes of the peer; resolves when no more than {@linkcode BUFFER_BYTES} of them wait. */
  receive(chunk: Uint8Array): Promise<void> | undefined {
    // A chunk is ours until this returns, and longer ones are not worth a second buffer of their length.
    for (let start = 0; start < chunk.length; start += BUFFER_BYTES) {
      if (this.destroyed) return undefined;
      const end = Math.min(chunk.length, start + BUFFER_BYTES);
      if (this.push(chunk.slice(start, end))) continue;
      return this.#untilWanted().then(() => this.receive(chunk.subarray(end)));
    }
    return undefined;
  }

  /** The plain connection is closed. */
  finish(error: Error | undefined): void {
    this.#ended = true;
    if (error !== undefined) this.destroy(error);
    else this.push(null);
  }

  override _read(): void {
    const onWanted = this.#onWanted;
    this.#onWanted = undefined;
    onWanted?.();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#connection.write(chunk).then(() => done(), (error) => done(toError(error)));
  }

  override _final(done: (error?: Error) => void): void {
    // A peer that is gone needs no end of ours.
    if (this.#ended) done();
    else this.#connection.shutdown().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this._read();
    this.#connection.close();
    done(error);
  }

  #untilWanted(): Promise<void> {
    return new Promise((resolve) => this.#onWanted = resolve);
  }
}
