/** What the tests of a runtime share: listeners, peers by `node:net`, and a handler that records. */
import assert from "node:assert/strict";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode } from "../../src/runtime/error.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import type { Accept, ConnectionHandler, Listener } from "../../src/runtime/types.ts";

export const MIB = 1024 * 1024;
export const runtime = await loadRuntime();
const listeners: Listener[] = [];
const sockets: net.Socket[] = [];

export function failOnError(error: Error): void {
  throw error;
}

export async function listen(accept: Accept, host = "127.0.0.1"): Promise<Listener> {
  const listener = await runtime.listen({ host, port: 0 }, accept, failOnError);
  listeners.push(listener);
  return listener;
}

/** The peer's end of a connection; `closed` settles with the bytes received, or the error's code. */
export function dial(
  port: number,
  { host = "127.0.0.1", paused = false, allowHalfOpen = false } = {},
) {
  const socket = net.connect({ port, host, allowHalfOpen });
  sockets.push(socket);
  const chunks: Uint8Array[] = [];
  let code = "";
  socket.on("error", (error) => code = errorCode(error));
  if (paused) socket.pause();
  else socket.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  return {
    socket,
    chunks,
    received: () => chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    code: () => code,
    ended: new Promise<void>((resolve) => {
      socket.once("end", resolve);
      socket.once("close", () => resolve());
    }),
    closed: new Promise<void>((resolve) => socket.once("close", () => resolve())),
  };
}

/** A handler that keeps the lengths and a copy of what it got, and checks the order of calls. */
export class Recorder implements ConnectionHandler {
  readonly chunks: Uint8Array[] = [];
  bytes = 0;
  busy = false;
  closedCount = 0;
  error: Error | undefined;
  readonly closing: Promise<void>;
  #close!: () => void;

  constructor(readonly onData: (chunk: Uint8Array) => Promise<void> | void = () => {}) {
    this.closing = new Promise((resolve) => this.#close = resolve);
  }

  data(chunk: Uint8Array): Promise<void> | void {
    assert.equal(this.busy, false, "data called before the last one settled");
    assert.equal(this.closedCount, 0, "data called after closed");
    assert.equal(chunk.constructor, Uint8Array);
    this.bytes += chunk.length;
    this.chunks.push(chunk.length <= 4096 ? chunk.slice() : chunk.slice(0, 1));
    const pending = this.onData(chunk);
    if (pending === undefined) return;
    this.busy = true;
    return pending.finally(() => this.busy = false);
  }

  closed(error: Error | undefined): void {
    assert.equal(this.busy, false, "closed called before the last data settled");
    this.closedCount++;
    this.error = error;
    this.#close();
  }

  text(): string {
    return this.chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
  }
}

/** Waits until `value()` does not change for 200 ms, and returns it. */
export async function settled(value: () => number): Promise<number> {
  for (let before = -1;;) {
    const now = value();
    if (now === before) return now;
    before = now;
    await delay(200);
  }
}

/** Settled by hand. */
export function gate() {
  let open!: () => void;
  return { passed: new Promise<void>((resolve) => open = resolve), open: () => open() };
}

/** Ends what a test has left open; for its `afterEach`. */
export function closeAll(): void {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const listener of listeners.splice(0)) listener.close();
}
