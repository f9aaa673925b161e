/** `edgebmp spool` on a spool that a collector has left behind. */
import { after, beforeEach, describe, it } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spoolCommand } from "../../src/cli/commands/spool.ts";
import { UsageError } from "../../src/cli/flag.ts";
import { openSpool } from "../../src/journal/disk/mod.ts";
import { EntryBatch, EntryKind, type SessionInfo } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { utf8 } from "../../src/wire/writer.ts";
import { initiation, MANDATORY, peerUp, routeMonitoring, uint } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { commandContext } from "./command_context.ts";

const ROUTES = 50;
const INFO: SessionInfo = {
  session: "left-behind",
  source: "192.0.2.99",
  source_port: 1,
  listener: "[::]:5000",
  parallel: false,
};
const FRAMES = [
  initiation("r1"),
  peerUp(),
  ...Array.from(
    { length: ROUTES },
    (_, i) => routeMonitoring({ attributes: MANDATORY, nlri: `18${uint(i + 1, 3)}` }),
  ),
].map(fromHex);

const runtime = await loadRuntime();
const folders: string[] = [];
let dir = "";

/** A spool with one session that did not end, and the cursor of a sink that has had the first of it. */
async function leaveSpool(): Promise<void> {
  const journal = await openSpool(dir, runtime, {
    freeBytesMin: 1024 * 1024,
    nowUs: () => 1,
    metrics: new Metrics(),
    log: new Log("error", "text", () => {}),
  });
  const reader = journal.openReader("away", "oldest");
  const batch = new EntryBatch();
  batch.session = journal.nextSession();
  batch.kind = EntryKind.open;
  const open = utf8(JSON.stringify(INFO));
  batch.add(open, 0, open.length);
  journal.append(batch);
  batch.clear();
  batch.kind = EntryKind.frame;
  batch.firstSequence = 1;
  for (const frame of FRAMES) batch.add(frame, 0, frame.length);
  journal.append(batch);
  while ((await reader.read(1000))?.kind !== "entries");
  journal.commit("away", 28 + open.length);
  reader.close();
  journal.close();
  await journal.finish();
}

/** Names and contents of the files. */
function contents(): Map<string, string> {
  return new Map(
    readdirSync(dir).sort().map((name) => [name, readFileSync(join(dir, name), "hex")]),
  );
}

async function spool(...args: string[]) {
  const { context, logged } = await commandContext(spoolCommand, args);
  let stdout = "";
  const writeStdout = (bytes: Uint8Array) => {
    stdout += new TextDecoder().decode(bytes);
    return Promise.resolve();
  };
  const code = await spoolCommand.run({ ...context, runtime: { ...runtime, writeStdout } });
  return { code, stdout, logged: logged() };
}

interface Record {
  readonly sequence: number;
  readonly action?: string;
  readonly reason?: string;
}

function recordsOf(text: string): Record[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line).msg_data);
}

/** Sequences of all entries of the session, from the open entry on: those without a record are none. */
const ALL = Array.from({ length: FRAMES.length + 1 }, (_, i) => i);

describe("edgebmp spool", () => {
  after(async () => {
    for (const folder of folders) await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-spool-"));
    folders.push(folder);
    dir = join(folder, "spool");
    await leaveSpool();
  });

  it("inspect tells segments, cursors, and the sessions that are open, and changes nothing", async () => {
    const before = contents();
    const { code, stdout } = await spool("inspect", dir);
    assert.equal(code, 0);
    const end = Number(/ to=(\d+) /.exec(stdout)![1]);
    const position = 28 + JSON.stringify(INFO).length;
    assert.match(
      stdout,
      new RegExp(
        `^segment 000000000001.segment bytes=\\d+ from=0 to=${end} entries=${ALL.length}$`,
        "m",
      ),
    );
    assert.match(
      stdout,
      new RegExp(`^cursor away position=${position} behind=${end - position}$`, "m"),
    );
    assert.match(stdout, new RegExp(`^open session 1 last_sequence=${FRAMES.length}$`, "m"));
    assert.deepEqual(contents(), before);
  });

  it("verify ends with 1 where entries are lost, with 0 where only a crash has left its traces", async () => {
    assert.deepEqual(await spool("verify", dir), {
      code: 0,
      stdout: `sound segments=1 entries=${ALL.length}\n`,
      logged: "",
    });
    const path = join(dir, "000000000001.segment");
    const sound = readFileSync(path);
    writeFileSync(path, sound.subarray(0, -5));
    const torn = await spool("verify", dir);
    assert.equal(torn.code, 0);
    assert.match(
      torn.stdout,
      /^note 000000000001.segment: an incomplete block of \d+ bytes at its end$/m,
    );
    const damaged = Buffer.from(sound);
    damaged[60]! ^= 1;
    writeFileSync(path, damaged);
    const before = contents();
    const { code, stdout } = await spool("verify", dir);
    assert.equal(code, 1);
    assert.match(stdout, /^damaged 000000000001.segment: .*\ndamaged segments=1 /m);
    assert.deepEqual(contents(), before);
  });

  it("drain hands everything to a sink, once, and takes the peers of the session down", async () => {
    const file = join(dir, "..", "records.json");
    const args = ["drain", dir, "--dump=file", `--msg-file=${file}`];
    const { code, logged } = await spool(...args);
    assert.equal(code, 0, logged);
    assert.match(logged, /INFO {2}drained .*complete=true/);
    const records = recordsOf(readFileSync(file, "utf8"));
    assert.deepEqual([...new Set(records.map(({ sequence }) => sequence))], [...ALL, ALL.length]);
    assert.deepEqual(records.slice(-2).map(({ action, reason }) => [action, reason]), [
      ["down", undefined],
      ["closed", "crash"],
    ]);
    assert.equal((await spool(...args)).code, 0);
    assert.equal(recordsOf(readFileSync(file, "utf8")).length, records.length);
    assert.match((await spool("inspect", dir)).stdout, /^cursor file position=\d+ behind=0$/m);
  });

  it("drain without a sink prints, and holds nothing afterwards", async () => {
    const { code, stdout } = await spool("drain", dir);
    assert.equal(code, 0);
    assert.deepEqual([...new Set(recordsOf(stdout).map(({ sequence }) => sequence))], [
      ...ALL,
      ALL.length,
    ]);
    const { stdout: inspected } = await spool("inspect", dir);
    assert.deepEqual(inspected.match(/^cursor \w+/gm), ["cursor away"]);
  });

  it("drop-cursor forgets a sink, and says when there is none", async () => {
    assert.equal((await spool("drop-cursor", dir, "away")).code, 0);
    assert.equal(/^cursor/m.test((await spool("inspect", dir)).stdout), false);
    const { code, logged } = await spool("drop-cursor", dir, "away");
    assert.equal(code, 1);
    assert.match(logged, /spool has no such cursor .*sink=away/);
  });

  it("keeps off a spool that a collector has, but looks into it", async () => {
    const options = {
      freeBytesMin: 1024 * 1024,
      nowUs: () => 1,
      metrics: new Metrics(),
      log: new Log("error", "text", () => {}),
    };
    const journal = await openSpool(dir, runtime, options);
    try {
      await assert.rejects(spool("drop-cursor", dir, "away"), /another process has it/);
      await assert.rejects(spool("drain", dir), /another process has it/);
      assert.equal((await spool("verify", dir)).code, 0);
    } finally {
      journal.close();
      await journal.finish();
    }
  });

  for (
    const [words, message] of [
      [["look", "DIR"], /expected inspect, verify, drain, drop-cursor, then a directory/],
      [["verify"], /expected inspect/],
      [["verify", "DIR", "kafka"], /only drop-cursor takes the name of a sink/],
      [["drop-cursor", "DIR"], /only drop-cursor takes the name of a sink/],
    ] as const
  ) {
    it(`refuses "${words.join(" ")}"`, async () => {
      const args = words.map((word) => word === "DIR" ? dir : word);
      await assert.rejects(spool(...args), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("makes no directory where there is none", async () => {
    const none = join(dir, "none");
    await assert.rejects(spool("verify", none));
    assert.equal(existsSync(none), false);
  });
});
