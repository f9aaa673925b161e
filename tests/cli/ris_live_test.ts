/** `edgebmp ris-live` against a WebSocket server that plays messages in the form of RIS Live's manual. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import http from "node:http";
import net from "node:net";
import { describe, it } from "node:test";
import { risLiveCommand } from "../../src/cli/commands/ris_live.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { Log } from "../../src/ops/log.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { freePort } from "../ports.ts";
import { until } from "../until.ts";

const runtime = await loadRuntime();

function update(host: string, prefix: string): string {
  return JSON.stringify({
    type: "ris_message",
    data: {
      timestamp: 1763809200.25,
      peer: "192.0.2.20",
      peer_asn: "64496",
      host,
      type: "UPDATE",
      path: [64496],
      origin: "igp",
      announcements: [{ next_hop: "192.0.2.20", prefixes: [prefix] }],
    },
  });
}

/** RFC 6455, as much as a test needs: one client at a time, texts below 64 KiB, no ping. */
class WebSocketServer {
  readonly heard: string[] = [];
  readonly #server = http.createServer();
  #socket: net.Socket | undefined = undefined;
  connections = 0;

  constructor() {
    this.#server.on("upgrade", (request, socket) => {
      const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
          `Sec-WebSocket-Accept: ${createHash("sha1").update(key).digest("base64")}\r\n\r\n`,
      );
      this.#socket = socket as net.Socket;
      this.connections++;
      socket.on("error", () => {});
      socket.on("data", (frame: Uint8Array) => this.#hear(frame));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `ws://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}/v1/ws/?client=test`;
  }

  /** The text of a client's frame, which is masked. */
  #hear(frame: Uint8Array): void {
    if ((frame[0]! & 15) !== 1) return;
    const long = (frame[1]! & 127) === 126;
    const mask = long ? 4 : 2;
    const text = frame.subarray(mask + 4).map((byte, i) => byte ^ frame[mask + i % 4]!);
    this.heard.push(new TextDecoder().decode(text));
  }

  say(text: string): void {
    const bytes = new TextEncoder().encode(text);
    const head = bytes.length < 126
      ? [0x81, bytes.length]
      : [0x81, 126, bytes.length >> 8, bytes.length & 255];
    this.#socket!.write(new Uint8Array([...head, ...bytes]));
  }

  drop(): void {
    this.#socket?.destroy();
  }

  close(): void {
    this.drop();
    this.#server.close();
  }
}

/** A BMP collector: what each connection has sent. */
class BmpSink {
  readonly streams: Uint8Array[] = [];
  readonly #sockets = new Set<net.Socket>();
  readonly #server = net.createServer((socket) => {
    const index = this.streams.push(new Uint8Array(0)) - 1;
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk: Uint8Array) => {
      this.streams[index] = new Uint8Array([...this.streams[index]!, ...chunk]);
    });
  });

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Types of the messages of a stream. */
  types(index: number): number[] {
    const bytes = this.streams[index] ?? new Uint8Array(0);
    const view = new DataView(bytes.buffer);
    const types: number[] = [];
    for (let pos = 0; pos + 6 <= bytes.length; pos += view.getUint32(pos + 1)) {
      types.push(bytes[pos + 5]!);
    }
    return types;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

function start(args: readonly string[], lines: string[]) {
  const { values, words } = parseArguments([...args], [...risLiveCommand.flags], true);
  const stop = new AbortController();
  const log = new Log("info", "text", (line) => void lines.push(line));
  const run = risLiveCommand.run({
    flags: values,
    words,
    runtime,
    log,
    signal: stop.signal,
    loadCommands: () => Promise.resolve([]),
  });
  return { run, stop };
}

const INITIATION = 4;
const PEER_UP = 3;
const ROUTES = 0;

describe("edgebmp ris-live", () => {
  it("subscribes as asked, has a session for each route collector, and begins anew when RIS Live comes back", async () => {
    const ris = new WebSocketServer();
    const sink = new BmpSink();
    const lines: string[] = [];
    const url = await ris.listen();
    const port = await sink.listen();
    const args = [`--to=127.0.0.1:${port}`, `--url=${url}`, "--host=rrc21", "--prefix=10.0.0.0/8"];
    const { run, stop } = start(args, lines);
    try {
      await until(() => ris.heard.length === 1, "the subscription");
      assert.deepEqual(JSON.parse(ris.heard[0]!), {
        type: "ris_subscribe",
        data: {
          host: "rrc21",
          prefix: "10.0.0.0/8",
          moreSpecific: true,
          socketOptions: { includeRaw: true },
        },
      });
      ris.say('{"type":"ris_subscribe_ok","data":{}}');
      ris.say(update("rrc21.ripe.net", "10.1.0.0/16"));
      ris.say("no JSON");
      ris.say(update("rrc00.ripe.net", "10.2.0.0/16"));
      ris.say(update("rrc21.ripe.net", "10.3.0.0/16"));
      const total = () => [0, 1].map((i) => sink.types(i).length).sort();
      await until(() => `${total()}` === "3,4", "two sessions");
      const [first, second] = [sink.types(0), sink.types(1)].sort((a, b) => b.length - a.length);
      assert.deepEqual(first, [INITIATION, PEER_UP, ROUTES, ROUTES]);
      assert.deepEqual(second, [INITIATION, PEER_UP, ROUTES]);
      assert.match(lines.join(""), /message left out/);
      ris.drop();
      await until(() => ris.connections === 2 && ris.heard.length === 2, "another connection");
      ris.say(update("rrc21.ripe.net", "10.1.0.0/16"));
      await until(() => sink.types(2).length === 3, "another session");
      assert.deepEqual(sink.types(2), [INITIATION, PEER_UP, ROUTES]);
    } finally {
      stop.abort();
      assert.equal(await run, 0);
      ris.close();
      sink.close();
    }
  });

  it("says so where there is no way to RIS Live", async () => {
    const url = `ws://127.0.0.1:${await freePort()}/`;
    const { run } = start([`--to=127.0.0.1:9`, `--url=${url}`], []);
    await assert.rejects(
      run,
      (error: Error) => error.message.startsWith(`Cannot reach RIS Live at "${url}": `),
    );
  });

  it("says what is missing", async () => {
    await assert.rejects(start([], []).run, /^UsageError: Cannot start: found no --to HOST:PORT$/);
  });
});
