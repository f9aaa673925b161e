/** OpenBMP's collector, which writes rows of text to Kafka. */
import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { isListening } from "../bench/run.ts";
import {
  ROW_TYPES as ALL_ROW_TYPES,
  type RowType as AnyRowType,
} from "../../src/formats/openbmp_parsed/topics.ts";
import { freePort } from "../ports.ts";
import { findKafka } from "./kafka/brokers.ts";
import type { LogReader } from "./kafka/reader.ts";
import { type Found, Program, waitFor } from "./programs.ts";

/** It and the broker that it needs. */
export function findOpenbmpd(): Found {
  const path = join(process.env.EDGEBMP_PEERS ?? "", "bin/openbmpd");
  if (process.env.EDGEBMP_PEERS === undefined || !existsSync(path)) {
    return { skip: "EDGEBMP_PEERS names no openbmpd" };
  }
  const kafka = findKafka();
  return "skip" in kafka ? kafka : { path };
}

export const ROW_TYPES = ["router", "peer", "base_attribute", "unicast_prefix", "l3vpn"] as const;
export type RowType = typeof ROW_TYPES[number];
export type Row = readonly string[];

export const COLLECTOR_NAME = "test";

/** Columns, counted from 0. */
const SEQUENCE = 1;
const HASH = 2;
const ROUTER_TIME = 10;

export class Openbmpd {
  readonly program: Program;
  readonly port: number;
  readonly #root: string;
  readonly #reader: LogReader;

  private constructor(program: Program, port: number, root: string, reader: LogReader) {
    this.program = program;
    this.port = port;
    this.#root = root;
    this.#reader = reader;
  }

  /** @param root of its topics, made here */
  static async start(
    path: string,
    brokerPort: number,
    reader: LogReader,
    root: string,
    wantedPort?: number,
  ): Promise<Openbmpd> {
    // It stops for each record of a topic that is not there.
    const topics = [
      ...ALL_ROW_TYPES.map((type) => [type, `${root}.parsed.${type}`] as const),
      ["bmp_raw", `${root}.bmp_raw`] as const,
    ];
    for (const [, topic] of topics) await reader.createTopic(topic, 1);
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-openbmpd-"));
    const port = wantedPort ?? await freePort();
    const config = join(folder, "openbmpd.conf");
    await writeFile(
      config,
      `base:
  admin_id: ${COLLECTOR_NAME}
  listen_port: ${port}
  listen_mode: v4
  listen_ipv4: "127.0.0.1"
  startup:
    max_concurrent_routers: 20
kafka:
  brokers: ["127.0.0.1:${brokerPort}"]
  compression.codec: none
  topics:
    names:
${topics.map(([name, topic]) => `      ${name}: "${topic}"`).join("\n")}
`,
    );
    const log = join(folder, "log");
    const program = new Program("openbmpd", [path, "-f", "-c", config, "-l", log], folder);
    const openbmpd = new Openbmpd(program, port, root, reader);
    await waitFor("openbmpd", () => isListening(port), [program]);
    return openbmpd;
  }

  /** How many records it has written. */
  async count(types: readonly AnyRowType[] = ROW_TYPES): Promise<number> {
    const ends = await this.#reader.ends(types.map((type) => this.#topic(type)));
    return ends.reduce((sum, end) => sum + end, 0);
  }

  /** What it has said, without what depends on when, and on what it said before. */
  async rows(type: RowType): Promise<Row[]> {
    return (await this.wholeRows(type)).map((columns) => {
      columns[SEQUENCE] = "";
      if (type === "router") columns[ROUTER_TIME] = "";
      // It mixes bits of an earlier row into those of Loc-RIB and post-policy routes.
      if (type === "unicast_prefix") columns[HASH] = "";
      return columns;
    });
  }

  /** All that it has said. */
  async wholeRows(type: AnyRowType): Promise<string[][]> {
    const records = await this.#reader.all(this.#topic(type), 0);
    return records.flatMap(({ value }) => {
      const text = `${value}`;
      const rows = text.slice(text.indexOf("\n\n") + 2).split("\n").filter((row) => row !== "");
      return rows.map((row) => row.split("\t"));
    });
  }

  #topic(type: AnyRowType): string {
    return `${this.#root}.parsed.${type}`;
  }
}
