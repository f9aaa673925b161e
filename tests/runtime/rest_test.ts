/** `ConnectionHandler.rest`: a connection that is not read from for a while, and what that means for others. */
import assert from "node:assert/strict";
import net from "node:net";
import { afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { loadRuntime } from "../../src/runtime/mod.ts";
import type { ConnectionHandler, Listener } from "../../src/runtime/types.ts";
import { until } from "../until.ts";

const runtime = await loadRuntime();
const opened: { destroy(): void }[] = [];
const listeners: Listener[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.destroy();
  for (const each of listeners.splice(0)) each.close();
});

/** Rests after its first bytes until told to go on. */
class Resting implements ConnectionHandler {
  bytes = 0;
  calls = 0;
  isClosed = false;
  wake: (() => void) | undefined;

  constructor(readonly isSlow: boolean) {}

  data(chunk: Uint8Array): Promise<void> | undefined {
    this.bytes += chunk.length;
    return this.isSlow ? delay(5) : undefined;
  }

  rest(): Promise<void> | undefined {
    if (this.calls++ > 0) return undefined;
    return new Promise((resolve) => this.wake = resolve);
  }

  closed(): void {
    this.isClosed = true;
  }
}

async function listen(handler: () => ConnectionHandler): Promise<number> {
  const listener = await runtime.listen({ host: "127.0.0.1", port: 0 }, handler, (error) => {
    throw error;
  });
  listeners.push(listener);
  return listener.port;
}

function dial(port: number, bytes: number): net.Socket {
  const socket = net.connect(port, "127.0.0.1");
  opened.push(socket);
  socket.on("error", () => {});
  socket.end(new Uint8Array(bytes));
  return socket;
}

describe(`rest on ${runtime.name}`, () => {
  for (const isSlow of [false, true]) {
    it(`nothing is read before it settles, after data that ${isSlow ? "waits" : "returns"}`, async () => {
      const handler = new Resting(isSlow);
      dial(await listen(() => handler), 10_000_000);
      await until(() => handler.wake !== undefined);
      const before = handler.bytes;
      await delay(100);
      assert.equal(handler.bytes, before);
      assert.ok(before < 10_000_000);
      assert.equal(handler.isClosed, false);
      handler.wake!();
      await until(() => handler.isClosed);
      assert.equal(handler.bytes, 10_000_000);
    });
  }

  it("of many connections holds up no other", async () => {
    const handlers: Resting[] = [];
    const port = await listen(() => {
      const handler = new Resting(true);
      handlers.push(handler);
      return handler;
    });
    for (let i = 0; i < 30; i++) dial(port, 1_000_000);
    await until(() => handlers.length === 30 && handlers.every(({ wake }) => wake !== undefined));
    dial(port, 1);
    await until(() => handlers.length === 31 && handlers[30]!.bytes === 1);
    handlers[30]!.wake?.();
    for (const { wake } of handlers) wake?.();
    await until(() =>
      handlers.every(({ bytes, isClosed }, i) => i === 30 || (isClosed && bytes === 1_000_000))
    );
  });

  it("of a connection that is closed meanwhile comes before closed", async () => {
    const handler = new Resting(false);
    const socket = dial(await listen(() => handler), 1000);
    await until(() => handler.wake !== undefined);
    socket.destroy();
    await delay(50);
    assert.equal(handler.isClosed, false);
    handler.wake!();
    await until(() => handler.isClosed);
  });
});
