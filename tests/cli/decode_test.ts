import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INITIATION, TERMINATION } from "./messages.ts";
import { type Exit, runProgram } from "./program.ts";

const STREAM = new Uint8Array([...INITIATION, ...TERMINATION]);
const FIXED = ["--received-at=2026-01-31T12:00:00Z", "--admin-id=box"];

// deno-lint-ignore no-explicit-any
function records(exit: Exit): any[] {
  return exit.stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

describe("edgebmp decode", () => {
  let folder = "";
  let path = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-decode-"));
    path = join(folder, "session.bmp");
    await writeFile(path, STREAM);
  });
  after(() => rm(folder, { recursive: true }));

  it("prints the session from its opening to its end", async () => {
    const exit = await runProgram(["decode", path, "--source-ip=192.0.2.7", ...FIXED]);
    assert.deepEqual([exit.code, exit.stderr], [0, ""]);
    const found = records(exit).map(({ msg_data: data }) => data);
    assert.deepEqual(found.map((data) => data.sequence), [0, 1, 2, 3]);
    assert.equal(found[0].action, "opened");
    assert.deepEqual([found.at(-1).action, found.at(-1).reason], ["closed", "closed"]);
    for (const data of found) {
      assert.equal(data.session, "decode");
      assert.equal(data.collector, "box");
      assert.equal(data.router_source, "192.0.2.7");
      assert.ok(data.received_at.startsWith("2026-01-31T12:00:00"), data.received_at);
    }
    assert.equal(found[2].router_name, "r1");
  });

  it("prints the same from standard input", async () => {
    const fromFile = await runProgram(["decode", path, ...FIXED]);
    const fromInput = await runProgram(["decode", ...FIXED, "-"], STREAM);
    assert.equal(fromInput.code, 0);
    assert.equal(fromInput.stdout, fromFile.stdout);
  });

  it("prints what stood before a broken frame, says where it broke, and fails", async () => {
    const exit = await runProgram(["decode", "-", ...FIXED], new Uint8Array([...STREAM, 9, 9]));
    assert.equal(exit.code, 1);
    assert.match(exit.stderr, new RegExp(`at byte ${STREAM.length}: found version 9`));
    const last = records(exit).at(-1).msg_data;
    assert.deepEqual([last.action, last.reason, last.sequence], ["closed", "frame", 3]);
  });

  it("fails when the stream ends within a message", async () => {
    const exit = await runProgram(["decode", "-", ...FIXED], STREAM.subarray(0, -1));
    assert.equal(exit.code, 1);
    assert.match(exit.stderr, new RegExp(`at byte ${INITIATION.length}: found`));
    assert.equal(records(exit).at(-1).msg_data.reason, "closed");
  });

  it("prints nothing but an error for a file that is not there", async () => {
    const exit = await runProgram(["decode", join(folder, "none")]);
    assert.deepEqual([exit.code, exit.stdout], [1, ""]);
    assert.match(exit.stderr, /Cannot read .*none.*ENOENT/);
  });

  it("wants one file, and sensible values", async () => {
    for (
      const [args, message] of [
        [["decode"], /^Cannot decode: found 0 words/],
        [["decode", "a", "b"], /^Cannot decode: found 2 words/],
        [["decode", "a", "--source-ip=router"], /^Cannot read flag "--source-ip": found "router"/],
        [["decode", "a", "--received-at=now"], /^Cannot read flag "--received-at": found "now"/],
      ] as const
    ) {
      const exit = await runProgram(args);
      assert.deepEqual([exit.code, exit.stdout], [2, ""]);
      assert.match(exit.stderr, message);
      assert.match(exit.stderr, /Usage:\n {2}edgebmp decode \[flags\] FILE\|-/);
    }
  });
});
