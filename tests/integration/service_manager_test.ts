/** The collector under a service manager: readiness, stop, signs of life, and the unit files. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { initiation, MANDATORY, peerUp, routeMonitoring, uint } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { freePort } from "../ports.ts";
import {
  collectorCommand,
  describeWith,
  findProgram,
  type Found,
  Program,
  waitFor,
} from "./programs.ts";

const SUPERVISOR = fileURLToPath(new URL("supervisor.py", import.meta.url));
const UNITS = fileURLToPath(new URL("../../systemd", import.meta.url));
/** A machine that is shared can stand still for a second. */
const WATCHDOG_MS = 3000;

function find(name: string, debianPackage: string): Found {
  const path = findProgram(name);
  return path === undefined
    ? { skip: `${name} is not installed (Debian package ${debianPackage})` }
    : { path };
}

async function startSupervised(python: string, flags: readonly string[]): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), "edgebmp-supervised-"));
  const collector = [...collectorCommand(), `--spool-dir=${join(folder, "spool")}`, ...flags];
  // An abstract name, as some service managers give.
  const notify = `@edgebmp-${process.pid}-${await freePort()}`;
  const supervisor = [SUPERVISOR, "--notify", notify, "--watchdog-ms", `${WATCHDOG_MS}`];
  return new Program("supervisor", [python, ...supervisor, ...collector], folder);
}

/** Waits until a line of the supervisor's fits; returns what the parentheses hold. */
async function heard(supervisor: Program, what: RegExp, timeoutMs = 20_000): Promise<string> {
  const match = await waitFor(
    `${what}`,
    () => what.exec(supervisor.log) ?? undefined,
    [supervisor],
    timeoutMs,
  );
  return match[1] ?? "";
}

describeWith(find("python3", "python3"), "the collector under a service manager", (python) => {
  it("says that it is ready once it listens, gives signs of life, says that it reloads and stops", async () => {
    const httpPort = await freePort();
    const flags = ["--source-port=0", "--dump=console", `--performance-port=${httpPort}`];
    const supervisor = await startSupervised(python, flags);
    try {
      const port = await heard(
        supervisor,
        /^notify READY=1\|STATUS=sessions: 0, listening on \[::\]:(\d+)$/m,
      );
      const socket = net.connect(Number(port), "127.0.0.1");
      await new Promise((resolve, reject) => socket.on("connect", resolve).on("error", reject));
      socket.destroy();
      await heard(supervisor, /^notify WATCHDOG=1$[^]*^notify WATCHDOG=1$/m);
      process.kill(Number(await heard(supervisor, /^pid (\d+)$/m)), "SIGHUP");
      const reload =
        /^notify RELOADING=1\|MONOTONIC_USEC=\d+$[^]*^notify READY=1\|STATUS=sessions: /m;
      await heard(supervisor, reload);
      await fetch(`http://127.0.0.1:${httpPort}/api/v1/reload`, {
        method: "POST",
        headers: { "X-Edgebmp-Action": "1" },
      });
      await heard(supervisor, new RegExp(`${reload.source}[^]*${reload.source}`, "m"));
    } finally {
      await supervisor.stop();
    }
    assert.match(supervisor.log, /^notify STOPPING=1$[^]*^exit 0$/m);
  });

  it("is ended by the watchdog when its event loop does not turn", async () => {
    const supervisor = await startSupervised(python, ["--source-port=0", "--dump=console"]);
    try {
      const pid = await heard(supervisor, /^pid (\d+)$/m);
      await heard(supervisor, /^notify READY=1/m);
      process.kill(Number(pid), "SIGSTOP");
      await heard(supervisor, /^watchdog: no sign of life$/m);
      await waitFor("its end", () => /^exit -\d+$/m.test(supervisor.log));
    } finally {
      await supervisor.stop();
    }
  });

  it("lives on with a dead broker and a full journal", async () => {
    const port = await freePort();
    const supervisor = await startSupervised(python, [
      `--source-port=${port}`,
      `--kafka-server=127.0.0.1:${await freePort()}`,
      "--spool-max-bytes=64MiB",
      "--journal-max-bytes=2MiB",
    ]);
    const router = new net.Socket();
    router.on("error", () => {});
    try {
      await heard(supervisor, /^notify READY=1/m);
      await new Promise<void>((resolve) => router.connect(port, "127.0.0.1", resolve));
      router.write(fromHex(initiation("r1") + peerUp()));
      const route = fromHex(
        routeMonitoring({ attributes: MANDATORY, nlri: `18${uint(1, 3)}18${uint(2, 3)}` }),
      );
      const routes = new Uint8Array(route.length * 1000);
      for (let i = 0; i < 1000; i++) routes.set(route, i * route.length);
      // The kernel's buffers on both sides take the rest.
      let written = 0;
      let full = false;
      while (!full && written < 200e6) {
        written += routes.length;
        if (router.write(routes)) continue;
        const drained = new Promise((resolve) => router.once("drain", resolve));
        full = await Promise.race([drained.then(() => false), delay(1000).then(() => true)]);
      }
      assert.ok(full, `the journal is not full after ${written} bytes`);
      const signs = () => supervisor.log.split("notify WATCHDOG=1").length;
      const before = signs();
      await delay(3 * WATCHDOG_MS);
      assert.doesNotMatch(supervisor.log, /^watchdog:|^exit/m);
      assert.ok(signs() >= before + 4, `${signs() - before} signs of life`);
    } finally {
      router.destroy();
      // Before the supervisor, with whom its folder goes: an orphan would go on writing there.
      const pid = /^pid (\d+)$/m.exec(supervisor.log)?.[1];
      if (pid !== undefined) spawnSync("kill", ["-9", pid]);
      await supervisor.kill();
    }
  });
});

describeWith(find("systemd-analyze", "systemd"), "the units", (analyze) => {
  it("are understood", () => {
    const units = ["edgebmp.service", "edgebmp.socket"].map((name) => join(UNITS, name));
    const { stderr } = spawnSync(analyze, ["verify", "--man=no", ...units], { encoding: "utf8" });
    // Where it is not installed there is no executable.
    const complaints = stderr.split("\n").filter((line) =>
      line !== "" && !line.includes("Command /usr/bin/edgebmp is not executable")
    );
    assert.deepEqual(complaints, []);
  });

  it("are exposed by 2.0 at most", () => {
    const { status, stdout, stderr } = spawnSync(analyze, [
      "security",
      "--offline=true",
      "--threshold=20",
      join(UNITS, "edgebmp.service"),
    ], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const exposure = /Overall exposure level for edgebmp.service: ([\d.]+)/.exec(stdout)?.[1];
    assert.ok(Number(exposure) > 0 && Number(exposure) <= 2, `found ${exposure}`);
  });
});
