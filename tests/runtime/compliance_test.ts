/** What every runtime adapter must do; runs against the one that executes it. The peer is a `node:net` socket. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { errorCode } from "../../src/runtime/error.ts";
import type { Connection } from "../../src/runtime/types.ts";
import {
  closeAll,
  dial,
  failOnError,
  gate,
  listen,
  MIB,
  Recorder,
  runtime,
  settled,
} from "./harness.ts";
import { until } from "../until.ts";

afterEach(closeAll);

describe(`runtime ${runtime.name}`, () => {
  it("delivers the bytes of a connection in order, then one closed", async () => {
    const recorder = new Recorder();
    let connection!: Connection;
    const { port } = await listen((opened) => {
      connection = opened;
      return recorder;
    });
    const { socket } = dial(port);
    for (const word of ["one ", "two ", "three"]) {
      socket.write(word);
      await delay(20);
    }
    socket.end();
    await recorder.closing;
    assert.equal(recorder.text(), "one two three");
    assert.equal(recorder.error, undefined);
    assert.equal(connection.remoteAddress, "127.0.0.1");
    assert.equal(connection.localPort, port);
    assert.notEqual(connection.remotePort, 0);
    await delay(50);
    assert.equal(recorder.closedCount, 1);
  });

  it("delivers nothing more while a data promise is pending, and the sender stalls", async () => {
    const hold = gate();
    const recorder = new Recorder(() => hold.passed);
    const { port } = await listen(() => recorder);
    const { socket } = dial(port);
    const piece = new Uint8Array(64 * 1024);
    let sent = 0;
    function send(): void {
      while (sent < 64 * MIB) {
        sent += piece.length;
        if (!socket.write(piece)) return;
      }
      socket.end();
    }
    socket.on("drain", send);
    send();
    const stalledAt = await settled(() => sent);
    assert.ok(stalledAt < 32 * MIB, `the sender got rid of ${stalledAt} bytes`);
    assert.equal(recorder.chunks.length, 1);
    hold.open();
    await recorder.closing;
    assert.equal(recorder.bytes, 64 * MIB);
    assert.equal(recorder.error, undefined);
  });

  it("never overlaps calls, and reads on after each of many pauses", async () => {
    const recorder = new Recorder((chunk) => chunk.length % 3 === 0 ? undefined : delay(1));
    const { port } = await listen(() => recorder);
    const { socket } = dial(port);
    socket.end(new Uint8Array(8 * MIB));
    await recorder.closing;
    assert.equal(recorder.bytes, 8 * MIB);
    assert.ok(recorder.chunks.length > 1);
  });

  it("delivers all bytes before closed when the FIN comes while the handler is slow", async () => {
    const recorder = new Recorder(() => delay(100));
    const { port } = await listen(() => recorder);
    const { socket, closed } = dial(port);
    socket.write("first");
    await until(() => recorder.busy);
    socket.end("second");
    await recorder.closing;
    assert.equal(recorder.text(), "firstsecond");
    assert.equal(recorder.error, undefined);
    await closed;
  });

  it("reports a reset by the peer with its code", async () => {
    const recorder = new Recorder();
    const { port } = await listen(() => recorder);
    const { socket } = dial(port);
    socket.write("x");
    await until(() => recorder.bytes === 1);
    socket.resetAndDestroy();
    await recorder.closing;
    assert.equal(errorCode(recorder.error), "ECONNRESET");
  });

  it("reports a reset after the pending data has settled", async () => {
    const hold = gate();
    const recorder = new Recorder(() => hold.passed);
    const { port } = await listen(() => recorder);
    const { socket } = dial(port);
    socket.write("x");
    await until(() => recorder.busy);
    socket.resetAndDestroy();
    await delay(50);
    assert.equal(recorder.closedCount, 0);
    hold.open();
    await recorder.closing;
    assert.equal(errorCode(recorder.error), "ECONNRESET");
  });

  it("ends a connection whose handler throws or rejects", async () => {
    for (const fail of [() => assert.fail("no"), () => Promise.reject(new Error("no"))]) {
      const recorder = new Recorder(fail);
      const { port } = await listen(() => recorder);
      const { socket, closed } = dial(port);
      socket.write("x");
      await recorder.closing;
      assert.equal(recorder.error?.message, "no");
      await closed;
      assert.equal(recorder.closedCount, 1);
    }
  });

  it("writes 32 MiB to a slow reader", async () => {
    const written = gate();
    let early = true;
    const { port } = await listen((connection) => {
      const bytes = new Uint8Array(32 * MIB).fill(7);
      connection.write(bytes).then(written.open);
      return new Recorder();
    });
    const peer = dial(port, { paused: true });
    written.passed.then(() => assert.equal(early, false, "resolved before the reader read"));
    await delay(200);
    early = false;
    peer.socket.on("data", (chunk: Uint8Array) => void peer.chunks.push(chunk));
    peer.socket.resume();
    await written.passed;
    await until(() => peer.received() === 32 * MIB);
    assert.ok(peer.chunks.every((chunk) => chunk.every((byte) => byte === 7)));
  });

  it("rejects a write whose reader goes away", async () => {
    let write!: Promise<void>;
    const recorder = new Recorder();
    const { port } = await listen((connection) => {
      write = connection.write(new Uint8Array(32 * MIB));
      write.catch(() => {});
      return recorder;
    });
    const { socket } = dial(port, { paused: true });
    await delay(100);
    socket.resetAndDestroy();
    await assert.rejects(write);
    await recorder.closing;
  });

  it("can shut down its direction and still read", async () => {
    const recorder = new Recorder();
    const { port } = await listen((connection) => {
      connection.write(new TextEncoder().encode("bye")).then(() => connection.shutdown());
      return recorder;
    });
    const peer = dial(port, { allowHalfOpen: true });
    await peer.ended;
    assert.equal(peer.received(), 3);
    peer.socket.end("still here");
    await recorder.closing;
    assert.equal(recorder.text(), "still here");
    assert.equal(recorder.error, undefined);
  });

  it("closes idempotently, and sends what was written before", async () => {
    const recorder = new Recorder();
    let closedInside = -1;
    const { port } = await listen((connection) => {
      connection.write(new Uint8Array(50_000)).then(() => {
        connection.close();
        closedInside = recorder.closedCount;
        connection.close();
      });
      return recorder;
    });
    const peer = dial(port);
    await peer.ended;
    await recorder.closing;
    await delay(50);
    assert.equal(peer.received(), 50_000);
    assert.equal(recorder.closedCount, 1);
    assert.equal(closedInside, 0, "closed was called from within close()");
    assert.equal(recorder.error, undefined);
  });

  it("lets accept and data close the connection", async () => {
    const early = new Recorder();
    let opened!: Connection;
    const late = new Recorder(() => opened.close());
    const handlers = [early, late];
    const { port } = await listen((connection) => {
      opened = connection;
      const handler = handlers.shift()!;
      if (handler === early) connection.close();
      return handler;
    });
    await dial(port).closed;
    await early.closing;
    const { socket, closed } = dial(port);
    socket.write("x");
    await late.closing;
    await closed;
    assert.equal(late.error, undefined);
    assert.equal(early.closedCount + late.closedCount, 2);
  });

  it("closes after the pending data when close() is called meanwhile", async () => {
    const hold = gate();
    let opened!: Connection;
    const recorder = new Recorder(() => hold.passed);
    const { port } = await listen((connection) => {
      opened = connection;
      return recorder;
    });
    const { socket } = dial(port);
    socket.write("x");
    await until(() => recorder.busy);
    opened.close();
    await delay(20);
    assert.equal(recorder.closedCount, 0);
    hold.open();
    await recorder.closing;
    assert.equal(recorder.error, undefined);
  });

  it("closes a connection that accept refuses", async () => {
    const { port } = await listen(() => undefined);
    const peer = dial(port);
    peer.socket.write("hello");
    await peer.closed;
    assert.equal(peer.received(), 0);
  });

  it("rejects a busy port with EADDRINUSE", async () => {
    for (const host of ["127.0.0.1", "::"]) {
      const { port } = await listen(() => undefined, host);
      await assert.rejects(
        runtime.listen({ host, port }, () => undefined, failOnError),
        (error) => errorCode(error) === "EADDRINUSE",
      );
    }
  });

  it("takes IPv4 and IPv6 on :: and unmaps IPv4 addresses", async (context) => {
    const seen: string[] = [];
    const { port, address } = await listen((connection) => {
      seen.push(connection.remoteAddress, connection.localAddress);
      return undefined;
    }, "::");
    await dial(port).closed;
    assert.deepEqual(seen.splice(0), ["127.0.0.1", "127.0.0.1"]);
    if (address !== "::") return context.skip("IPv6 is off here");
    await dial(port, { host: "::1" }).closed;
    assert.deepEqual(seen, ["::1", "::1"]);
  });

  it("takes 200 quick connections, and goes on with open ones once it is closed", async () => {
    let opened = 0;
    const recorders: Recorder[] = [];
    const listener = await listen(() => {
      opened++;
      const recorder = new Recorder();
      recorders.push(recorder);
      return recorder;
    });
    const peers = Array.from({ length: 200 }, () => dial(listener.port));
    for (const peer of peers.slice(1)) peer.socket.end("quick");
    await until(() => recorders.filter((recorder) => recorder.closedCount === 1).length === 199);
    assert.equal(opened, 200);
    listener.close();
    listener.close();
    await delay(50);
    peers[0]!.socket.end("last");
    await Promise.all(recorders.map((recorder) => recorder.closing));
    assert.equal(recorders.filter((recorder) => recorder.text() === "quick").length, 199);
    const late = dial(listener.port);
    await late.closed;
    assert.equal(late.code(), "ECONNREFUSED");
  });

  it("bounds what all waiting handlers hold together", async () => {
    const filling = gate();
    const hold = gate();
    const recorders: Recorder[] = [];
    const { port } = await listen(() => {
      const recorder: Recorder = new Recorder(() =>
        recorder.bytes === 1 ? filling.passed : hold.passed
      );
      recorders.push(recorder);
      return recorder;
    });
    const held = () => recorders.reduce((sum, recorder) => sum + recorder.bytes, 0);
    // The handlers wait with one byte each while the kernel's buffers fill, so that each could then be given all of its own.
    const peers = Array.from({ length: 120 }, () => dial(port));
    for (const { socket } of peers) socket.write("x");
    await until(() => held() === 120);
    for (const { socket } of peers) socket.end(new Uint8Array(MIB));
    await delay(300);
    filling.open();
    const heldBytes = await settled(held);
    assert.ok(heldBytes <= 9 * MIB, `${heldBytes} bytes are held`);
    hold.open();
    await Promise.all(recorders.map((recorder) => recorder.closing));
    assert.equal(held(), 120 * (MIB + 1));
  });

  it("connects, and says why it cannot", async () => {
    const far = new Recorder();
    const near = new Recorder();
    const listener = await listen((connection) => {
      connection.write(new TextEncoder().encode("welcome"));
      return far;
    });
    const { port } = listener;
    const connection = await runtime.connect("127.0.0.1", port, 1000, () => near);
    assert.equal(connection.remotePort, port);
    await connection.write(new TextEncoder().encode("hello"));
    await until(() => far.text() === "hello" && near.text() === "welcome");
    connection.close();
    await Promise.all([far.closing, near.closing]);

    await assert.rejects(runtime.connect("127.0.0.1", port, 1000, () => undefined), /not wanted/);
    listener.close();
    await delay(50);
    await assert.rejects(
      runtime.connect("127.0.0.1", port, 1000, () => near),
      (error) => errorCode(error) === "ECONNREFUSED",
    );
  });
});

describe(`standard output on ${runtime.name}`, () => {
  const child = fileURLToPath(new URL("./stdout_child.ts", import.meta.url));

  /** A process that writes `count` MiB, one after the other, and reports each on standard error. */
  function start(count: number) {
    const args = runtime.name === "deno" ? ["run", "-A", child] : [child];
    const child_ = spawn(process.execPath, [...args, String(count)]);
    children.push(child_);
    let report = "";
    child_.stderr.on("data", (chunk) => report += chunk);
    return { process: child_, report: () => report };
  }
  const children: ReturnType<typeof spawn>[] = [];
  after(() => children.forEach((process) => process.kill()));

  it("resolves once written: a slow reader holds the writer back, and gets all", async () => {
    const { process, report } = start(4);
    await delay(500);
    assert.equal(report(), "");
    let bytes = 0;
    process.stdout.on("data", (chunk) => bytes += chunk.length);
    await new Promise((resolve) => process.once("close", resolve));
    assert.equal(report(), "written written written written ");
    assert.equal(bytes, 4 * MIB);
  });

  it("rejects with EPIPE once the reader is gone, each time", async () => {
    const { process, report } = start(3);
    process.stdout.destroy();
    await new Promise((resolve) => process.once("close", resolve));
    assert.equal(report(), "EPIPE EPIPE EPIPE ");
  });
});

describe(`files on ${runtime.name}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "edgebmp-runtime-"));
  after(() => rmSync(folder, { recursive: true }));

  it("appends, makes what is missing, and says what it has", async () => {
    const path = join(folder, "new");
    const bytes = new TextEncoder().encode("(one two)");
    for (const end of [4, 8]) {
      const file = await runtime.openAppend(path);
      assert.equal((await file.write(bytes, 1, end - 1)).bytesWritten, end - 1);
      await file.close();
    }
    assert.equal(readFileSync(path, "utf8"), "oneone two");
    const file = await runtime.openAppend(path);
    await file.truncate(3);
    await file.write(bytes, 8, 1);
    const { size } = await file.stat();
    assert.equal(size, 4);
    assert.equal((await file.stat()).isFile(), true);
    await file.close();
    assert.equal(readFileSync(path, "utf8"), "one)");
  });

  it("fails with the system's codes", async () => {
    await assert.rejects(
      runtime.openAppend(join(folder, "missing", "file")),
      (error) => errorCode(error) === "ENOENT",
    );
    const full = await runtime.openAppend("/dev/full");
    assert.equal((await full.stat()).isFile(), false);
    await assert.rejects(
      full.write(new Uint8Array(1), 0, 1),
      (error) => errorCode(error) === "ENOSPC",
    );
    await full.close();
  });

  it("goes on with everything else while nobody reads a FIFO", () => {
    const path = join(folder, "fifo");
    spawnSync("mkfifo", [path]);
    const child = fileURLToPath(new URL("./fifo_child.ts", import.meta.url));
    const args = runtime.name === "deno" ? ["run", "-A", child] : [child];
    const { stdout } = spawnSync(process.execPath, [...args, path], {
      encoding: "utf8",
      timeout: 10_000,
      killSignal: "SIGKILL",
    });
    assert.equal(stdout, "waits, then timers run\n");
  });
});

describe(`${runtime.name} runtime: locks on files`, () => {
  const folder = mkdtempSync(join(tmpdir(), "edgebmp-lock-"));
  after(() => rmSync(folder, { recursive: true }));

  it("one at a time", () => {
    const path = join(folder, "lock");
    const unlock = runtime.lockFile(path);
    assert.notEqual(unlock, undefined);
    assert.equal(runtime.lockFile(path), undefined);
    unlock!();
    const again = runtime.lockFile(path);
    assert.notEqual(again, undefined);
    again!();
  });

  it("of a process that was killed is free", async () => {
    const path = join(folder, "killed");
    const child = fileURLToPath(new URL("./lock_child.ts", import.meta.url));
    const args = runtime.name === "deno" ? ["run", "-A", child] : [child];
    const holder = spawn(process.execPath, [...args, path]);
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    assert.equal(runtime.lockFile(path), undefined);
    holder.kill("SIGKILL");
    await new Promise((resolve) => holder.once("exit", resolve));
    const unlock = runtime.lockFile(path);
    assert.notEqual(unlock, undefined);
    unlock!();
  });
});
