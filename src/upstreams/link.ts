/** One connection to an upstream. What the upstream sends is read and thrown away: BMP has nothing to say in that direction. */
import { clearTimeout, setTimeout } from "node:timers";
import type { Connection, ConnectionHandler } from "../runtime/types.ts";

export class Link implements ConnectionHandler {
  readonly openedMs: number = performance.now();
  /** When the write that is under way began. */
  writingSinceMs: number | undefined = undefined;
  /** Why we have closed it; empty: we have not. */
  reason: "" | "stalled" | "done" = "";
  #isOpen = true;
  #failure: Error | undefined = undefined;
  readonly #connection: Connection;
  #onEnded: () => void = () => {};

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Why it has ended, for people. */
  get failure(): string {
    if (this.reason === "stalled") return "the upstream took nothing for too long";
    return this.#failure?.message ?? "closed by the upstream";
  }

  get remote(): { address: string; port: number } {
    return { address: this.#connection.remoteAddress, port: this.#connection.remotePort };
  }

  /** Called once, when the connection has ended; of several calls the last counts. */
  onEnded(call: () => void): void {
    this.#onEnded = call;
  }

  data(): void {}

  closed(error: Error | undefined): void {
    this.#isOpen = false;
    this.#failure ??= error;
    this.#onEnded();
  }

  /** Resolves with whether the kernel has taken all of it. */
  async write(bytes: Uint8Array): Promise<boolean> {
    if (!this.#isOpen) return false;
    this.writingSinceMs = performance.now();
    try {
      await this.#connection.write(bytes);
      return true;
    } catch (error) {
      this.#failure ??= error as Error;
      this.close();
      return false;
    } finally {
      this.writingSinceMs = undefined;
    }
  }

  /** Ends our direction and waits, at most so long, until the upstream ends its own: what is not read is lost if we close before. */
  async finish(timeoutMs: number): Promise<boolean> {
    this.reason = "done";
    const ended = new Promise<void>((resolve) => {
      if (this.#isOpen) this.#onEnded = resolve;
      else resolve();
    });
    try {
      await this.#connection.shutdown();
    } catch {
      this.close();
      return false;
    }
    const timer = setTimeout(() => this.#connection.close(), timeoutMs);
    await ended;
    clearTimeout(timer);
    return this.#failure === undefined;
  }

  close(): void {
    this.#isOpen = false;
    this.#connection.close();
  }
}
