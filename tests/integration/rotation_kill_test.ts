/**
 * The collector is killed while it rotates and compresses its message file, again and again. Whoever reads the files by their names, all the
 * time, sees whole records only; in the end no record is missing.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { errorCode } from "../../src/runtime/error.ts";
import { freePort } from "../ports.ts";
import { collectorCommand, Program, waitFor } from "./programs.ts";

const STREAM = readFileSync(new URL("../data/gobgpd-session.bmp", import.meta.url));
const KILLS = 5;

interface Line {
  readonly msg_type: number;
  readonly msg_data: Readonly<Record<string, unknown>>;
}

/** Sends the stream, session after session, until it is told to stop; nobody listens now and then. */
async function sendSessions(port: number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const socket = net.connect(port, "127.0.0.1").on("error", () => {});
    socket.end(STREAM);
    await new Promise((resolve) => socket.on("close", resolve).resume());
    await delay(5);
  }
}

class Files {
  /** How many files have been read. */
  reads = 0;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get names(): string[] {
    return readdirSync(this.#folder).sort();
  }

  /** All records; only the file that is written to may end within one. */
  read(isStopped: boolean): Line[] {
    const lines: Line[] = [];
    for (const name of this.names) {
      if (name.endsWith(".part")) continue;
      const text = this.#text(name);
      if (text === undefined) continue;
      this.reads++;
      const isWhole = isStopped || name !== "records.json";
      if (isWhole) assert.ok(text === "" || text.endsWith("\n"), name);
      for (const line of text.split("\n").slice(0, -1)) lines.push(JSON.parse(line) as Line);
    }
    return lines;
  }

  /** Undefined: renamed or compressed meanwhile. */
  #text(name: string): string | undefined {
    try {
      const bytes = readFileSync(join(this.#folder, name));
      if (name.endsWith(".gz")) return gunzipSync(bytes).toString();
      if (name.endsWith(".zst")) return zstdDecompressSync(bytes).toString();
      return bytes.toString();
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw new Error(`${name}: ${error}`);
    }
  }
}

/** How many records each session has that the router has ended. */
function sizesOf(lines: readonly Line[]): Map<string, number> {
  const records = new Map<string, Set<string>>();
  const ended = new Set<string>();
  for (const { msg_data: { session, sequence, part, reason } } of lines) {
    const known = records.get(String(session)) ?? new Set();
    records.set(String(session), known.add(`${sequence}/${part}`));
    if (reason === "closed") ended.add(String(session));
  }
  return new Map([...ended].map((session) => [session, records.get(session)!.size]));
}

describe("message files of a collector that is killed", () => {
  for (const compression of ["zstd", "gzip", "none"]) {
    it(`are whole (${compression})`, { timeout: 120_000 }, async () => {
      const root = await mkdtemp(join(tmpdir(), "edgebmp-rotation-kill-"));
      const out = join(root, "out");
      await mkdir(out);
      const port = await freePort();
      const files = new Files(out);
      const start = async () => {
        const run = join(root, "run");
        await mkdir(run, { recursive: true });
        const program = new Program("collector", [
          ...collectorCommand(),
          `--listen=127.0.0.1:${port}`,
          "--dump=file",
          `--msg-file=${join(out, "records.json")}`,
          "--msg-file-rotate-bytes=100KiB",
          `--msg-file-compression=${compression}`,
          "--performance-port=0",
          `--spool-dir=${join(root, "spool")}`,
          "--spool-min-free-bytes=1MiB",
        ], run);
        await waitFor("a collector", () => program.log.includes(" started "), [program]);
        return program;
      };
      let isOver = false;
      const sending = sendSessions(port, () => isOver);
      try {
        for (let kill = 0; kill < KILLS; kill++) {
          const program = await start();
          const until = Date.now() + 200 + Math.random() * 600;
          while (Date.now() < until) {
            files.read(false);
            await delay(10);
          }
          await program.kill();
          files.read(false);
        }
        const program = await start();
        await delay(300);
        isOver = true;
        await sending;
        await program.stop();
        assert.match(program.log, /stopped drained=true/);
      } finally {
        isOver = true;
        await sending;
      }
      const lines = files.read(true);
      const sizes = sizesOf(lines);
      assert.ok(
        sizes.size >= 2 && files.reads > 50,
        `${sizes.size} sessions, ${files.reads} reads`,
      );
      assert.deepEqual([...new Set(sizes.values())].length, 1, JSON.stringify([...sizes]));
      if (compression !== "none") {
        assert.deepEqual(files.names.filter((name) => /json$/.test(name)), ["records.json"]);
        assert.deepEqual(files.names.filter((name) => name.endsWith(".part")), []);
      }
      await rm(root, { recursive: true });
    });
  }
});
