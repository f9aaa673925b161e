// A stream with holes and damage: sound messages are found, and every byte is a message's or is said to be none's.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessageFinder } from "../../src/bmp/message_finder.ts";
import { Random } from "../../src/generate/random.ts";
import { EVERY_KIND, joined } from "../property/streams.ts";

const STREAM = joined(EVERY_KIND);
const HEX = new Set(EVERY_KIND.map(hex));

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");
}

/** What a finder gives: messages as hex, and the ranges of the stream in order. */
class Collected {
  readonly messages: string[] = [];
  readonly ranges: { kind: string; start: number; end: number }[] = [];
  readonly finder: MessageFinder;

  constructor(isMidStream = false, messageBytesMax = 1024 * 1024) {
    const note = (kind: string, start: number, length: number): void => {
      this.ranges.push({ kind, start, end: start + length });
    };
    this.finder = new MessageFinder(
      {
        message: (bytes, offset) => {
          this.messages.push(hex(bytes));
          note("message", offset, bytes.length);
        },
        skipped: (bytes, offset) => note("skipped", offset, bytes.length),
      },
      isMidStream,
      messageBytesMax,
    );
  }

  /** Plays the bytes in chunks of this size, and ends. */
  play(bytes: Uint8Array, chunkBytes = 1000): this {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      this.finder.push(bytes.slice(at, at + chunkBytes));
    }
    this.finder.end();
    return this;
  }

  /** All bytes are accounted for, once each. */
  check(length: number): void {
    let pos = 0;
    for (const { start, end } of this.ranges) {
      assert.equal(start, pos);
      pos = end;
    }
    assert.equal(pos, length);
  }
}

describe("MessageFinder", () => {
  it("gives the messages of a sound stream, in chunks of any size", () => {
    for (const chunkBytes of [1, 5, 6, 7, 100, STREAM.length]) {
      const found = new Collected().play(STREAM, chunkBytes);
      assert.deepEqual(found.messages, EVERY_KIND.map(hex));
      found.check(STREAM.length);
      assert.ok(found.ranges.every(({ kind }) => kind === "message"));
    }
  });

  it("finds the next message from anywhere, in chunks of any size", () => {
    for (let from = 1; from < STREAM.length - 400; from += 11) {
      const tail = STREAM.slice(from);
      const found = new Collected(true).play(tail, 1 + from % 300);
      found.check(tail.length);
      assert.ok(found.messages.length > 0);
      for (const message of found.messages) assert.ok(HEX.has(message), `from ${from}: made up`);
      assert.equal(found.messages.at(-1), hex(EVERY_KIND.at(-1)!));
    }
  });

  it("goes on behind bytes that are no messages", () => {
    const noise = new Uint8Array(333).fill(3);
    const found = new Collected().play(joined([EVERY_KIND[0]!, noise, ...EVERY_KIND]), 50);
    found.check(EVERY_KIND[0]!.length + noise.length + STREAM.length);
    assert.equal(found.messages.length, EVERY_KIND.length + 1);
  });

  it("goes on behind a hole, whose bytes count", () => {
    const found = new Collected();
    found.finder.push(STREAM.slice(0, 500));
    found.finder.lose(70);
    found.play(STREAM.slice(570));
    assert.ok(found.messages.length > EVERY_KIND.length - 5);
    for (const message of found.messages) assert.ok(HEX.has(message));
    assert.equal(found.ranges.at(-1)!.end, STREAM.length);
  });

  it("any damage: every byte is accounted for", () => {
    const random = new Random(11);
    for (let i = 0; i < 200; i++) {
      const damaged = STREAM.slice(0, 1 + random.below(STREAM.length));
      for (let n = 0; n < 10; n++) damaged[random.below(damaged.length)] = random.below(256);
      const isMidStream = random.chance(0.5);
      new Collected(isMidStream).play(damaged, 1 + random.below(2000)).check(damaged.length);
    }
  });

  it("takes time and memory by the bytes that come, whatever lengths they claim", () => {
    // Headers of messages of 1 MiB, one at each byte that could be one.
    const claims = new Uint8Array(300_000).map((_, i) => [3, 0, 15, 0, 0, 0][i % 6]!);
    const start = performance.now();
    const found = new Collected(true).play(claims, 4096);
    found.check(claims.length);
    assert.deepEqual(found.messages, []);
    assert.ok(performance.now() - start < 5000);
  });
});
