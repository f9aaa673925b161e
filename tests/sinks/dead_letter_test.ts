import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import {
  type DeadLetterOptions,
  deadLetterPath,
  DeadLetters,
} from "../../src/sinks/dead_letter.ts";
import { utf8 } from "../../src/wire/writer.ts";

async function inFolder(
  test: (path: string, make: (options?: Partial<DeadLetterOptions>) => DeadLetters) => Promise<
    void
  >,
): Promise<{ metrics: Metrics; log: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "edgebmp-dead-"));
  const metrics = new Metrics();
  const lines: string[] = [];
  const log = new Log("info", "text", (line) => lines.push(line));
  const path = join(folder, "dead.jsonl");
  try {
    await test(path, (options) => new DeadLetters({ sink: "s", path, metrics, log, ...options }));
  } finally {
    await rm(folder, { recursive: true });
  }
  return { metrics, log: lines };
}

const LETTER = { topic: "t", key: "k", reason: "MESSAGE_TOO_LARGE", value: utf8('{"a":"é"}') };

async function linesOf(path: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(path, "utf8");
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("DeadLetters", () => {
  it("writes one line per record, in order, text or base64", async () => {
    const { metrics } = await inFolder(async (path, make) => {
      const letters = make();
      const value = new Uint8Array([0xff, 0x00]);
      const first = letters.write(LETTER);
      const second = letters.write({ ...LETTER, key: "", value });
      value.fill(1);
      await Promise.all([first, second]);
      const [text, binary] = await linesOf(path);
      assert.match(String(text?.time), /^\d{4}-\d\d-\d\dT/);
      assert.deepEqual({ ...text, time: 0 }, {
        time: 0,
        sink: "s",
        topic: "t",
        key: "k",
        reason: "MESSAGE_TOO_LARGE",
        text: '{"a":"é"}',
      });
      assert.equal(binary?.base64, "/wA=");
      assert.equal(binary?.key, "");
    });
    assert.equal(metrics.total("edgebmp_dead_letters_total"), 2);
    assert.equal(metrics.total("edgebmp_dead_letters_dropped_total"), 0);
  });

  it("begins a new line behind a torn one", async () => {
    await inFolder(async (path, make) => {
      await appendFile(path, '{"torn');
      await make().write(LETTER);
      await make().write(LETTER);
      const [torn, ...lines] = (await readFile(path, "utf8")).split("\n");
      assert.equal(torn, '{"torn');
      assert.deepEqual(lines.map((line) => line.length > 0), [true, true, false]);
    });
  });

  for (
    const [name, options, reason] of [
      ["without a file", { path: "" }, /no file is configured/],
      ["when the file is full", { bytesMax: 10 }, /the file is full/],
      ["when the file cannot be written", { path: "/proc/none/dead" }, /none/],
    ] as const
  ) {
    it(`${name}, counts and logs what is lost`, async () => {
      const { metrics, log } = await inFolder(async (_, make) => {
        await make(options).write(LETTER);
      });
      assert.equal(metrics.total("edgebmp_dead_letters_total"), 0);
      assert.equal(metrics.total("edgebmp_dead_letters_dropped_total"), 1);
      assert.match(log.join(""), /server refuses record for good.*MESSAGE_TOO_LARGE/);
      assert.match(log.join(""), reason);
      assert.doesNotMatch(log.join(""), /é/);
    });
  }
});

describe("deadLetterPath()", () => {
  for (
    const [file, sink, stateDir, path] of [
      ["/x/dead.jsonl", "kafka", "/spool", "/x/dead.jsonl"],
      ["", "kafka", "/spool", "/spool/refused-kafka.jsonl"],
      ["", "../a b", "/spool", "/spool/refused-.._a_b.jsonl"],
      ["", "kafka", "", ""],
      ["", "kafka", undefined, ""],
    ] as const
  ) {
    it(`"${file}" of ${sink} with ${stateDir}: "${path}"`, () => {
      assert.equal(deadLetterPath(file, sink, stateDir), path);
    });
  }
});
