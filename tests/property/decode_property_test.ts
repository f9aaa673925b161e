// What holds for every stream: its chunks make no difference, and no damage costs more than the message that has it.
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FrameSplitter } from "../../src/bmp/frame.ts";
import { COMMON_HEADER_BYTES } from "../../src/bmp/peer_header.ts";
import { Random } from "../../src/generate/random.ts";
import { EntryBatch } from "../../src/journal/types.ts";
import { Player } from "../formats/gobmp/sessions.ts";
import { damage } from "./damage.ts";
import { EVERY_KIND, joined, messagesOf, streams, withLength } from "./streams.ts";

/** Damaged messages in one run; many for a soak. */
const FUZZ_MESSAGES = Number(process.env["EDGEBMP_FUZZ_MESSAGES"] ?? 20_000);
const SEED = Number(process.env["EDGEBMP_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
/** Messages of one session: enough for Peer Ups to stand before their routes. */
const SESSION_MESSAGES = 150;
const HEAP_GROWTH_BYTES_MAX = 192 * 1024 * 1024;

const STREAMS = streams();

/** The messages of a stream that comes in these chunks. */
function* framed(chunks: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const splitter = new FrameSplitter();
  const batch = new EntryBatch();
  for (const chunk of chunks) {
    batch.clear();
    assert.equal(splitter.push(chunk, batch), undefined);
    for (let i = 0; i < batch.count; i++) {
      yield batch.sources[i]!.subarray(batch.starts[i]!, batch.ends[i]!);
    }
  }
}

/** The records of a stream that comes in these chunks. */
function recordsOf(chunks: Iterable<Uint8Array>): string {
  const player = new Player();
  player.open();
  for (const message of framed(chunks)) player.bytes(message);
  player.close();
  return player.text;
}

describe("the chunks of a stream make no difference", () => {
  for (const [name, stream] of STREAMS) {
    it(name, () => {
      const whole = recordsOf([stream]);
      const size = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20_000 }));
      fc.assert(
        fc.property(fc.infiniteStream(size), (sizes) => {
          function* chunks(): Iterable<Uint8Array> {
            for (let pos = 0; pos < stream.length;) {
              const end = Math.min(stream.length, pos + sizes.next().value);
              yield stream.slice(pos, end);
              pos = end;
            }
          }
          assert.ok(recordsOf(chunks()) === whole, "records differ");
        }),
        { numRuns: 5 },
      );
    });
  }

  it("split in two at every byte: the same messages", () => {
    const stream = STREAMS.get("every kind")!;
    for (let at = 0; at <= stream.length; at++) {
      const messages = [...framed([stream.slice(0, at), stream.slice(at)])];
      assert.deepEqual(joined(messages), stream, `at ${at}`);
      assert.equal(messages.length, EVERY_KIND.length, `at ${at}`);
    }
  });
});

describe("a message cut at every byte costs no more than itself", () => {
  for (const [name, stream] of STREAMS) {
    it(name, () => {
      const messages = messagesOf(stream);
      const last = messages.at(-1)!;
      const cutMessages = name === "every kind" ? messages : messages.slice(0, 12);
      for (const [i, message] of cutMessages.entries()) {
        const player = new Player();
        player.open();
        for (const before of messages.slice(0, i)) player.bytes(before);
        for (let length = COMMON_HEADER_BYTES; length < message.length; length++) {
          player.bytes(withLength(message.slice(0, length)));
        }
        player.bytes(last);
        player.close();
      }
    });
  }
});

describe(`damaged messages, EDGEBMP_SEED=${SEED}`, () => {
  it(`${FUZZ_MESSAGES} of them cost no more than themselves`, () => {
    const random = new Random(SEED);
    const sources = [...STREAMS.values()].map(messagesOf);
    const heapBefore = process.memoryUsage().heapUsed;
    for (let done = 0; done < FUZZ_MESSAGES;) {
      const source = sources[random.below(sources.length)]!;
      const first = random.chance(0.5) ? 0 : random.below(source.length);
      const player = new Player({
        extraFields: random.chance(0.8),
        softLimit: random.chance(0.2) ? 1000 : 1024 * 1024,
      });
      player.open();
      for (const message of source.slice(first, first + SESSION_MESSAGES)) {
        const damaged = random.chance(0.8) ? damage(message, source, random) : message;
        try {
          player.bytes(damaged);
        } catch (cause) {
          const hex = Array.from(damaged, (it) => it.toString(16).padStart(2, "0")).join("");
          throw new Error(`Cannot format "${hex}", EDGEBMP_SEED=${SEED}`, { cause });
        }
        player.text = "";
        done++;
      }
      player.close();
    }
    const growth = process.memoryUsage().heapUsed - heapBefore;
    assert.ok(growth < HEAP_GROWTH_BYTES_MAX, `the heap grew by ${growth} bytes`);
  });
});
