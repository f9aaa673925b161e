/** Measures how the time of a message grows with its size. */
import assert from "node:assert/strict";
import { ENTRY_DONE } from "../../src/formats/formatter.ts";
import { createGobmpFormatter, type GobmpFormatter } from "../../src/formats/gobmp/mod.ts";
import { Output } from "../../src/formats/output.ts";
import { Entry, EntryKind } from "../../src/journal/types.ts";
import { peerUp } from "../building.ts";
import { fromHex } from "../decoding.ts";

export const GROWTH = 4;
/** Four times the input may take this many times the time; quadratic code takes 16 times. */
export const RATIO_MAX = 8;
const ATTEMPTS = 5;
/** A measurement takes at least this long, so that the clock can tell. */
const MEASURE_MS_MIN = 8;

/** A formatter with an open session and a peer that is up. */
export class Machine {
  readonly #formatter: GobmpFormatter;
  readonly #out: Output;
  readonly #entry = new Entry();
  bytesOut = 0;
  calls = 0;

  constructor(softLimit: number) {
    this.#out = new Output(softLimit, true);
    this.#formatter = createGobmpFormatter({
      collector: "test",
      routerIdentity: "peer-local",
      extraFields: true,
      splitAf: true,
    });
    const info = {
      session: "s",
      source: "192.0.2.9",
      source_port: 1,
      listener: "l",
      parallel: false,
    };
    this.#entry.kind = EntryKind.open;
    this.play(new TextEncoder().encode(JSON.stringify(info)));
    this.#entry.kind = EntryKind.frame;
    this.play(fromHex(peerUp()));
  }

  play(bytes: Uint8Array): void {
    const entry = this.#entry;
    entry.bytes = bytes;
    entry.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    entry.end = bytes.length;
    entry.sequence++;
    for (let part = 0; part !== ENTRY_DONE; this.calls++) {
      part = this.#formatter.entry(entry, this.#out, part);
      this.bytesOut += this.#out.pos;
      this.#out.clear();
    }
  }
}

/** Larger than all that one message becomes. */
const ONE_BATCH_BYTES = 64 * 1024 * 1024;

/** What one message takes. */
export function measure(
  bytes: Uint8Array,
  softLimit: number,
): { timeMs: number; bytesOut: number } {
  const machine = new Machine(softLimit);
  machine.play(bytes);
  machine.bytesOut = 0;
  let count = 0;
  const start = performance.now();
  let passed = 0;
  while (passed < MEASURE_MS_MIN) {
    machine.play(bytes);
    count++;
    passed = performance.now() - start;
  }
  return { timeMs: passed / count, bytesOut: machine.bytesOut / count };
}

/** Fails when all of some attempts to measure a ratio give one that is too large. */
export function assertRatio(ratio: () => number, max: number): void {
  const ratios = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const measured = ratio();
    if (measured < max) return;
    ratios.push(measured.toFixed(1));
  }
  assert.fail(`${GROWTH} times the size takes ${ratios.join(", ")} times as much, not ${max}`);
}

/** Fails unless the time grows about as the size does; `large` is {@linkcode GROWTH} times `small`. */
export function assertLinear(small: Uint8Array, large: Uint8Array): void {
  const time = (bytes: Uint8Array): number => measure(bytes, ONE_BATCH_BYTES).timeMs;
  assertRatio(() => time(large) / time(small), RATIO_MAX);
}
