/** A restart need not wait for the sockets of the run before. */
import assert from "node:assert/strict";
import net from "node:net";
import { afterEach, describe, it } from "node:test";
import { loadRuntime } from "../../src/runtime/mod.ts";
import type { Connection, Listener } from "../../src/runtime/types.ts";
import { freePort } from "../ports.ts";
import { until } from "../until.ts";

const runtime = await loadRuntime();
const sockets: net.Socket[] = [];
const listeners: Listener[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const listener of listeners.splice(0)) listener.close();
});

async function listen(host: string, port: number, connections: Connection[]): Promise<Listener> {
  const listener = await runtime.listen({ host, port }, (connection) => {
    connections.push(connection);
    return { data() {}, closed() {} };
  }, (error) => {
    throw error;
  });
  listeners.push(listener);
  return listener;
}

async function dial(port: number): Promise<net.Socket> {
  const socket = net.connect(port, "127.0.0.1");
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  return socket;
}

describe(`listening again on ${runtime.name}`, () => {
  for (const host of ["127.0.0.1", "::"]) {
    it(`on ${host} works at once, beside open connections and those in TIME_WAIT`, async () => {
      const connections: Connection[] = [];
      const port = await freePort();
      const first = await listen(host, port, connections);
      const clients = [await dial(port), await dial(port), await dial(port)];
      await until(() => connections.length === 3);
      // Whoever closes first keeps the port in TIME_WAIT: here that is us.
      const ended = new Promise((resolve) => clients[0]!.once("close", resolve));
      clients[0]!.resume();
      connections[0]!.close();
      await ended;
      first.close();
      const second = await listen(host, port, connections);
      assert.equal(second.port, port);
      await dial(port);
      await until(() => connections.length === 4);
      second.close();
      const third = await listen(host, port, connections);
      assert.equal(third.port, port);
    });
  }
});
