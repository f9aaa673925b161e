/** The library beside the program: the same records, whatever the chunks are, and nothing happens on import. */
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import {
  type BmpRecord,
  decodeMessage,
  decodeRecords,
  FrameFault,
  isFault,
  readMessages,
  RecordDecoder,
  type RecordDecoderOptions,
} from "../mod.ts";
import { runProgram } from "./cli/program.ts";

const PATH = fileURLToPath(new URL("data/gobgpd-session.bmp", import.meta.url));
const STREAM = new Uint8Array(readFileSync(PATH));
const OPTIONS: RecordDecoderOptions = {
  collector: "box",
  source: "192.0.2.7",
  nowUs: () => Date.parse("2026-01-31T12:00:00Z") * 1000,
};

async function recordsOf(chunks: Iterable<Uint8Array>, options = OPTIONS): Promise<BmpRecord[]> {
  return await Array.fromAsync(decodeRecords(chunks, options));
}

/** The stream in chunks that end at the given places. */
function cutAt(stream: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.toSorted((a, b) => a - b), stream.length];
  // Copies, so that nothing can be read out of the neighbouring chunk.
  return ends.map((end, i) => stream.slice(ends[i - 1] ?? 0, end));
}

describe("the library", () => {
  it("gives the records that the program prints", async () => {
    for (
      const [args, options] of [
        [[], {}],
        [["--extra-fields=false", "--split-af=false"], { extraFields: false, splitAf: false }],
        [["--router-identity=sysname"], { routerIdentity: "sysname" }],
      ] as const
    ) {
      const exit = await runProgram([
        "decode",
        PATH,
        "--source-ip=192.0.2.7",
        "--admin-id=box",
        "--received-at=2026-01-31T12:00:00Z",
        ...args,
      ]);
      const lines = exit.stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
      const records = await recordsOf([STREAM], { ...OPTIONS, ...options });
      assert.deepEqual(
        records.map(({ type, key, data }) => ({ msg_type: type, msg_hash: key, msg_data: data })),
        lines,
      );
    }
  });

  it("gives the same records for any chunks", async () => {
    const whole = await recordsOf([STREAM]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(STREAM.length), { maxLength: 200 }), async (places) => {
        assert.deepEqual(await recordsOf(cutAt(STREAM, places)), whole);
      }),
      { numRuns: 15 },
    );
    assert.deepEqual(await recordsOf(Array.from(STREAM, (octet) => Uint8Array.of(octet))), whole);
  });

  it("loses no record to a broken stream, however it is cut", async () => {
    const whole = await recordsOf([STREAM]);
    const broken = Uint8Array.from([...STREAM, 9, 9, 9]);
    fc.assert(
      fc.property(fc.array(fc.nat(broken.length), { maxLength: 5 }), (places) => {
        const decoder = new RecordDecoder(OPTIONS);
        const records = cutAt(broken, places).flatMap((chunk) => decoder.push(chunk));
        assert.deepEqual(
          [decoder.error?.code, decoder.error?.offset],
          ["frame-version", STREAM.length],
        );
        records.push(...decoder.end());
        assert.deepEqual(records.slice(0, -1), whole.slice(0, -1));
        assert.equal(records.at(-1)?.data["reason"], "frame");
      }),
      { numRuns: 15 },
    );
    const seen: BmpRecord[] = [];
    await assert.rejects(async () => {
      for await (const record of decodeRecords([broken], OPTIONS)) seen.push(record);
    }, FrameFault);
    assert.equal(seen.length, whole.length);
  });

  it("says when a stream ends within a message", async () => {
    const decoder = new RecordDecoder(OPTIONS);
    decoder.push(STREAM.subarray(0, -1));
    assert.deepEqual([decoder.error], [undefined]);
    const last = decoder.end().at(-1);
    assert.equal(decoder.error?.code, "frame-truncated");
    assert.deepEqual([last?.data["action"], last?.data["reason"]], ["closed", "closed"]);
    await assert.rejects(() => recordsOf([STREAM.subarray(0, -1)]), FrameFault);
  });

  it("keeps sessions apart", () => {
    const [a, b] = [new RecordDecoder(OPTIONS), new RecordDecoder(OPTIONS)];
    const middle = STREAM.length >> 1;
    const first = [a.push(STREAM.subarray(0, middle)), b.push(STREAM.subarray(0, middle))];
    const second = [a.push(STREAM.subarray(middle)), b.push(STREAM.subarray(middle))];
    assert.deepEqual([first[0], second[0]], [first[1], second[1]]);
  });

  it("decodes every message of a session", async () => {
    const kinds = new Map<string, number>();
    for await (const message of readMessages([STREAM])) {
      const { kind } = decodeMessage(message);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    assert.deepEqual(
      [...kinds.keys()].sort(),
      ["initiation", "peer-down", "peer-up", "route-monitoring", "statistics-report"],
    );
    assert.throws(() => decodeMessage(Uint8Array.of(3, 0, 0)), isFault);
  });

  it("does nothing on import", () => {
    const child = fileURLToPath(new URL("import_child.ts", import.meta.url));
    // Deno grants nothing here, so a look at files, environment or network would fail.
    const args = "Deno" in globalThis ? ["run", "--no-prompt", child] : [child];
    const output = execFileSync(process.execPath, args, { encoding: "utf8", timeout: 30_000 });
    assert.deepEqual(JSON.parse(output), {
      done: [],
      names: [
        "FrameFault",
        "RecordDecoder",
        "decodeMessage",
        "decodeRecords",
        "faultText",
        "isFault",
        "readMessages",
      ],
    });
  });
});
