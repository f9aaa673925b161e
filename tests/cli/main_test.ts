import { after, afterEach, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import metadata from "../../deno.json" with { type: "json" };
import { VERSION } from "../../src/cli/version.ts";
import { INITIATION, TERMINATION } from "./messages.ts";
import { Program, runProgram } from "./program.ts";

const SESSION = new Uint8Array([...INITIATION, ...TERMINATION]);

interface Line {
  msg_type: number;
  msg_data: { action?: string; reason?: string; sequence: number };
}

describe("edgebmp", () => {
  let folder = "";
  const programs: Program[] = [];
  const sockets: Socket[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-main-"));
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(programs.splice(0).map((program) => program.kill()));
  });

  function start(...args: string[]): Program {
    const program = new Program(["--listen-address=127.0.0.1", "--source-port=0", ...args]);
    programs.push(program);
    return program;
  }

  async function connectTo(program: Program): Promise<Socket> {
    const [, port] = await program.logged(/listening listener=127\.0\.0\.1:(\d+)/);
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    return socket;
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`prints what a router says, and at ${signal} its end, then exits with 0`, async () => {
      const program = start("--dump=console");
      const socket = await connectTo(program);
      socket.write(SESSION);
      await program.records(3);
      program.signal(signal);
      const { code, stdout, stderr } = await program.exit;
      assert.equal(code, 0, stderr);
      const records: Line[] = stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
      assert.deepEqual(records.map(({ msg_data }) => msg_data.sequence), [0, 1, 2, 3]);
      assert.equal(records[0]!.msg_data.action, "opened");
      assert.deepEqual([records[3]!.msg_data.action, records[3]!.msg_data.reason], [
        "closed",
        "stop",
      ]);
      assert.match(stderr, new RegExp(`stopping signal=${signal}`));
    });
  }

  it("writes JSON log lines to standard error only", async () => {
    const program = start("--log-format=json");
    await program.logged(/"listening"/);
    program.signal("SIGTERM");
    const { stdout, stderr } = await program.exit;
    assert.equal(stdout, "");
    const events = stderr.split("\n").slice(0, -1).map((line) => JSON.parse(line));
    assert.deepEqual(events.map(({ level }) => level), ["info", "info", "info", "info", "info"]);
  });

  it("reopens its file at SIGHUP", async () => {
    const path = join(folder, "rotated.json");
    const program = start("--dump=file", `--msg-file=${path}`);
    const socket = await connectTo(program);
    socket.write(SESSION);
    await program.logged(/session opened/);
    for (let i = 0; i < 200 && (await readFile(path, "utf8")).split("\n").length < 4; i++) {
      await wait(20);
    }
    await rename(path, `${path}.1`);
    program.signal("SIGHUP");
    await program.logged(/file reopened/);
    program.signal("SIGTERM");
    assert.equal((await program.exit).code, 0);
    assert.equal((await readFile(`${path}.1`, "utf8")).split("\n").length, 4);
    assert.match(await readFile(path, "utf8"), /^\{.*"reason":"stop".*\}\n$/);
  });

  it("reads its configuration again at SIGHUP", async () => {
    const path = join(folder, "edge.yaml");
    const write = (level: string, sink: string) =>
      writeFile(path, `version: 1\nlog: {level: ${level}}\nsinks: [${sink}]\n`);
    await write("info", "{type: console}");
    const program = start(`--config=${path}`);
    const socket = await connectTo(program);
    await program.records(1);
    const file = join(folder, "reloaded.json");
    await write("debug", `{type: file, path: ${file}}`);
    program.signal("SIGHUP");
    await program.logged(
      /configuration reloaded changes="sink file added, sink console removed, log.level changed"/,
    );
    socket.write(SESSION);
    for (let i = 0; i < 200 && (await readFile(file, "utf8")).split("\n").length < 3; i++) {
      await wait(20);
    }
    await write("loud", "");
    program.signal("SIGHUP");
    await program.logged(/ERROR configuration not reloaded, nothing has changed error=.*line 2/);
    program.signal("SIGTERM");
    assert.equal((await program.exit).code, 0);
    assert.equal((await readFile(file, "utf8")).trimEnd().split("\n").length, 3);
  });

  it("fails when the time for a stop is over before all is delivered", async () => {
    const program = await stall(["--shutdown-timeout-ms=300"]);
    program.signal("SIGTERM");
    const startedAt = Date.now();
    await program.logged(/stopped drained=false/);
    program.child.stdout.resume();
    const { code, stderr } = await program.exit;
    assert.equal(code, 1);
    assert.match(stderr, /pipeline ended before all was delivered/);
    assert.ok(Date.now() - startedAt < 5000);
  });

  it("ends at once at the second signal", async () => {
    const program = await stall(["--shutdown-timeout-ms=60000"]);
    program.signal("SIGTERM");
    await program.logged(/stopping/);
    await wait(200);
    program.signal("SIGTERM");
    program.child.stdout.resume();
    const { code, stderr } = await program.exit;
    assert.equal(code, 1);
    assert.doesNotMatch(stderr, /stopped/);
  });

  it("takes a signal that comes twice at the same time for one", async () => {
    const program = start();
    await program.logged(/listening/);
    program.signal("SIGINT");
    await program.logged(/stopping/);
    program.signal("SIGINT");
    assert.equal((await program.exit).code, 0);
  });

  it("logs an error that nobody caught, and fails", async () => {
    const program = new Program(["--source-port=0"], {}, "tests/cli/uncaught_child.ts");
    programs.push(program);
    await program.logged(/ started /);
    program.child.stdin.write("x");
    const { code, stderr } = await program.exit;
    assert.equal(code, 1);
    assert.match(stderr, /ERROR uncaught error error=.*nobody catches this/);
  });

  it("fails when the reader of its records is gone", async () => {
    const program = start();
    const socket = await connectTo(program);
    program.child.stdout.destroy();
    socket.write(SESSION);
    const { code, stderr } = await program.exit;
    assert.equal(code, 1);
    assert.match(stderr, /ERROR stopping .*its reader is gone/);
  });

  it("goes on, and stops, while nobody reads its log", async () => {
    const program = start("--log-level=trace");
    const socket = await connectTo(program);
    program.child.stderr.pause();
    // A Termination with 4 KiB of text; in hex 2 MB, more than what the pipe and this process take.
    const message = new Uint8Array(4106);
    message.set([3, 0, 0, 16, 10, 5, 0, 0, 16, 0]);
    for (let i = 0; i < 250; i++) socket.write(message);
    await program.records(251);
    const exited = once(program.child, "exit");
    program.signal("SIGTERM");
    assert.equal((await exited)[0], 0);
    program.child.stderr.resume();
  });

  it("fails when its port or its file cannot be had", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const taken = await runProgram(["--listen-address=127.0.0.1", `--source-port=${port}`]);
    server.close();
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /Cannot listen on/);
    const path = join(folder, "none", "x.json");
    const absent = await runProgram(["--source-port=0", "--dump=file", `--msg-file=${path}`]);
    assert.equal(absent.code, 1);
    assert.match(absent.stderr, /Cannot open .*none/);
  });

  it("fails with one line for a configuration that cannot work", async () => {
    const kafka = await runProgram(["--dump=kafka"]);
    assert.deepEqual(kafka, {
      code: 1,
      stdout: "",
      stderr: "Cannot start: --dump=kafka needs --kafka-server\n",
    });
    const path = join(folder, "bad.yaml");
    await writeFile(path, "version: 1\nsink: []\n");
    const file = await runProgram([`-config=${path}`]);
    assert.equal(file.code, 1);
    assert.match(file.stderr, /^Cannot read configuration file .*bad\.yaml", line 2: key "sink"/);
  });

  it("prints usage on standard error for what it does not understand", async () => {
    for (
      const [args, message] of [
        [
          ["--sorce-port=1"],
          /^Cannot read flag "--sorce-port": no such flag; did you mean --source-port/,
        ],
        [["decod"], /^Cannot run "decod": no such command; did you mean decode\?/],
        [["--v=3", "decode"], /^Cannot run "decode": a command comes before its flags/],
        [["help", "nothing"], /^Cannot run "nothing": no such command/],
      ] as const
    ) {
      const { code, stdout, stderr } = await runProgram(args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
      assert.match(stderr, /\nUsage:\n {2}edgebmp \[flags\] .*edgebmp help lists/s);
      assert.ok(stderr.split("\n").length < 20, "the message would leave the screen");
    }
  });

  it("prints help and version on standard output", async () => {
    const help = await runProgram(["help"]);
    assert.deepEqual([help.code, help.stderr], [0, ""]);
    for (const name of ["decode", "replay", "generate", "version"]) {
      assert.match(help.stdout, new RegExp(`^  ${name} `, "m"));
    }
    assert.deepEqual(await runProgram(["--v=3", "-h"]), help);
    assert.match((await runProgram(["decode", "--help"])).stdout, /edgebmp decode \[flags\] FILE/);
    const version = await runProgram(["version"]);
    assert.equal(version.code, 0);
    assert.deepEqual(await runProgram(["--version"]), version);
    assert.match(version.stdout, new RegExp(`^edgebmp ${VERSION} \\((deno|bun) \\d`));
    assert.equal(VERSION, metadata.version);
  });

  /** A collector whose records nobody reads any more, with more of them than pipes and buffers take. */
  async function stall(args: string[]): Promise<Program> {
    const program = start(...args);
    const socket = await connectTo(program);
    program.child.stdout.pause();
    const message = new Uint8Array(INITIATION);
    const messages = new Uint8Array(message.length * 20_000);
    for (let i = 0; i < messages.length; i += message.length) messages.set(message, i);
    await new Promise<void>((resolve) => socket.write(messages, () => resolve()));
    await wait(500);
    return program;
  }
});

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
