/** Collectors that write to Kafka, and clients alone with the same records. */
import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { pipeline } from "node:stream/promises";
import { Brokers, findKafka } from "../integration/kafka/brokers.ts";
import { LogReader } from "../integration/kafka/reader.ts";
import { type BenchRuntime, type Contestant, ROOT, shipped } from "./contestants.ts";
import { findProgram } from "./measured.ts";
import type { Load } from "./run.ts";
import { type Server, withDestination } from "./servers.ts";

/** Of the stream whose records the clients send over and over: some 60,000. */
const HEAD_BYTES = 2 * 1024 * 1024;
const RECORDS_BYTES_MAX = 256 * 1024 * 1024;

/** How to start a broker; undefined where Java is missing. */
export function kafkaServer(): (() => Promise<Server>) | undefined {
  if ("skip" in findKafka()) return undefined;
  // Started to last: with the optimising compiler.
  process.env.EDGEBMP_KAFKA_JVM = "-XX:+TieredCompilation";
  return async () => {
    // The others do not make their topics themselves.
    const brokers = await Brokers.start(1, "auto.create.topics.enable=true");
    const reader = new LogReader([brokers.port()]);
    return {
      port: brokers.port(),
      makeTopic: (name) => reader.createTopic(name, 1),
      records: async () => {
        const ends = await reader.ends();
        return ends.length === 0 ? undefined : ends.reduce((sum, end) => sum + end, 0);
      },
      stop: async () => {
        await reader.close();
        await brokers.stop();
      },
    };
  };
}

/** This collector with OpenBMP's rows, the same ones as openbmpd: attributes with each UPDATE, nothing compressed. */
export function parsedCollectors(collectors: readonly Contestant[]): Contestant[] {
  return withDestination(collectors, "--config={config}").map((contestant) => ({
    ...contestant,
    config: `version: 1
admin_id: bench
sinks:
  - name: openbmp
    type: kafka
    brokers: 127.0.0.1:{port2}
    format: openbmp-parsed
    compression: none
    resend_interval_ms: 0
`,
    recordsPer: "update",
  }));
}

/** Other collectors, by recipe; those that do not have goBMP's flags. */
export function kafkaPeers(folder: string | undefined): Contestant[] {
  const peers: Contestant[] = [];
  const openbmpd = join(folder ?? "", "bin/openbmpd");
  if (folder !== undefined && existsSync(openbmpd)) {
    peers.push({
      name: "openbmpd",
      command: [openbmpd, "-f", "-c", "{config}", "-l", "{out}"],
      config: `base:
  admin_id: bench
  listen_port: {port}
kafka:
  brokers: ["127.0.0.1:{port2}"]
  compression.codec: none
  topics:
    names:
      bmp_raw: ""
`,
      recordsPer: "update",
    });
  }
  const pmbmpd = findProgram("pmbmpd");
  if (pmbmpd !== undefined) {
    peers.push({
      name: "pmbmpd",
      command: [pmbmpd, "-f", "{config}"],
      config: `daemonize: false
bmp_daemon_ip: 127.0.0.1
bmp_daemon_port: {port}
bmp_daemon_max_peers: 4
bmp_daemon_msglog_output: json
bmp_daemon_msglog_kafka_broker_host: 127.0.0.1
bmp_daemon_msglog_kafka_broker_port: {port2}
bmp_daemon_msglog_kafka_topic: pmbmpd
`,
      topic: "pmbmpd",
    });
  }
  return peers;
}

/**
 * Clients without a collector: the sinks of this one, and confluent-kafka where the Python that `EDGEBMP_PYTHON` names has it. All send the
 * records of this collector for a stream, as many as it has prefixes.
 */
export async function readyRecords(
  runtimes: readonly BenchRuntime[],
  load: Load,
  folder: string,
): Promise<Contestant[]> {
  const path = join(folder, "records.json");
  await writeRecords(runtimes[0]!, load, folder, path);
  const args = ["{port}", "127.0.0.1:{port2}", path, String(load.prefixes)];
  const sinks = runtimes.map((runtime) => ({
    name: `edgebmp ${runtime.name}, sink`,
    command: [
      ...runtime.command,
      ...shipped(runtime).filter((flag) => !flag.startsWith("--allow-")),
      ...(runtime.name === "deno" ? ["--allow-all"] : []),
      join(ROOT, "tests/bench/kafka_sink.ts"),
      ...args,
    ],
  }));
  const python = process.env.EDGEBMP_PYTHON ?? "python3";
  if (spawnSync(python, ["-c", "import confluent_kafka"]).status !== 0) return sinks;
  const script = join(ROOT, "tests/bench/librdkafka.py");
  return [...sinks, { name: "confluent-kafka", command: [python, script, ...args] }];
}

/** Writes the records of the first part of a stream. */
async function writeRecords(
  { command }: BenchRuntime,
  load: Load,
  folder: string,
  path: string,
): Promise<void> {
  const allow = command.includes("run") ? ["--allow-read", "--allow-env", "--allow-sys"] : [];
  const head = join(folder, "head.bmp");
  await pipeline(createReadStream(load.path, { end: HEAD_BYTES - 1 }), createWriteStream(head));
  const { stdout } = spawnSync(
    command[0]!,
    [...command.slice(1), ...allow, join(ROOT, "mod.ts"), "decode", head],
    { maxBuffer: RECORDS_BYTES_MAX },
  );
  // All but the first few are of routes.
  await writeFile(path, stdout);
}
