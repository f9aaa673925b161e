/**
 * gobgpd's session through two collectors, one behind the other, each at an address of its own: the second one's records are the
 * first one's, but for what says who was connected to whom.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { freePort } from "../ports.ts";
import { RouterDouble } from "../upstreams/router_double.ts";
import { collectorCommand, describeWith, findGobgpd, Program, waitFor } from "./programs.ts";
import { record } from "./record.ts";

const TEST = { timeout: 90_000 };
const ROUTER = "127.0.0.9";
const FIRST = "127.0.0.2";
const SECOND = "127.0.0.3";

type Line = { readonly msg_type: number; readonly msg_data: Record<string, unknown> };

const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

class Hop {
  readonly program: Program;
  readonly port: number;
  readonly #file: string;

  private constructor(program: Program, port: number, file: string) {
    this.program = program;
    this.port = port;
    this.#file = file;
  }

  static async start(address: string, listen: string, sinks: string): Promise<Hop> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-chain-"));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    const port = await freePort();
    const file = join(folder, "records.json");
    const config = join(folder, "edge.yaml");
    await writeFile(
      config,
      `version: 1
listen: [{address: ${address}, port: ${port}${listen}}]
http: {port: 0}
sinks:
  - {type: file, path: ${file}}
${sinks}`,
    );
    const program = new Program("collector", [...collectorCommand(), `--config=${config}`], folder);
    ends.push(() => program.kill());
    await waitFor("a listening collector", () => program.log.includes("listening"), [program]);
    return new Hop(program, port, file);
  }

  lines(): Line[] {
    const text = existsSync(this.#file) ? readFileSync(this.#file, "utf8") : "";
    return text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as Line);
  }

  async isDone(): Promise<void> {
    const isDone = () => this.lines().at(-1)?.msg_data["reason"] === "closed";
    await waitFor("the last record", isDone, [this.program]);
  }
}

/** Without what says who was connected to whom, and when; `source` is whom the collector takes for the router. */
function comparable({ msg_type, msg_data }: Line, source: string): unknown {
  const { session: _session, received_at: _at, listener: _listener, source_port: _port, ...rest } =
    msg_data;
  // The time of the session's end.
  if (rest["synthetic"] === true) delete rest["timestamp"];
  // Records of peers that do not tell have the address of the connection, and hashes of it.
  if (rest["router_ip"] === source) {
    for (const name of ["router_ip", "router_hash", "hash"]) delete rest[name];
  }
  if (rest["router_source"] === source) delete rest["router_source"];
  return { msg_type, msg_data: rest };
}

describeWith(findGobgpd(), "two collectors, one behind the other", (path) => {
  let recorded: Promise<Uint8Array> | undefined;
  for (const isProxied of [false, true]) {
    it(`${isProxied ? "with" : "without"} PROXY: the same records`, TEST, async () => {
      const stream = await (recorded ??= record(path, "all"));
      const listen = isProxied ? `, proxy_protocol_from: ${FIRST}` : "";
      const second = await Hop.start(SECOND, listen, "");
      const first = await Hop.start(
        FIRST,
        "",
        `  - type: upstream
    address: ${SECOND}:${second.port}
    reconnect: reset
    source_address: ${FIRST}
    proxy_protocol: ${isProxied}
`,
      );
      const router = new RouterDouble(first.port, ROUTER, stream, FIRST);
      await waitFor("records", () => second.lines().length > 100, [first.program, second.program]);
      router.end();
      await first.isDone();
      await second.isDone();
      const [one, two] = [first, second].map((hop) => hop.lines());
      assert.ok(one!.length > 100);
      const source = isProxied ? ROUTER : FIRST;
      assert.deepEqual(
        [one, two].map((lines) => lines![0]!.msg_data["router_source"]),
        [ROUTER, source],
      );
      assert.deepEqual(
        two!.map((line) => comparable(line, source)),
        one!.map((line) => comparable(line, ROUTER)),
      );
    });
  }
});
