import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import net from "node:net";
import { RequestStream } from "../../../src/sinks/kafka/request_stream.ts";

const PLAIN = { key: 0, version: 8, isFlexible: false };
const FLEXIBLE = { key: 3, version: 9, isFlexible: true };

interface Asked {
  readonly key: number;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
  readonly rest: Buffer;
}

/** A server that reads requests, and gives each to `answer`. */
async function withStream(
  answer: (asked: Asked, socket: net.Socket) => void,
  test: (stream: RequestStream) => Promise<void>,
  timeoutMs = 5000,
): Promise<void> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let received = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const request = received.subarray(4, 4 + received.readInt32BE(0));
        received = received.subarray(4 + request.length);
        const idEnd = 10 + request.readInt16BE(8);
        answer({
          key: request.readInt16BE(0),
          version: request.readInt16BE(2),
          correlationId: request.readInt32BE(4),
          clientId: request.toString("latin1", 10, idEnd),
          rest: request.subarray(idEnd),
        }, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const socket = net.connect(port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const stream = new RequestStream(socket, "me", timeoutMs);
  try {
    await test(stream);
  } finally {
    stream.close();
    for (const each of sockets) each.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function answerOf(correlationId: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + body.length, 0);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, body]);
}

describe("RequestStream", () => {
  it("writes headers, and finds the answer of each request however it is cut", async () => {
    const asked: Asked[] = [];
    await withStream((each, socket) => {
      asked.push(each);
      if (asked.length < 3) return;
      const answers = Buffer.concat(
        asked.map(({ correlationId, key, rest }) =>
          answerOf(correlationId, Buffer.from(key === FLEXIBLE.key ? [0] : []), rest)
        ),
      );
      for (const octet of answers) socket.write(Buffer.from([octet]));
    }, async (stream) => {
      const answers = await Promise.all([
        stream.send(PLAIN, Buffer.from("one"), Buffer.from("two")),
        stream.send(FLEXIBLE, Buffer.from("three")),
        stream.send(PLAIN, Buffer.alloc(40_000, "x")),
      ]);
      // The tagged fields of a flexible request's header are one empty octet.
      assert.deepEqual(answers.map((each) => each.length), [6, 6, 40_000]);
      assert.equal(answers[0]!.toString(), "onetwo");
    });
    assert.deepEqual(
      asked.map(({ key, version, clientId }) => [key, version, clientId]),
      [[0, 8, "me"], [3, 9, "me"], [0, 8, "me"]],
    );
    assert.equal(asked[1]!.rest.toString("latin1"), "\0three");
  });

  it("closes when an answer is late, and all requests fail", async () => {
    await withStream(
      (asked, socket) => {
        if (asked.rest.length === 1) socket.write(answerOf(asked.correlationId));
      },
      async (stream) => {
        await stream.send(PLAIN, Buffer.alloc(1));
        const lost = [stream.send(PLAIN, Buffer.alloc(2)), stream.send(PLAIN, Buffer.alloc(2))];
        for (const each of lost) await assert.rejects(each, /no answer in 200 ms/);
        assert.equal(stream.isOpen, false);
        await assert.rejects(stream.send(PLAIN), /connection closed/);
      },
      200,
    );
  });

  it("stays open while nothing is asked", async () => {
    await withStream((asked, socket) => {
      socket.write(answerOf(asked.correlationId));
    }, async (stream) => {
      await stream.send(PLAIN);
      await new Promise((resolve) => setTimeout(resolve, 120));
      await stream.send(PLAIN);
      assert.equal(stream.isOpen, true);
    }, 50);
  });

  for (
    const [name, answer, pattern] of [
      ["the connection ends", (_: Asked, socket: net.Socket) => socket.end(), /connection closed/],
      ["the connection breaks", (_: Asked, socket: net.Socket) => {
        socket.resetAndDestroy();
      }, /ECONNRESET|reset|closed/],
      ["an answer is to another request", (asked: Asked, socket: net.Socket) => {
        socket.write(answerOf(asked.correlationId + 1));
      }, /Cannot place answer \d+: nobody asked/],
      ["a TLS alert comes", (_: Asked, socket: net.Socket) => {
        socket.write(Buffer.from([0x15, 3, 3, 0, 2, 2, 40]));
      }, /perhaps the broker wants TLS/],
    ] as const
  ) {
    it(`fails all requests when ${name}`, async () => {
      await withStream(answer, async (stream) => {
        const lost = [stream.send(PLAIN), stream.send(PLAIN)];
        for (const each of lost) await assert.rejects(each, pattern);
        assert.equal(stream.isOpen, false);
      });
    });
  }
});
