/** The whole collector, or the executable in `EDGEBMP_BINARY`: what it writes to Kafka is what it writes to a file. */
import { it } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { replayFile } from "../../src/cli/commands/replay.ts";
import { TOPICS } from "../../src/formats/gobmp/topics.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { freePort } from "../ports.ts";
import { Brokers, findKafka } from "./kafka/brokers.ts";
import { LogReader } from "./kafka/reader.ts";
import { collectorCommand, describeWith, type Line, Program, waitFor } from "./programs.ts";

const STREAM = fileURLToPath(new URL("../data/gobgpd-session.bmp", import.meta.url));

describeWith(findKafka(), "collector with Kafka", () => {
  it("sends each record of the file to its topic", { timeout: 60_000 }, async () => {
    const brokers = await Brokers.start(1);
    const reader = new LogReader([brokers.port()]);
    try {
      const lines = await collect(brokers);
      assert.ok(lines.length > 100, `${lines.length} lines`);
      for (const topic of TOPICS) {
        const expected = lines.filter((line) => line.msg_type === topic.messageType);
        const records = await reader.records(topic.name, 0, expected.length);
        assert.deepEqual(
          records.map(({ key, value }) => [key ?? undefined, JSON.parse(value) as unknown]),
          expected.map(({ msg_hash, msg_data }) => [msg_hash, msg_data]),
          topic.name,
        );
      }
      assert.equal(await reader.config(TOPICS[0]!.name, "retention.ms"), "900000");
    } finally {
      await reader.close();
      await brokers.stop();
    }
  });
});

/** Plays a stream to a collector that writes to Kafka and to a file; its lines. */
async function collect(brokers: Brokers): Promise<Line[]> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "edgebmp-collector-"));
  const file = join(folder, "records.json");
  const program = new Program("collector", [
    ...collectorCommand(),
    `--source-port=${port}`,
    "--performance-port=0",
    "--dump=file",
    `--msg-file=${file}`,
    `--kafka-server=${brokers.addresses}`,
    // By the library's WebAssembly, which the executable has to hold.
    "--kafka-compression=lz4",
  ], folder);
  try {
    await waitFor("a listener", () => program.log.includes("listening"), [program]);
    const to = { host: "127.0.0.1", port };
    const { signal } = new AbortController();
    const totals = { sessions: 0, messages: 0, bytes: 0 };
    await replayFile(await loadRuntime(), STREAM, { to, rate: 0, signal }, totals);
    const lines = () => readFileSync(file, "utf8").split("\n").slice(0, -1);
    // The last record is the end of the session.
    await waitFor(
      "all records",
      () => lines().filter((line) => /^\{"msg_type":1000,/.test(line)).length === 2,
      [
        program,
      ],
    );
    return lines().map((line) => JSON.parse(line) as Line);
  } finally {
    await program.stop();
  }
}
