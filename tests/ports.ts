/** Ports for those who have to know theirs before they listen, or who come back to it. */
import { once } from "node:events";
import net from "node:net";

/**
 * Below those that Linux gives to connections and to whoever asks for port 0 (`ip_local_port_range`, from 32768): one of
 * those, free a moment ago, went to another test before it was listened on.
 */
const PORTS_FROM = 20_000;
const PORTS_TO = 32_768;

/** A TCP port on 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return freePorts(1);
}

/** The first of `count` such ports in a row. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = PORTS_FROM + Math.floor(Math.random() * (PORTS_TO - PORTS_FROM - count));
    const servers = await Promise.allSettled(
      Array.from({ length: count }, (_, i) => listen(first + i)),
    );
    const opened = servers.flatMap((each) => each.status === "fulfilled" ? [each.value] : []);
    await Promise.all(opened.map((server) => new Promise((resolve) => server.close(resolve))));
    if (opened.length === count) return first;
  }
}

async function listen(port: number): Promise<net.Server> {
  const server = net.createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
