/**
 * The collector with a spool is killed at random moments while a router sends, and its upstream reads slowly: each time the router
 * comes back and sends all anew. What a resumed upstream has in the end, of each session, is what was appended to the spool: whole messages,
 * in order, each connection beginning with what was true where it goes on, repeats and no gap; and sessions do not overlap.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { initiation } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { freePort } from "../ports.ts";
import { CollectorDouble } from "../upstreams/collector_double.ts";
import { concatenated, PEER_UP, route, SECOND_UP, split } from "../upstreams/messages.ts";
import { collectorCommand, Program, waitFor } from "./programs.ts";

/** Each takes a second in both modes; past 10 they show nothing new. */
const KILLS = Math.min(10, Number(process.env.EDGEBMP_KILLS ?? 5));
const SEED = Number(process.env.EDGEBMP_SEED ?? Math.floor(Math.random() * 1e9));
/** 8 MB of them, far more than is repeated, and more than socket buffers hold. */
const ROUTES = 80_000;
const BURST = 500;
const REWIND_BYTES = 256 * 1024;

/** One router: each of its sessions is told apart by its sysName. */
class Router {
  sessions = 0;
  isLast = false;
  readonly done: Promise<void>;

  constructor(port: number) {
    this.done = this.#run(port);
  }

  async #run(port: number): Promise<void> {
    while (!await this.#session(port)) await delay(20);
  }

  async #session(port: number): Promise<boolean> {
    const socket = net.connect(port, "127.0.0.1");
    let isLost = false;
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => isLost = true);
    void closed.then(() => isLost = true);
    await Promise.race([new Promise<void>((resolve) => socket.once("connect", resolve)), closed]);
    if (isLost) return false;
    const number = this.sessions++;
    const isLast = this.isLast;
    const frames = framesOf(number);
    for (let i = 0; i < frames.length && !isLost; i += BURST) {
      socket.write(concatenated(frames.slice(i, i + BURST)));
      await delay(2);
    }
    if (!isLast && !isLost) await closed;
    if (isLost) return false;
    socket.end();
    await closed;
    return true;
  }
}

function framesOf(session: number): Uint8Array[] {
  return [
    fromHex(initiation(`session ${session}`)),
    PEER_UP,
    SECOND_UP,
    ...Array.from({ length: ROUTES }, (_, i) => route(i + 1)),
  ];
}

/** The session that a connection is of, by its Initiation. */
function sessionOf(message: Uint8Array): number {
  const name = /session (\d+)/.exec(new TextDecoder().decode(message));
  assert.notEqual(name, null, "a connection begins with the Initiation");
  return Number(name![1]);
}

/** Of a route its number, counted from 1; of others 0. */
function numberOf(message: Uint8Array): number {
  if (message[5] !== 0) return 0;
  const end = message.length;
  return message[end - 3]! << 16 | message[end - 2]! << 8 | message[end - 1]!;
}

describe("an upstream behind a spool", { timeout: 120_000 + KILLS * 40_000 }, () => {
  const ends: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  for (const reconnect of ["resume", "reset"] as const) {
    it(`${reconnect}: gets over ${KILLS} kills of the collector (seed ${SEED})`, async () => {
      let state = SEED;
      const random = () => (state = Math.imul(state, 1103515245) + 12345 >>> 0) / 2 ** 32;
      const folder = await mkdtemp(join(tmpdir(), "edgebmp-upstream-kill-"));
      ends.push(() => rm(folder, { recursive: true, force: true }));
      const double = await CollectorDouble.start();
      ends.push(() => double.close());
      const port = await freePort();
      const records = join(folder, "records.json");
      const config = join(folder, "edge.yaml");
      await writeFile(
        config,
        `version: 1
listen: [{address: 127.0.0.1, port: ${port}}]
http: {port: 0}
spool: {dir: ${join(folder, "spool")}, min_free_bytes: 1MiB, interval_ms: 50}
sinks:
  - {type: file, path: ${records}, filter: {messages: [session]}}
  - {type: upstream, address: "127.0.0.1:${double.port}", reconnect: ${reconnect}, rewind_bytes: ${REWIND_BYTES}}
`,
      );
      let program: Program | undefined;
      ends.push(async () => await program?.stop());
      const start = async () => {
        const own = join(folder, "run");
        mkdirSync(own, { recursive: true });
        program = new Program("collector", [...collectorCommand(), `--config=${config}`], own);
        await waitFor("a listening collector", () => program!.log.includes("listening"), [program]);
      };
      await start();
      const router = new Router(port);
      let sessions = 0;
      /** Connections before each start. */
      const runs: number[] = [];
      for (let i = 0; i < KILLS; i++) {
        await waitFor("a session", () => router.sessions > sessions, [program!]);
        const written = () => double.connections.at(-1)?.bytes ?? 0;
        // Else all of the session is repeated, on a slow machine each time.
        if (i % 2 === 0) {
          await waitFor("more than is repeated", () => written() > 8 * REWIND_BYTES, [program!]);
        }
        await delay(random() * 400);
        // A reader that does not keep up, so that a kill leaves something.
        if (random() < 0.6) double.pause();
        await delay(random() * 200);
        await program!.kill();
        ({ sessions } = router);
        runs.push(double.connections.length);
        double.resume();
        if (i === KILLS - 1) router.isLast = true;
        await start();
      }
      await router.done;
      const lines = () =>
        (existsSync(records) ? readFileSync(records, "utf8") : "").split("\n").slice(0, -1);
      const isDone = () => {
        const last = double.connections.at(-1)!;
        if (!last.isClean || lines().at(-1)?.includes('"reason":"closed"') !== true) return false;
        return sessionOf(last.chunks[0]!) === router.sessions - 1;
      };
      await waitFor("the end of the last session", isDone, [program!], 30_000);

      /** Messages of each session that were appended, by the records of its end, which a kill may have had repeated. */
      const appended = new Map<string, number>();
      for (const line of lines().filter((line) => line.includes('"action":"closed"'))) {
        const { msg_data } = JSON.parse(line) as {
          msg_data: { session: string; sequence: number };
        };
        appended.set(msg_data.session, msg_data.sequence - 1);
      }
      /** By session: the highest number that came, without a gap. */
      const reached = new Map<number, number>();
      let session = -1;
      let repeats = 0;
      let resumedWithin = 0;
      for (const i of double.connections.keys()) {
        const messages = split(double.bytes(i));
        if (messages.length === 0) continue;
        const own = sessionOf(messages[0]!);
        // What was delivered just before a kill is repeated.
        assert.ok(own >= session || runs.includes(i), "sessions do not overlap");
        session = own;
        const before = reached.get(own);
        const numbers = messages.map(numberOf);
        const first = numbers.find((number) => number > 0) ?? 0;
        if (first > 1) {
          resumedWithin++;
          assert.deepEqual(messages.slice(1, 3), [PEER_UP, SECOND_UP]);
        }
        assert.ok(first <= (before ?? 0) + 1, `${first} after ${before}: a gap`);
        const routes = numbers.filter((number) => number > 0);
        assert.deepEqual(routes, routes.map((_, i) => first + i), "in order, without a gap");
        repeats += Math.max(0, (before ?? 0) - first + 1);
        reached.set(own, Math.max(before ?? 0, routes.at(-1) ?? 0));
      }
      if (reconnect === "resume") {
        assert.deepEqual(
          [...reached].sort(([a], [b]) => a - b).map(([, routes]) => routes),
          [...appended.values()].filter((messages) => messages > 0).map((messages) =>
            Math.max(0, messages - 3)
          ),
        );
        assert.ok(resumedWithin > 0, "connections go on within a session");
      } else assert.equal(resumedWithin, 0, "what a kill has cut off is not gone on with");
      assert.equal(reached.get(session), ROUTES, "the last session is whole");
      process.stderr.write(
        `${reached.size} sessions, ${double.connections.length} connections, ${resumedWithin} of them within a session, ${repeats} repeats\n`,
      );
    });
  }
});
