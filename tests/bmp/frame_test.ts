import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type FrameError,
  frameErrorText,
  FrameFault,
  FrameSplitter,
  guessProtocol,
  readMessages,
} from "../../src/bmp/frame.ts";
import { EntryBatch } from "../../src/journal/types.ts";

/** A message of `length` bytes whose contents are made from `seed`. */
function message(length: number, seed = 0, version = 3): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, i) => (seed * 31 + i * 7) & 0xff);
  bytes[0] = version;
  new DataView(bytes.buffer).setUint32(1, length);
  bytes[5] = seed % 7;
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let pos = 0;
  for (const part of parts) {
    bytes.set(part, pos);
    pos += part.length;
  }
  return bytes;
}

/** Bytes at an odd place in a larger buffer that is overwritten after each push, as a reused read buffer is. */
function push(splitter: FrameSplitter, chunk: Uint8Array, messages: Uint8Array[]) {
  const buffer = new Uint8Array(chunk.length + 5).fill(0xee);
  const view = buffer.subarray(3, 3 + chunk.length);
  view.set(chunk);
  const batch = new EntryBatch();
  const error = splitter.push(view, batch);
  for (let i = 0; i < batch.count; i++) {
    messages.push(batch.sources[i]!.slice(batch.starts[i], batch.ends[i]));
  }
  buffer.fill(0xee);
  return error;
}

/** What comes out of a stream that arrives in these chunks. */
function split(chunks: readonly Uint8Array[], messageBytesMax?: number) {
  const splitter = new FrameSplitter(messageBytesMax);
  const messages: Uint8Array[] = [];
  let error: FrameError | undefined;
  for (const chunk of chunks) error ??= push(splitter, chunk, messages);
  return { messages, error: error ?? splitter.end(), splitter };
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const MESSAGES = [message(6, 1), message(48, 2), message(7, 3, 4), message(300, 4), message(6, 5)];
const STREAM = concat(MESSAGES);

describe("FrameSplitter", () => {
  it("finds the messages of one chunk as ranges of it", () => {
    const batch = new EntryBatch();
    assert.equal(new FrameSplitter().push(STREAM, batch), undefined);
    assert.equal(batch.count, MESSAGES.length);
    assert.ok(batch.sources.every((source) => source === STREAM));
    assert.deepEqual(batch.starts, [0, 6, 54, 61, 361]);
    assert.deepEqual(batch.ends, [6, 54, 61, 361, 367]);
  });

  it("gives the same messages for every split into two chunks", () => {
    for (let i = 0; i <= STREAM.length; i++) {
      const { messages, error } = split([STREAM.subarray(0, i), STREAM.subarray(i)]);
      assert.equal(error, undefined);
      assert.deepEqual(messages, MESSAGES, `split at ${i}`);
    }
  });

  it("gives the same messages for every split into three chunks of a short stream", () => {
    const expected = [message(9, 1), message(6, 2), message(11, 3)];
    const stream = concat(expected);
    for (let i = 0; i <= stream.length; i++) {
      for (let j = i; j <= stream.length; j++) {
        const chunks = [stream.subarray(0, i), stream.subarray(i, j), stream.subarray(j)];
        assert.deepEqual(split(chunks).messages, expected, `split at ${i} and ${j}`);
      }
    }
  });

  it("gives the same messages byte by byte", () => {
    const { messages, error } = split([...STREAM].map((byte) => Uint8Array.of(byte)));
    assert.equal(error, undefined);
    assert.deepEqual(messages, MESSAGES);
  });

  it("gives the same messages and the same error for any chunks of any stream", () => {
    const anyMessage = fc.tuple(fc.integer({ min: 6, max: 9000 }), fc.nat(255), fc.boolean())
      .map(([length, seed, isVersion4]) => message(length, seed, isVersion4 ? 4 : 3));
    const rubbish = fc.uint8Array({ maxLength: 12 });
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 8 }), rubbish, cuts, (parts, tail, cuts) => {
        const stream = concat([...parts, tail]);
        const borders = [0, ...cuts.map((cut) => Math.floor(cut * stream.length)), stream.length]
          .sort((a, b) => a - b);
        const chunks = borders.slice(1).map((end, i) => stream.subarray(borders[i], end));
        const whole = split([stream], 9000);
        const pieces = split(chunks, 9000);
        assert.deepEqual(pieces.messages, whole.messages);
        assert.ok(whole.messages.length >= parts.length);
        const { firstBytes: wholeBytes, ...wholeError } = whole.error ?? { firstBytes: "" };
        const { firstBytes: pieceBytes, ...pieceError } = pieces.error ?? { firstBytes: "" };
        assert.deepEqual(pieceError, wholeError);
        // How many bytes had come when the error was seen depends on the chunks.
        assert.ok(wholeBytes.startsWith(pieceBytes));
      }),
    );
  });

  it("keeps a split message intact while the next one begins in the same chunk", () => {
    const splitter = new FrameSplitter();
    const batch = new EntryBatch();
    splitter.push(STREAM.subarray(0, 100), batch);
    batch.clear();
    splitter.push(STREAM.subarray(100, 363), batch);
    const [source, start, end] = [batch.sources[0]!, batch.starts[0], batch.ends[0]];
    assert.equal(batch.count, 1);
    assert.deepEqual(source.subarray(start, end), MESSAGES[3]);
  });

  it("takes messages up to the maximum length, and no longer ones", () => {
    assert.equal(split([message(1000)], 1000).messages.length, 1);
    for (const length of [1001, 0x7fffffff, 0x80000000, 0xffffffff]) {
      const bytes = message(8);
      new DataView(bytes.buffer).setUint32(1, length);
      const { error, messages } = split([message(20), bytes, message(20)], 1000);
      assert.equal(messages.length, 1);
      assert.deepEqual(error, {
        code: "frame-length",
        offset: 20,
        found: length,
        expected: "6 to 1000",
        firstBytes: hex(bytes),
      });
    }
  });

  it("refuses lengths that do not hold the common header", () => {
    for (let length = 0; length < 6; length++) {
      const { error, messages } = split([Uint8Array.of(3, 0, 0, 0, length, 0, 1, 2)]);
      assert.deepEqual(messages, []);
      assert.deepEqual(error, {
        code: "frame-length",
        offset: 0,
        found: length,
        expected: "6 to 1048576",
        firstBytes: `030000000${length}000102`,
      });
    }
  });

  it("refuses other versions at their first byte", () => {
    for (const version of [0, 1, 2, 5, 0x47, 0xff]) {
      const { error } = split([message(6), Uint8Array.of(version)]);
      assert.deepEqual(error, {
        code: "frame-version",
        offset: 6,
        found: version,
        expected: "3 or 4",
        firstBytes: hex(Uint8Array.of(version)),
      });
    }
  });

  it("stays at its error, and takes nothing more", () => {
    const splitter = new FrameSplitter();
    const messages: Uint8Array[] = [];
    const error = push(splitter, Uint8Array.of(9), messages);
    assert.notEqual(error, undefined);
    assert.equal(push(splitter, message(6), messages), error);
    assert.equal(splitter.end(), error);
    assert.deepEqual(messages, []);
  });

  it("says what is not BMP", () => {
    const http = ascii("GET / HTTP/1.1\r\nHost: 192.0.2.1:5000\r\nUser-Agent: x\r\n\r\n");
    const hello = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3);
    const cases: [Uint8Array, number, string | undefined][] = [
      [http, 0x47, "HTTP"],
      [ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0x50, "HTTP"],
      [hello, 0x16, "TLS"],
      [ascii("SSH-2.0-OpenSSH_9.2\r\n"), 0x53, "SSH"],
      [ascii("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"), 0x50, "PROXY protocol"],
      [new Uint8Array(19).fill(0xff), 0xff, "BGP"],
      [new Uint8Array(100), 0, undefined],
      [ascii("hello"), 0x68, undefined],
    ];
    for (const [bytes, found, protocol] of cases) {
      const { error, messages } = split([bytes]);
      assert.equal(error?.code, "frame-version");
      assert.equal(error.offset, 0);
      assert.equal(error.found, found);
      assert.equal(error.firstBytes, hex(bytes.subarray(0, 32)));
      assert.equal(guessProtocol(error.firstBytes), protocol);
      assert.deepEqual(messages, []);
    }
  });

  it("reports a stream that ends within a message", () => {
    const { error, messages } = split([message(20), message(20).subarray(0, 11)]);
    assert.equal(messages.length, 1);
    assert.deepEqual(error, {
      code: "frame-truncated",
      offset: 20,
      found: 11,
      expected: "20",
      firstBytes: hex(message(20).subarray(0, 11)),
    });
    assert.equal(split([Uint8Array.of(3, 0)]).error?.expected, "at least 6");
    assert.equal(split([]).error, undefined);
    assert.equal(split([STREAM]).error, undefined);
  });

  it("gives errors as one line of text", () => {
    const texts = [Uint8Array.of(2), Uint8Array.of(3, 0, 0, 0, 5), Uint8Array.of(3, 0, 0)]
      .map((bytes) => frameErrorText(split([bytes]).error!));
    assert.deepEqual(texts, [
      "Cannot read BMP message at byte 0: found version 2, expected 3 or 4; first bytes 02",
      "Cannot read BMP message at byte 0: found length 5, expected 6 to 1048576; first bytes 0300000005",
      "Cannot read BMP message at byte 0: found 3 bytes, expected at least 6; first bytes 030000",
    ]);
  });

  it("allocates for the bytes that came, not for the length that was declared", () => {
    const bytes = message(100_000);
    const splitter = new FrameSplitter();
    for (let i = 0; i < bytes.length - 1; i += 100) {
      splitter.push(bytes.subarray(i, Math.min(i + 100, bytes.length - 1)), new EntryBatch());
      assert.ok(splitter.allocatedBytes <= Math.max(256, 2 * (i + 100)), `at ${i}`);
    }
    assert.ok(splitter.allocatedBytes <= bytes.length);
  });

  it("gives a large buffer back once its message is complete, and keeps small ones", () => {
    for (const [length, kept] of [[100_000, 0], [4000, 4000]] as const) {
      const bytes = message(length);
      const splitter = new FrameSplitter();
      const messages: Uint8Array[] = [];
      push(splitter, bytes.subarray(0, length - 1), messages);
      push(splitter, bytes.subarray(length - 1), messages);
      assert.deepEqual(messages, [bytes]);
      assert.equal(splitter.allocatedBytes, kept);
    }
  });
});

describe("readMessages", () => {
  it("gives plain arrays also of Node's Buffers, whose slices share memory", async () => {
    const [message] = await Array.fromAsync(readMessages([Buffer.from("030000000604", "hex")]));
    assert.equal(message!.constructor, Uint8Array);
  });

  async function collect(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    const messages: Uint8Array[] = [];
    let fault: unknown;
    try {
      for await (const bytes of readMessages(chunks)) messages.push(bytes.slice());
    } catch (error) {
      fault = error;
    }
    return { messages, fault };
  }

  it("yields the messages of arrays and streams of chunks", async () => {
    const chunks = [STREAM.subarray(0, 57), STREAM.subarray(57, 80), STREAM.subarray(80)];
    assert.deepEqual((await collect(chunks)).messages, MESSAGES);
    assert.deepEqual((await collect(new Blob(chunks as BlobPart[]).stream())).messages, MESSAGES);
  });

  it("throws after the messages before the fault, and at an end within a message", async () => {
    const broken = await collect([concat([...MESSAGES, Uint8Array.of(0)])]);
    assert.deepEqual(broken.messages, MESSAGES);
    assert.ok(broken.fault instanceof FrameFault);
    assert.equal(broken.fault.error.offset, STREAM.length);
    assert.match(broken.fault.message, /^Cannot read BMP message at byte 367: found version 0/);
    const cut = await collect([STREAM.subarray(0, 366)]);
    assert.deepEqual(cut.messages, MESSAGES.slice(0, 4));
    assert.ok(cut.fault instanceof FrameFault);
    assert.equal(cut.fault.error.code, "frame-truncated");
  });
});

function hex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 32), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
