/** A bound on what all connections of the process hold together while their handlers are busy. */

/** Bytes that handlers may hold, over all connections, before nothing more is read from any of them. */
const HELD_BYTES_MAX = 2 * 1024 * 1024;

/** Connections that may read again at each step of the way back, so that they do not fill the bound at once. */
const RESUMED_AT_ONCE = 4;

/** A connection that can be told not to read. */
interface Stoppable {
  pause(): void;
  resume(): void;
}

/** The bytes that unsettled handlers hold, and the connections that are stopped for their sake. */
export class HeldBytes {
  #full = false;
  #bytes = 0;
  readonly #reading = new Set<Stoppable>();
  /** In the order in which they were stopped. */
  readonly #stopped = new Set<Stoppable>();

  /** A connection that may read if there is room. */
  ready(connection: Stoppable): void {
    if (this.#full || this.#stopped.size > 0 && this.#bytes > 0) {
      connection.pause();
      this.#stopped.add(connection);
    } else {
      connection.resume();
      this.#reading.add(connection);
    }
  }

  /** A connection that does not read: its handler is busy, or it is closed. */
  leave(connection: Stoppable): void {
    this.#reading.delete(connection);
    this.#stopped.delete(connection);
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#full || this.#bytes <= HELD_BYTES_MAX) return;
    this.#full = true;
    // Takes effect on sockets that are readable already: the event loop looks at the state of each before it reads.
    for (const connection of this.#reading) {
      connection.pause();
      this.#stopped.add(connection);
    }
    this.#reading.clear();
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes > HELD_BYTES_MAX / 2) return;
    this.#full = false;
    let count = 0;
    for (const connection of this.#stopped) {
      if (++count > RESUMED_AT_ONCE && this.#bytes > 0) break;
      this.#stopped.delete(connection);
      this.#reading.add(connection);
      connection.resume();
    }
  }
}
