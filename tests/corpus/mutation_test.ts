// Recorded messages with random damage: no crash, only whole records, and the session goes on.
import assert from "node:assert/strict";
import { it } from "node:test";
import process from "node:process";
import { FrameFault, readMessages } from "../../src/bmp/frame.ts";
import { createGobmpFormatter } from "../../src/formats/gobmp/mod.ts";
import { Random } from "../../src/generate/random.ts";
import { formatFrames } from "../formats/gobmp/format_frames.ts";
import { describeCorpus, readStream, streamNames } from "./corpus.ts";
import { type Frame, splitFrames } from "./frames.ts";

/** Mutated messages in one run; EDGEBMP_SOAK makes it long. */
const MESSAGES = process.env["EDGEBMP_SOAK"] === undefined ? 20_000 : 1_000_000;
/** Damaged copies of each stream. */
const STREAM_COPIES = process.env["EDGEBMP_SOAK"] === undefined ? 10 : 500;
const TIMEOUT_MS = 900_000;
/** Messages of one session: enough to keep the Peer Ups in front of the routes. */
const SESSION_MESSAGES = 200;
const COMMON_HEADER_BYTES = 6;

const seed = Number(process.env["EDGEBMP_SEED"] ?? Math.floor(Math.random() * 2 ** 32));

describeCorpus(`damaged messages, EDGEBMP_SEED=${seed}`, () => {
  const random = new Random(seed);
  const streams = streamNames().map((name) => ({ name, bytes: readStream(name) }))
    .map((it) => ({ ...it, frames: splitFrames(it.bytes) }));

  it(`${MESSAGES} of them cost no more than themselves`, { timeout: TIMEOUT_MS }, () => {
    for (let done = 0; done < MESSAGES;) {
      const { name, bytes, frames } = streams[random.below(streams.length)]!;
      const first = random.chance(0.5) ? 0 : random.below(frames.length);
      const session = frames.slice(first, first + SESSION_MESSAGES);
      const damaged = session.map((frame) =>
        random.chance(0.8) ? damage(bytes, frame, random) : bytes.slice(frame.start, frame.end)
      );
      done += session.length;
      try {
        for (const records of formatFrames(formatter(), damaged)) {
          for (const record of records) {
            assert.ok(record.type > 0 && typeof record.data === "object");
          }
        }
      } catch (cause) {
        throw new Error(
          `Cannot format damaged messages ${first} to ${
            first + session.length
          } of "${name}", EDGEBMP_SEED=${seed}`,
          { cause },
        );
      }
    }
  });

  it("a stream damaged or cut anywhere, lengths and versions too, in any chunks", {
    timeout: TIMEOUT_MS,
  }, async () => {
    for (const { name, bytes, frames } of streams) {
      for (let i = 0; i < STREAM_COPIES; i++) {
        const damaged = bytes.slice(
          0,
          random.chance(0.5) ? bytes.length : random.below(bytes.length),
        );
        for (let n = random.below(20); n > 0; n--) {
          damaged[random.below(damaged.length)] = random.below(256);
        }
        const messages: Uint8Array[] = [];
        try {
          for await (const message of readMessages(chunks(damaged, random))) {
            messages.push(message.slice());
          }
        } catch (error) {
          assert.ok(error instanceof FrameFault, `${name}: ${error}`);
        }
        assert.ok(messages.length <= frames.length + damaged.length / COMMON_HEADER_BYTES);
        const some = messages.slice(0, SESSION_MESSAGES);
        assert.equal(formatFrames(formatter(), some).length, some.length, name);
      }
    }
  });

  it("a message cut short anywhere", { timeout: TIMEOUT_MS }, () => {
    for (const { name, bytes, frames } of streams) {
      for (let i = 0; i < Math.min(frames.length, 60); i++) {
        const peers = frames.slice(0, i).map((it) => bytes.slice(it.start, it.end));
        const { start, end } = frames[i]!;
        const cuts = Array.from(
          { length: 4 },
          () => COMMON_HEADER_BYTES + random.below(end - start - COMMON_HEADER_BYTES + 1),
        );
        const cut = cuts.map((length) => withLength(bytes.slice(start, start + length)));
        assert.equal(formatFrames(formatter(), [...peers, ...cut]).length, i + cut.length, name);
      }
    }
  });
});

function formatter(): ReturnType<typeof createGobmpFormatter> {
  return createGobmpFormatter({
    collector: "test",
    routerIdentity: "peer-local",
    extraFields: true,
    splitAf: true,
  });
}

/** The message with bytes changed, put in, taken out, or its end cut off; its length is made to fit. */
function damage(stream: Uint8Array, { start, end }: Frame, random: Random): Uint8Array {
  let bytes: Uint8Array = stream.slice(start, end);
  const changes = 1 + random.below(4);
  for (let i = 0; i < changes && bytes.length > COMMON_HEADER_BYTES; i++) {
    const at = COMMON_HEADER_BYTES + random.below(bytes.length - COMMON_HEADER_BYTES);
    const kind = random.below(8);
    if (kind === 0) {
      bytes = bytes.slice(0, at);
    } else if (kind === 1) {
      bytes = joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(4)));
    } else if (kind === 2) {
      const from = random.below(bytes.length);
      bytes = joined(bytes.subarray(0, at), bytes.subarray(from, from + 8), bytes.subarray(at));
    } else if (kind === 3) {
      bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)]!;
    } else if (kind === 4) {
      bytes[at] = bytes[at]! + (random.chance(0.5) ? 1 : -1);
    } else {
      bytes[at] = random.below(256);
    }
  }
  if (random.chance(0.02)) bytes[5] = random.below(12);
  return withLength(bytes);
}

function* chunks(bytes: Uint8Array, random: Random): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + random.below(random.chance(0.5) ? 16 : 65536);
    yield bytes.subarray(start, end);
    start = end;
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** With the message's own length in its header. */
function withLength(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(1, bytes.length);
  return bytes;
}
