import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageBoundaries, replayCommand, replayFile } from "../../src/cli/commands/replay.ts";
import { UsageError } from "../../src/cli/flag.ts";
import { GENERATE_DEFAULTS } from "../../src/generate/options.ts";
import { generateSession } from "../../src/generate/session.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import type { Listener, Runtime } from "../../src/runtime/types.ts";
import { walkSession } from "../generate/bmp_walker.ts";
import { commandContext } from "./command_context.ts";

const NEVER = new AbortController().signal;
const STREAM = Buffer.concat([
  ...generateSession({ ...GENERATE_DEFAULTS, prefixesV4: 5000, prefixesV6: 0 }),
].map((chunk) => Buffer.from(chunk)));
const MESSAGES = walkSession(STREAM).types.length;

describe("edgebmp replay", () => {
  let folder = "";
  let path = "";
  let runtime: Runtime;
  let listener: Listener | undefined;
  /** What came on each connection that has ended. */
  let received: Buffer[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-"));
    path = join(folder, "table.bmp");
    await writeFile(path, STREAM);
    runtime = await loadRuntime();
    listener = await runtime.listen({ host: "127.0.0.1", port: 0 }, () => {
      const chunks: Buffer[] = [];
      return {
        data: (chunk) => void chunks.push(Buffer.from(chunk)),
        closed: () => void received.push(Buffer.concat(chunks)),
      };
    }, (error) => assert.fail(error));
  });

  after(async () => {
    listener?.close();
    await rm(folder, { recursive: true });
  });

  async function replay(...args: string[]): Promise<{ code: number; logged: string }> {
    received = [];
    const { context, logged } = await commandContext(
      replayCommand,
      [...args, `--to=127.0.0.1:${listener!.port}`],
    );
    return { code: await replayCommand.run(context), logged: logged() };
  }

  it("sends a file byte for byte as one session and counts", async () => {
    const { code, logged } = await replay(path);
    assert.equal(code, 0);
    assert.equal(received.length, 1);
    assert.ok(received[0]!.equals(STREAM));
    assert.match(logged, new RegExp(`sessions=1 messages=${MESSAGES} bytes=${STREAM.length} `));
  });

  it("plays files, sessions and loops, each on a connection of its own", async () => {
    const { code, logged } = await replay(path, path, "--sessions", "2", "--loop=3");
    assert.equal(code, 0);
    assert.equal(received.length, 12);
    assert.ok(received.every((stream) => stream.equals(STREAM)));
    assert.match(logged, new RegExp(`sessions=12 messages=${12 * MESSAGES} `));
  });

  it("keeps to the rate", async () => {
    const startedAt = performance.now();
    assert.equal((await replay(path, "--rate=4000")).code, 0);
    const seconds = (performance.now() - startedAt) / 1000;
    assert.ok(seconds > 0.9 * MESSAGES / 4000, `${MESSAGES} messages in ${seconds} s`);
    assert.ok(received[0]!.equals(STREAM));
  });

  it("sends also what is not BMP", async () => {
    const junk = join(folder, "junk");
    const bytes = Buffer.from("\x03\x00\x00\x00\x00\x04GET / HTTP/1.1\r\n\r\n");
    await writeFile(junk, bytes);
    const { code, logged } = await replay(junk);
    assert.equal(code, 0);
    assert.ok(received[0]!.equals(bytes));
    assert.match(logged, /messages=0 /);
  });

  it("does not send a capture of packets, which is no stream", async () => {
    const capture = join(folder, "capture.pcapng");
    await writeFile(capture, Uint8Array.from([0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0]));
    const { code, logged } = await replay(capture);
    assert.equal(code, 1);
    assert.match(logged, /found a capture of packets, expected a BMP stream/);
  });

  it("fails when nobody listens or a file is missing", async () => {
    const { context, logged } = await commandContext(replayCommand, [path, "--to", "127.0.0.1:1"]);
    assert.equal(await replayCommand.run(context), 1);
    assert.match(logged(), /cannot replay/);
    await assert.rejects(replay(path, join(folder, "missing")), /Cannot read ".*missing": ENOENT/);
  });

  it("fails when the collector does not read to the end", async () => {
    const resetting = createServer((socket) => {
      socket.on("error", () => {});
      setTimeout(() => socket.resetAndDestroy(), 100);
    }).listen(0, "127.0.0.1");
    await once(resetting, "listening");
    const { port } = resetting.address() as AddressInfo;
    const totals = { sessions: 0, messages: 0, bytes: 0 };
    const options = { to: { host: "127.0.0.1", port }, rate: 0, signal: NEVER };
    await assert.rejects(replayFile(runtime, path, options, totals), { code: "ECONNRESET" });
    resetting.close();
  });

  it("sends nothing when it is told to stop while it connects", async () => {
    const stop = new AbortController();
    const slow: Runtime = {
      ...runtime,
      async connect(...args) {
        const connection = await runtime.connect(...args);
        stop.abort();
        return connection;
      },
    };
    const to = { host: "127.0.0.1", port: listener!.port };
    const totals = { sessions: 0, messages: 0, bytes: 0 };
    const options = { to, rate: 0, signal: stop.signal };
    await assert.rejects(replayFile(slow, path, options, totals), { name: "AbortError" });
    assert.equal(totals.bytes, 0);
  });

  it("wants a collector and a file", async () => {
    for (const args of [["--to=127.0.0.1:5000"], [path]]) {
      const { context } = await commandContext(replayCommand, args);
      await assert.rejects(replayCommand.run(context), UsageError);
    }
    for (const to of ["5000", "host", "host:0", "host:65536", "::1:5000"]) {
      await assert.rejects(commandContext(replayCommand, [`--to=${to}`]), UsageError, to);
    }
  });
});

describe("MessageBoundaries", () => {
  it("finds the same ends however the stream is cut", () => {
    const stream = STREAM.subarray(0, 3000);
    for (const size of [1, 2, 5, 7, 64, 3000]) {
      const boundaries = new MessageBoundaries();
      const ends: number[] = [];
      for (let start = 0; start < stream.length; start += size) {
        const chunk = stream.subarray(start, start + size);
        for (let pos = 0; pos < chunk.length;) {
          pos = boundaries.after(chunk, pos, 1);
          if (boundaries.passed === 1) ends.push(start + pos);
        }
      }
      const expected: number[] = [];
      for (
        let end = stream.readUInt32BE(1);
        end <= stream.length;
        end += stream.readUInt32BE(end + 1)
      ) {
        expected.push(end);
        if (end + 5 > stream.length) break;
      }
      assert.deepEqual(ends, expected, `chunks of ${size}`);
    }
  });
});
