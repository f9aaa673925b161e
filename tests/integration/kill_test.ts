/**
 * The collector with a spool is killed at random moments, again and again, while a router sends: each time the router comes back and
 * sends all anew. What a consumer has in the end, of each session by identity and without repeats, is the decode of a gap-free prefix
 * of what was sent, then the downs of the crash; the last session is whole.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { ENTRY_DONE } from "../../src/formats/formatter.ts";
import { createGobmpFormatter } from "../../src/formats/gobmp/mod.ts";
import { Output } from "../../src/formats/output.ts";
import { checkSpool } from "../../src/journal/disk/check.ts";
import { openDirectory } from "../../src/journal/disk/storage.ts";
import { Entry, ENTRY_HEADER_BYTES, EntryKind } from "../../src/journal/types.ts";
import { freePort } from "../ports.ts";
import { FRAMES, LongSession, PEERS, ROUTER } from "./long_session.ts";
import { collectorCommand, logText, Program, waitFor } from "./programs.ts";

const KILLS = Number(process.env.EDGEBMP_KILLS ?? 5);
/** Records come in order: those before the last session that has any are all there. */
const SESSIONS_KEPT = 1;
const SEED = Number(process.env.EDGEBMP_SEED ?? Math.floor(Math.random() * 1e9));

type Data = Record<string, unknown>;
type Line = { readonly msg_type: number; readonly msg_data: Data };

/** What a whole and clean session is decoded to, by sequence. */
function decoded(listener: string): Data[][] {
  const formatter = createGobmpFormatter({
    collector: "edge",
    routerIdentity: "peer-local",
    extraFields: true,
    splitAf: true,
  });
  const info = { session: "s", source: ROUTER, source_port: 1, listener, parallel: false };
  const out = new Output(1024 * 1024, true);
  const open = new TextEncoder().encode(JSON.stringify(info));
  return [open, ...FRAMES].map((bytes, sequence) => {
    const entry = new Entry();
    entry.kind = sequence === 0 ? EntryKind.open : EntryKind.frame;
    entry.session = 1;
    entry.sequence = sequence;
    entry.bytes = bytes;
    entry.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    entry.end = bytes.length;
    assert.equal(formatter.entry(entry, out, 0), ENTRY_DONE);
    const text = new TextDecoder().decode(out.written());
    out.clear();
    return text.trimEnd().split("\n").map((line) =>
      comparable((JSON.parse(line) as Line).msg_data)
    );
  });
}

/** What does not depend on when and whence. */
function comparable(data: Data): Data {
  const { session: _session, received_at: _receivedAt, source_port: _port, ...rest } = data;
  return rest;
}

const routers: Router[] = [];

/** A router that connects, sends everything, and begins anew when the connection is lost. */
class Router {
  /** Whether a connection has taken everything and was closed by us. */
  isDone = false;
  isStopped = false;
  connections = 0;
  /** The last session is not to be the one that a kill has cut. */
  isLast = false;

  constructor(port: number) {
    routers.push(this);
    void this.#run(port);
  }

  async #run(port: number): Promise<void> {
    while (!this.isDone && !this.isStopped) {
      this.isDone = await this.#session(port);
      await delay(10);
    }
  }

  async #session(port: number): Promise<boolean> {
    const session = new LongSession(port);
    if (!await session.connected) return false;
    this.connections++;
    const isLast = this.isLast;
    await session.send();
    // Before the last kill the session stays, as sessions of routers do.
    if (!isLast && !session.isLost) await session.closed;
    if (session.isLost) return false;
    await session.end();
    return true;
  }
}

/** Records of one session, by sequence and part. */
type Session = Data[][];

/** Of each record in a session: more than one may have. */
const PARTS_MAX = 4;

/** Reads what is new in the file, as a consumer does: a thousand kills leave gigabytes there. */
class Consumer {
  readonly sessions = new Map<string, Session>();
  /** Of the sessions that are settled, checksums: where the collector gets no time to write its cursors, much is repeated. */
  readonly #settled = new Map<string, Int32Array>();
  /** Records that came again, with the same bytes. */
  repeats = 0;
  /** Records so far. */
  count = 0;
  /** Whether the last record says that the router has ended its session. */
  isOver = false;
  readonly #file: string;
  #position = 0;
  readonly #buffer = new Uint8Array(1024 * 1024);

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes in all whole lines. A kill may have torn the last one; the next start cuts it off. */
  read(): this {
    if (!existsSync(this.#file)) return this;
    const file = openSync(this.#file, "r");
    try {
      for (;;) {
        const length = readSync(file, this.#buffer, 0, this.#buffer.length, this.#position);
        const end = this.#buffer.subarray(0, length).lastIndexOf(0x0a) + 1;
        if (end === 0) return this;
        const text = new TextDecoder().decode(this.#buffer.subarray(0, end));
        for (const line of text.trimEnd().split("\n")) this.#take(line);
        this.#position += end;
      }
    } finally {
      closeSync(file);
    }
  }

  /** Forgets the records of a session that has ended, all but what tells whether a repeat is the same. */
  settle(session: string, records: Session): void {
    const sums = new Int32Array(records.length * PARTS_MAX);
    for (const [sequence, parts] of records.entries()) {
      assert.equal(parts.length <= PARTS_MAX, true);
      for (const [part, data] of parts.entries()) {
        sums[sequence * PARTS_MAX + part] = crc32(JSON.stringify(data)) | 0;
      }
    }
    this.#settled.set(session, sums);
    this.sessions.delete(session);
  }

  #take(line: string): void {
    const { msg_data } = JSON.parse(line) as Line;
    const { session, sequence, part, reason } = msg_data as {
      session: string;
      sequence: number;
      part: number;
      reason?: string;
    };
    this.count++;
    this.isOver = reason === "closed";
    const settled = this.#settled.get(session);
    if (settled !== undefined) {
      const sum = crc32(JSON.stringify(msg_data)) | 0;
      assert.equal(sum, settled[sequence * PARTS_MAX + part], "a repeat is the same record");
      this.repeats++;
      return;
    }
    let records = this.sessions.get(session);
    if (records === undefined) this.sessions.set(session, records = []);
    const parts = records[sequence] ??= [];
    if (parts[part] !== undefined) {
      assert.deepEqual(msg_data, parts[part], "a repeat is the same record");
      this.repeats++;
    }
    parts[part] = msg_data;
  }
}

/** One directory, one port, and one collector after the other. */
class Bench {
  readonly folder: string;
  readonly spool: string;
  readonly file: string;
  readonly port: number;
  readonly consumer: Consumer;
  program!: Program;

  private constructor(folder: string, port: number, spool: string) {
    this.folder = folder;
    this.spool = spool;
    this.file = join(folder, "records.json");
    this.port = port;
    this.consumer = new Consumer(this.file);
  }

  static async make(spool?: string): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-kill-"));
    return new Bench(folder, await freePort(), spool ?? join(folder, "spool"));
  }

  async start(): Promise<void> {
    const own = join(this.folder, "run");
    mkdirSync(own, { recursive: true });
    this.program = new Program("collector", [
      ...collectorCommand(),
      `--source-port=${this.port}`,
      `--listen-address=${ROUTER}`,
      "--dump=file",
      `--msg-file=${this.file}`,
      "--performance-port=0",
      "--admin-id=edge",
      `--spool-dir=${this.spool}`,
      "--spool-min-free-bytes=1MiB",
      "--spool-interval-ms=50",
    ], own);
    await waitFor(
      "a listening collector",
      () => this.program.log.includes("listening"),
      [this.program],
    );
  }

  /** The spool is sound. Returns the last sequence in it of each session that is open at its end. */
  async verify(): Promise<Map<string, number>> {
    const { damages, segments } = await checkSpool(await openDirectory(this.spool));
    assert.deepEqual(damages, []);
    const live = segments.findLast(({ scan }) => scan !== undefined)?.scan?.live;
    const sequences = live?.sequences() ?? new Map<number, number>();
    const last = new Map<string, number>();
    for (const bytes of live?.entries() ?? []) {
      if (bytes[4] !== EntryKind.open) continue;
      const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8);
      const open = new TextDecoder().decode(bytes.subarray(ENTRY_HEADER_BYTES));
      const { session } = JSON.parse(open) as { session: string };
      last.set(session, sequences.get(number)!);
    }
    return last;
  }
}

function ends(records: readonly Data[] | undefined): unknown[] {
  return records!.map((data) => [data["action"], data["reason"] ?? data["remote_ip"]]);
}

const benches: Bench[] = [];
after(async () => {
  for (const router of routers) router.isStopped = true;
  for (const { program, folder } of benches) {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

async function makeBench(spool?: string): Promise<Bench> {
  const bench = await Bench.make(spool);
  benches.push(bench);
  await bench.start();
  return bench;
}

describe("the spool", { timeout: 60_000 + KILLS * 20_000 }, () => {
  it(`gets over ${KILLS} kills at random moments (seed ${SEED})`, async () => {
    let state = SEED;
    const random = () => (state = Math.imul(state, 1103515245) + 12345 >>> 0) / 2 ** 32;
    const bench = await makeBench();
    const router = new Router(bench.port);
    const { consumer } = bench;
    const expected = decoded(`${ROUTER}:${bench.port}`);
    /** Last sequence that was appended of each session that a kill has cut. */
    const appended = new Map<string, number>();
    let connections = 0;
    let crashed = 0;
    let ended = 0;
    let compared = 0;
    const check = (session: string, records: Session) => {
      const last = records.length - 1;
      for (let sequence = 0; sequence < last; sequence++) {
        assert.deepEqual(records[sequence]?.map(comparable), expected[sequence], `${sequence}`);
        compared += expected[sequence]!.length;
      }
      const peers = PEERS.map((peer) => ["down", peer]).slice(0, Math.max(0, last - 2));
      const reason = records[last]?.at(-1)?.["reason"];
      assert.deepEqual(ends(records[last]), [...peers, ["closed", reason]]);
      assert.equal(reason === "crash" || reason === "closed", true, String(reason));
      if (reason === "crash") {
        crashed++;
        assert.equal(last, appended.get(session)! + 1, "all that was appended, then the end");
      } else {
        ended++;
        assert.equal(last, expected.length, "the last session is whole");
      }
      appended.delete(session);
    };
    for (let i = 0; i < KILLS; i++) {
      await waitFor("the router's connection", () => router.connections > connections, [
        bench.program,
      ]);
      await delay(random() * 500);
      await bench.program.kill();
      ({ connections } = router);
      for (const [session, last] of await bench.verify()) appended.set(session, last);
      for (const [session, records] of [...consumer.read().sessions].slice(0, -SESSIONS_KEPT)) {
        check(session, records);
        consumer.settle(session, records);
      }
      if (i === KILLS - 1) router.isLast = true;
      await bench.start();
    }
    await waitFor("the last session", () => router.isDone, [bench.program], 30_000);
    await waitFor("the last record", () => consumer.read().isOver, [bench.program], 30_000);

    for (const [session, records] of consumer.sessions) check(session, records);
    assert.equal(crashed >= 1, true);
    assert.equal(ended, 1, "one session was ended by the router");
    assert.deepEqual([...appended.keys()], [], "each session that a kill has cut has come out");
    assert.equal(compared > 0, true);
    process.stderr.write(`${crashed + 1} sessions, ${compared} records compared\n`);
  });

  it("has nothing to repeat after SIGTERM in the middle", async () => {
    const bench = await makeBench();
    const router = new Router(bench.port);
    const { consumer } = bench;
    await waitFor("records", () => consumer.read().count > 500, [bench.program]);
    await bench.program.stop();
    assert.match(logText(bench.program), /drained=true/);
    const [first] = consumer.read().sessions.values();
    assert.equal(consumer.repeats, 0);
    assert.deepEqual(ends(first!.at(-1)), [
      ...PEERS.map((peer) => ["down", peer]),
      ["closed", "stop"],
    ]);
    await bench.verify();
    router.isLast = true;
    await bench.start();
    await waitFor("the last session", () => router.isDone, [bench.program], 30_000);
    await waitFor("the last record", () => consumer.read().isOver, [bench.program]);
    assert.equal(consumer.repeats, 0);
    assert.equal([...consumer.sessions.values()].at(-1)!.length, FRAMES.length + 2);
  });

  it("is for one process", async () => {
    const bench = await makeBench();
    const second = new Program("second", [
      ...collectorCommand(),
      "--source-port=0",
      `--listen-address=${ROUTER}`,
      `--spool-dir=${bench.spool}`,
      "--performance-port=0",
    ], join(bench.folder, "second"));
    await waitFor("its end", () => second.exit !== undefined);
    assert.equal(second.exit, "exit status 1");
    assert.match(second.log, /Cannot open spool .*: another process has it/);
  });
});

const DISK_BYTES = 8 * 1024 * 1024;

describe("the spool on a full disk", { timeout: 60_000 }, () => {
  const disk = join(tmpdir(), `edgebmp-disk-${process.pid}`);
  mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", disk]);
  const isMounted = mounted.status === 0;
  after(() => {
    if (isMounted) spawnSync("umount", ["-l", disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it("waits, and goes on when there is room, with nothing lost", {
    skip: isMounted ? false : "needs the right to mount a tmpfs",
  }, async () => {
    const bench = await makeBench(join(disk, "spool"));
    const filler = join(disk, "filler");
    // All but what is left of the last page: a write fails in the middle.
    spawnSync("sh", ["-c", `cat /dev/zero > ${filler} 2>/dev/null`]);
    const router = new Router(bench.port);
    router.isLast = true;
    await waitFor("a full disk", () => /spool (is full|fails)/.test(bench.program.log), [
      bench.program,
    ]);
    await delay(300);
    const expected = decoded(`${ROUTER}:${bench.port}`);
    const { consumer } = bench;
    assert.equal(consumer.read().count < expected.flat().length, true, "what is not on disk waits");
    rmSync(filler);
    await waitFor("the last session", () => router.isDone, [bench.program], 30_000);
    await waitFor("the last record", () => consumer.read().isOver, [bench.program]);
    assert.equal(consumer.repeats, 0);
    const [records] = consumer.sessions.values();
    assert.deepEqual(
      records!.slice(0, -1).map((parts) => parts.map(comparable)),
      expected,
    );
    await bench.program.stop();
    await bench.verify();
  });
});
