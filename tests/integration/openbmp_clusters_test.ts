/** Raw messages in every variant and parsed ones, together, on one Kafka cluster and on two; what happens to one of them is nothing to the other. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { playStream } from "../formats/openbmp_parsed/compare_rows.ts";
import { rowsOf } from "../formats/openbmp_parsed/player.ts";
import { readRawMessage, readTextMessage } from "../formats/openbmp_raw/reader.ts";
import { freePort } from "../ports.ts";
import { split } from "../upstreams/messages.ts";
import { Brokers, findKafka } from "./kafka/brokers.ts";
import { LogReader } from "./kafka/reader.ts";
import { Router } from "./openbmp/bench.ts";
import { collectorCommand, describeWith, Program, temporaryFolder, waitFor } from "./programs.ts";

const TEST = { timeout: 150_000 };
const WAIT_MS = 60_000;
const STREAM = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../data/gobgpd-session.bmp", import.meta.url))),
);
const MESSAGES = split(STREAM);
/** What has no time of receipt. */
const ROWS_COMPARED = ["unicast_prefix", "base_attribute"] as const;

/** Variants of raw messages, by topic. */
const RAW: Readonly<Record<string, (record: Uint8Array) => Uint8Array>> = {
  "openbmp.bmp_raw": (record) => readRawMessage(record).message,
  "gobmp.raw": (record) => readRawMessage(record).message,
  "text.bmp_raw": (record) => readTextMessage(record).message,
};

/** Of text with one octet a character. */
function octets(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

class Cluster {
  readonly brokers: Brokers;
  readonly reader: LogReader;

  private constructor(brokers: Brokers) {
    this.brokers = brokers;
    this.reader = new LogReader([brokers.port()], (bytes) => Buffer.from(bytes).toString("latin1"));
  }

  static async start(): Promise<Cluster> {
    return new Cluster(await Brokers.start(1));
  }

  /** Waits until all of the sessions of these routers is there, once, in every format. */
  async has(...sources: readonly string[]): Promise<void> {
    const expected = sources.flatMap(() => MESSAGES);
    for (const [topic, messageOf] of Object.entries(RAW)) {
      await this.#until(topic, expected.length);
      const records = await this.reader.all(topic, 0);
      assert.deepEqual(records.map(({ value }) => messageOf(octets(value))), expected);
    }
    // All routers here have one name.
    const options = { collector: "edge1", routerNaming: "address", resendMs: 600_000 } as const;
    const parsed = sources.flatMap((source) => playStream(STREAM, source, options));
    for (const type of ROWS_COMPARED) {
      const topic = `openbmp.parsed.${type}`;
      await this.#until(topic, parsed.filter((record) => record.type === type).length);
      const found = (await this.reader.all(topic, 0)).flatMap(({ value }) => {
        const text = new TextDecoder().decode(octets(value));
        return text.slice(text.indexOf("\n\n") + 2).split("\n").slice(0, -1);
      });
      assert.ok(found.length > 0);
      assert.deepEqual(found, rowsOf(parsed, type).map((row) => row.join("\t")), type);
    }
  }

  async #until(topic: string, count: number): Promise<void> {
    for (const deadline = Date.now() + WAIT_MS;; await sleep(100)) {
      const found = await this.reader.count(topic).catch(() => 0);
      if (found >= count) return;
      if (Date.now() > deadline) {
        throw new Error(`Cannot read ${count} of ${topic}: found ${found}`);
      }
    }
  }

  async stop(): Promise<void> {
    await this.reader.close();
    await this.brokers.stop();
  }
}

describeWith(findKafka(), "OpenBMP raw and parsed messages together", () => {
  let clusters: Cluster[] = [];
  let program: Program;
  let port: number;

  before(async () => {
    clusters = await Promise.all([Cluster.start(), Cluster.start()]);
    port = await freePort();
    const folder = await temporaryFolder("clusters");
    const sink = (cluster: number, name: string, format: string, ...lines: string[]) => [
      `  - name: ${name}-${cluster}`,
      "    type: kafka",
      `    brokers: ${clusters[cluster]!.brokers.addresses}`,
      `    format: ${format}`,
      ...lines.map((line) => `    ${line}`),
    ];
    const config = join(folder, "edgebmp.yaml");
    await writeFile(
      config,
      [
        "version: 1",
        "admin_id: edge1",
        `listen: [{ address: 127.0.0.1, port: ${port} }]`,
        "sinks:",
        ...clusters.flatMap((_, i) => [
          ...sink(i, "parsed", "openbmp-parsed", "router_hash: address"),
          ...sink(i, "binary", "openbmp-raw", "profile: openbmp"),
          ...sink(i, "gobmp", "openbmp-raw", "profile: gobmp"),
          ...sink(i, "text", "openbmp-raw", "profile: text", "topic: text.bmp_raw"),
        ]),
        "",
      ].join("\n"),
    );
    const command = [...collectorCommand(), `--config=${config}`, "--performance-port=0"];
    program = new Program("collector", command, folder);
    await waitFor("a listener", () => program.log.includes("listening"), [program]);
  });
  after(async () => {
    await program?.stop();
    for (const cluster of clusters) await cluster.stop();
  });

  const play = async (source: string) => {
    const router = await Router.connect(port, source);
    router.send(STREAM);
    return router;
  };

  it("are all of a session, each as if it were alone", TEST, async () => {
    const router = await play("127.0.0.1");
    for (const cluster of clusters) await cluster.has("127.0.0.1");
    router.end();
  });

  it("go on on one cluster while the other is away, which gets the rest later", TEST, async () => {
    const [first, second] = clusters;
    await second!.brokers.down();
    const router = await play("127.0.0.2");
    await first!.has("127.0.0.1", "127.0.0.2");
    await second!.brokers.up();
    await second!.has("127.0.0.1", "127.0.0.2");
    router.end();
  });
});
