/**
 * A collector whose configuration changes while routers talk: sinks come and go, move, get something else, stand still and fail, and
 * with a spool the collector itself stops and starts. Whatever happens, each sink gets each record once, and in order within its session.
 */
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { type Collector, startCollector } from "../../src/app.ts";
import { loadConfig } from "../../src/cli/config.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { Log } from "../../src/ops/log.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import type { AppendFile, Runtime } from "../../src/runtime/types.ts";
import {
  bmp,
  initiation,
  MANDATORY,
  peerDown,
  peerUp,
  routeMonitoring,
  tlv,
  uint,
} from "../building.ts";
import { fromHex } from "../decoding.ts";
import { until } from "../until.ts";

/** How many runs of each kind. */
const RUNS = Number(process.env["EDGEBMP_CHANGES"] ?? 2);
const SEED = Number(process.env["EDGEBMP_SEED"] ?? 1);
const STEPS = 60;
/** More than any stop needs. */
const STOP_MS = 30_000;
/** Characters of the log that a failure shows. */
const LOGGED_MAX = 10_000;

type Mood = "well" | "slow" | "failing";

/** Bytes that a file has got by one write. */
interface Written {
  readonly order: number;
  /** Number of the collector's start. */
  readonly start: number;
  bytes: Uint8Array;
}

/** Files that can be slow or fail, and what was written to them in which order. */
class Files {
  readonly #runtime: Runtime;
  readonly #random: () => number;
  readonly #written = new Map<string, Written[]>();
  readonly #moods = new Map<string, Mood>();
  #writes = 0;
  /** How often the collector has been started. */
  starts = 0;
  /** Paths of files that are open. */
  readonly open: string[] = [];

  constructor(runtime: Runtime, random: () => number) {
    this.#runtime = runtime;
    this.#random = random;
  }

  setMood(sink: string, mood: Mood): void {
    this.#moods.set(sink, mood);
  }

  healAll(): void {
    this.#moods.clear();
  }

  async openAppend(path: string): Promise<AppendFile> {
    const file = await this.#runtime.openAppend(path);
    const all = this.#writtenTo(path);
    const sink = basename(path).split(".")[0]!;
    this.open.push(path);
    return {
      write: async (bytes, offset, length) => {
        const mood = this.#moods.get(sink);
        if (mood === "slow" || mood === "failing") await delay(20 * this.#random());
        const isFailing = mood === "failing" && this.#random() < 0.7;
        const taken = isFailing ? Math.floor(length * this.#random()) : length;
        let bytesWritten = 0;
        while (bytesWritten < taken) {
          const written = await file.write(bytes, offset + bytesWritten, taken - bytesWritten);
          const start = offset + bytesWritten;
          const copy = bytes.slice(start, start + written.bytesWritten);
          all.push({ order: this.#writes++, start: this.starts, bytes: copy });
          bytesWritten += written.bytesWritten;
        }
        if (isFailing) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
        return { bytesWritten };
      },
      truncate: async (size) => {
        await file.truncate(size);
        let surplus = all.reduce((sum, { bytes }) => sum + bytes.length, 0) - size;
        for (let last = all.at(-1); surplus > 0 && last !== undefined; last = all.at(-1)) {
          const length = last.bytes.length;
          if (length > surplus) last.bytes = last.bytes.subarray(0, length - surplus);
          else all.pop();
          surplus -= length;
        }
      },
      sync: () => file.sync(),
      stat: () => file.stat(),
      close: async () => {
        this.open.splice(this.open.indexOf(path), 1);
        await file.close();
      },
    };
  }

  /** What a sink has written to all its files after a start, in the order in which it has. */
  linesOf(sink: string, start: number): string[] {
    const all = [...this.#written]
      .filter(([path]) => basename(path).split(".")[0] === sink)
      .flatMap(([, written]) => written)
      .filter((each) => each.start === start)
      .sort((a, b) => a.order - b.order);
    const text = Buffer.concat(all.map(({ bytes }) => bytes)).toString();
    // A stop may have cut off the last one.
    return text.split("\n").slice(0, -1);
  }

  #writtenTo(path: string): Written[] {
    let all = this.#written.get(path);
    if (all === undefined) this.#written.set(path, all = []);
    return all;
  }
}

/** A sink as the configuration has it. */
interface SinkChoice {
  readonly name: string;
  /** Number of its file. */
  file: number;
  fsync: string;
  batchBytes: number;
  batchMs: number;
  splitAf: boolean;
  isFiltered: boolean;
  /** Whether it ever was. */
  wasFiltered: boolean;
  /** It may lose what does not fit the journal. */
  readonly isOptional: boolean;
  /** Routes from this number on are for it. */
  readonly from: number;
}

interface Line {
  readonly msg_type: number;
  readonly msg_data: {
    readonly session: string;
    readonly sequence: number;
    readonly part?: number;
    readonly prefix?: string;
  };
}

/** Of a record in its session. */
interface Place {
  readonly sequence: number;
  readonly part: number;
}

/** Random numbers that a seed repeats. */
function randomFrom(seed: number): () => number {
  let state = seed;
  for (let i = 0; i < 8; i++) state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

class Model {
  readonly #random: () => number;
  readonly #folder: string;
  readonly #runtime: Runtime;
  readonly #files: Files;
  readonly #isSpooled: boolean;
  readonly #sinks: SinkChoice[] = [];
  readonly #removed: SinkChoice[] = [];
  readonly #routers: Socket[] = [];
  readonly #reloads: Promise<unknown>[] = [];
  #collector!: Collector;
  #names = 0;
  /** Routes sent so far: each has a number of its own. */
  #routes = 0;
  #opened = 0;
  logged = "";

  constructor(folder: string, runtime: Runtime, seed: number, isSpooled: boolean) {
    this.#random = randomFrom(seed);
    this.#folder = folder;
    this.#files = new Files(runtime, this.#random);
    this.#runtime = { ...runtime, openAppend: (path) => this.#files.openAppend(path) };
    this.#isSpooled = isSpooled;
  }

  async run(): Promise<void> {
    for (let i = 0; i < 3; i++) this.#addSink();
    await this.#start();
    for (let i = 0; i < STEPS; i++) await this.#step();
    await this.#stop(STOP_MS);
    this.#check();
  }

  async end(): Promise<void> {
    for (const socket of this.#routers) socket.destroy();
    await this.#collector?.stop(0);
  }

  #pick(max: number): number {
    return Math.floor(this.#random() * max);
  }

  async #step(): Promise<void> {
    const dice = this.#random();
    if (dice < 0.5) await this.#talk();
    else if (dice < 0.56) await this.#connect();
    else if (dice < 0.6) this.#disconnect();
    else if (dice < 0.85) await this.#change();
    else if (dice < 0.88) await this.#collector.reopen();
    else if (dice < 0.95) this.#upset();
    else if (dice < 0.97 && this.#isSpooled) {
      // Short of time, it leaves records for the next start, and may repeat some.
      await this.#stop(this.#random() < 0.5 ? STOP_MS : 50 * this.#random());
      await this.#start();
    } else await delay(30 * this.#random());
  }

  async #connect(): Promise<void> {
    if (this.#routers.length >= 6) return;
    const port = Number(this.#collector.addresses[0]!.split(":").at(-1));
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.resume();
    this.#routers.push(socket);
    socket.write(fromHex(initiation(`router-${++this.#opened}`)));
    socket.write(fromHex(peerUp()));
  }

  #disconnect(): void {
    const [socket] = this.#routers.splice(this.#pick(this.#routers.length), 1);
    socket?.end();
  }

  async #talk(): Promise<void> {
    if (this.#routers.length === 0) await this.#connect();
    for (let count = 1 + this.#pick(30); count > 0; count--) {
      const socket = this.#routers[this.#pick(this.#routers.length)]!;
      const dice = this.#random();
      if (dice < 0.03) socket.write(fromHex(peerDown()));
      else if (dice < 0.06) socket.write(fromHex(peerUp()));
      else if (dice < 0.12) socket.write(fromHex(bmp(4, tlv(0, "61".repeat(40_000)))));
      else socket.write(fromHex(this.#routeMonitoring(dice > 0.98 ? 300 : 1 + this.#pick(3))));
    }
    if (this.#random() < 0.5) await delay(0);
  }

  #routeMonitoring(count: number): string {
    let nlri = "";
    for (let i = 0; i < count; i++) nlri += `200a${uint(this.#routes++, 3)}`;
    const peer = this.#random() < 0.1 ? { address: "c0000263" } : {};
    return routeMonitoring({ attributes: MANDATORY, nlri }, peer);
  }

  #upset(): void {
    const sink = this.#sinks[this.#pick(this.#sinks.length)]!;
    const mood = (["well", "slow", "failing"] as const)[this.#pick(3)]!;
    this.#files.setMood(sink.name, mood);
    // A sink that goes has 5 s for what it has under way; what is left of it then is repeated, or lost.
    setTimeout(() => this.#files.setMood(sink.name, "well"), 1000 * this.#random());
  }

  async #change(): Promise<void> {
    for (let count = 1 + this.#pick(2); count > 0; count--) this.#changeSinks();
    for (let count = this.#random() < 0.2 ? 3 : 1; count > 0; count--) {
      await this.#write();
      const reload = this.#collector.reload();
      this.#reloads.push(reload);
      reload.catch(() => {});
      if (this.#random() < 0.2) void this.#collector.reopen();
      if (this.#random() < 0.6) await this.#patiently(reload);
      else if (count > 1) this.#changeSinks();
    }
  }

  /** A reload that waits for a sink that stands still has to end of its own accord. */
  async #patiently(reload: Promise<unknown>): Promise<void> {
    let isDone = false;
    await Promise.race([reload.then(() => isDone = true), delay(20_000)]);
    assert.ok(isDone, "a reload does not end");
  }

  #changeSinks(): void {
    const sink = this.#sinks[this.#pick(this.#sinks.length)]!;
    switch (this.#pick(9)) {
      case 0:
        return void (sink.file = this.#pick(4));
      case 1:
        return void (sink.fsync = sink.fsync === "never" ? "interval" : "never");
      case 2:
        return void (sink.batchBytes = 1024 << this.#pick(9));
      case 3:
        return void (sink.batchMs = 20 * this.#pick(3));
      case 4:
        return void (sink.splitAf = !sink.splitAf);
      case 5:
        sink.isFiltered = !sink.isFiltered;
        return void (sink.wasFiltered = true);
      case 6:
        sink.file = this.#pick(4);
        return void (sink.batchBytes = 1024 << this.#pick(9));
      case 7:
        return this.#addSink();
      case 8:
        if (this.#sinks.length === 1) return;
        this.#removed.push(...this.#sinks.splice(this.#sinks.indexOf(sink), 1));
    }
  }

  #addSink(): void {
    if (this.#sinks.length >= 5) return;
    this.#sinks.push({
      name: `sink${++this.#names}`,
      file: 0,
      fsync: "never",
      batchBytes: 256 * 1024,
      batchMs: 0,
      splitAf: true,
      isFiltered: false,
      wasFiltered: false,
      isOptional: this.#names > 3 && this.#random() < 0.3,
      from: this.#names <= 3 ? 0 : Infinity,
    });
  }

  async #write(): Promise<void> {
    const sinks = this.#sinks.map((sink) => {
      const { name, file, fsync, batchBytes, batchMs, splitAf, isFiltered, isOptional } = sink;
      const filter = isFiltered ? ", filter: {messages: [route-monitoring]}" : "";
      return `  - {name: ${name}, type: file, path: ${join(this.#folder, `${name}.${file}`)}, ` +
        `fsync: ${fsync}, batch_bytes: ${batchBytes}, batch_ms: ${batchMs}, ` +
        `split_af: ${splitAf}, optional: ${isOptional}, start: newest${filter}}\n`;
    });
    const spool = this.#isSpooled
      ? `spool: {dir: ${join(this.#folder, "spool")}, min_free_bytes: 1MiB, max_bytes: 64MiB}\n`
      : "";
    const text = "version: 1\nhttp: {port: 0}\nlisten: [{address: 127.0.0.1, port: 0}]\n" +
      "limits: {journal_max_bytes: 2MiB, max_sessions_per_source: 0}\n" + spool + "sinks:\n" +
      sinks.join("");
    const path = join(this.#folder, "edge.yaml");
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }

  async #start(): Promise<void> {
    await this.#write();
    this.#files.starts++;
    const read = () => {
      const path = join(this.#folder, "edge.yaml");
      return loadConfig(parseArguments([`--config=${path}`], FLAGS, false).values, {});
    };
    const log = new Log("info", "text", (line) => this.logged += line);
    this.#collector = await startCollector(await read(), this.#runtime, log, undefined, read);
    void this.#collector.done.catch(() => {});
  }

  async #stop(timeoutMs: number): Promise<void> {
    await Promise.all(this.#reloads.splice(0).map((reload) => this.#patiently(reload)));
    if (this.#random() < 0.7) this.#files.healAll();
    for (const socket of this.#routers.splice(0)) socket.end();
    const { metrics } = this.#collector;
    const healing = setTimeout(() => this.#files.healAll(), 500);
    await until(() => metrics.total("edgebmp_sessions") === 0);
    let isDone = false;
    const stopped = this.#collector.stop(timeoutMs).then((isWell) => {
      isDone = true;
      assert.ok(isWell, "not everything was delivered");
    });
    await Promise.race([stopped, delay(20_000)]);
    clearTimeout(healing);
    assert.ok(isDone, "a stop does not end");
    await until(() => this.#files.open.length === 0, "files are closed");
  }

  #check(): void {
    const texts = new Map<string, string>();
    for (const sink of [...this.#sinks, ...this.#removed]) {
      const routes = new Set<number>();
      /** Of all starts before. */
      const known = new Map<string, Place>();
      for (let start = 1; start <= this.#files.starts; start++) {
        const last = new Map<string, Place>();
        for (const text of this.#files.linesOf(sink.name, start)) {
          const { msg_type, msg_data } = JSON.parse(text) as Line;
          const { session, sequence, part = 0, prefix } = msg_data;
          // What a gap has cost is said under what was lost first, and behind what is known of it all the same.
          if (sink.isOptional && prefix === undefined) continue;
          const where = `${sink.name}: session ${session}, sequence ${sequence}, part ${part}`;
          const place = { sequence, part };
          const before = last.get(session);
          if (before !== undefined) {
            assert.ok(isBehind(place, before), `${where} comes behind ${textOf(before)}`);
          }
          const reached = before ?? known.get(session);
          if (!sink.wasFiltered && !sink.isOptional) {
            if (reached !== undefined) {
              assert.ok(
                sequence <= reached.sequence + 1,
                `${where} comes after ${textOf(reached)}`,
              );
            } else if (sink.from === 0) assert.equal(sequence, 0, where);
          }
          last.set(session, place);
          if (prefix === undefined) continue;
          const [a, b, c, d] = prefix.split(/[./]/).map(Number);
          if (a === 10) routes.add((b! << 16) + (c! << 8) + d!);
          // What a session's end says of its peers depends on which of them a sink has met.
          const identity = `${msg_type} ${session} ${sequence} ${part}`;
          const other = texts.get(identity);
          if (other === undefined) texts.set(identity, text);
          else assert.equal(text, other, where);
        }
        for (const [session, place] of last) {
          const before = known.get(session);
          if (before === undefined || isBehind(place, before)) known.set(session, place);
        }
      }
      if (sink.from > 0 || this.#removed.includes(sink)) continue;
      const missing = Array.from({ length: this.#routes }, (_, i) => i).filter((i) =>
        !routes.has(i)
      );
      assert.deepEqual(missing, [], `${sink.name}: routes are missing`);
    }
  }
}

function isBehind(a: Place, b: Place): boolean {
  return a.sequence > b.sequence || (a.sequence === b.sequence && a.part > b.part);
}

function textOf({ sequence, part }: Place): string {
  return `${sequence}, part ${part}`;
}

describe("a collector that changes while routers talk", () => {
  for (const kind of ["memory", "spool"]) {
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      it(`loses, repeats and mixes up nothing (${kind}, seed ${seed})`, async () => {
        const folder = await mkdtemp(join(tmpdir(), "edgebmp-changes-"));
        const model = new Model(folder, await loadRuntime(), seed, kind === "spool");
        try {
          await model.run();
        } catch (error) {
          const { message } = error as Error;
          throw new Error(`${message}\n${model.logged.slice(-LOGGED_MAX)}`, { cause: error });
        } finally {
          await model.end();
          await rm(folder, { recursive: true });
        }
      });
    }
  }
});
