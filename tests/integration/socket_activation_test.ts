/** The collector with a socket that a service manager has opened, and with few file descriptors. */
import assert from "node:assert/strict";
import net from "node:net";
import process from "node:process";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { initiation, peerUp } from "../building.ts";
import { fromHex } from "../decoding.ts";
import {
  collectorCommand,
  describeWith,
  findProgram,
  type Found,
  freePort,
  Program,
  temporaryFolder,
  waitFor,
} from "./programs.ts";

const SUPERVISOR = fileURLToPath(new URL("supervisor.py", import.meta.url));

function findPython(): Found {
  const path = findProgram("python3");
  return path === undefined
    ? { skip: "python3 is not installed (Debian package python3)" }
    : { path };
}

interface Supervised {
  readonly program: Program;
  readonly port: number;
}

/** @param descriptors limit on open files; 0: that of the test */
async function start(
  python: string,
  flags: readonly string[],
  descriptors = 0,
): Promise<Supervised> {
  const folder = await temporaryFolder("activated");
  const port = await freePort();
  const notify = `@edgebmp-activated-${process.pid}-${port}`;
  const supervisor = [python, SUPERVISOR, "--notify", notify, "--listen", "127.0.0.1", `${port}`];
  const collector = [...collectorCommand(), "--dump=console", "--performance-port=0", ...flags];
  const limit = descriptors === 0 ? [] : ["sh", "-c", `ulimit -n ${descriptors}; exec "$@"`, "sh"];
  const command = [...limit, ...supervisor, ...collector];
  const program = new Program("supervisor", command, folder);
  await waitFor("readiness", () => /^notify READY=1/m.test(program.log), [program], 20_000);
  return { program, port };
}

function dial(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => resolve(socket));
    socket.on("error", reject);
    // Else a close is not seen.
    socket.resume();
  });
}

describeWith(findPython(), "a socket of the service manager", (python) => {
  it("is listened on in place of our own, and its sessions are as any", async () => {
    const { program, port } = await start(python, []);
    try {
      assert.match(
        program.log,
        new RegExp(`STATUS=.*, listening on 127\\.0\\.0\\.1:${port}$`, "m"),
      );
      const socket = await dial(port);
      socket.write(fromHex(initiation("r1") + peerUp()));
      const record = new RegExp(
        `"action":"add".*"router_source":"127\\.0\\.0\\.1".*"router_name":"r1"`,
      );
      await waitFor("the Peer Up", () => record.test(program.log), [program]);
      socket.end();
      await waitFor("the end", () => /"action":"closed","reason":"closed"/.test(program.log), [
        program,
      ]);
    } finally {
      await program.stop();
    }
    assert.match(program.log, /^exit 0$/m);
  });

  it("takes routers that have connected before the collector was there", async () => {
    const { program, port } = await start(python, ["--max-sessions=200"]);
    try {
      const sockets = await Promise.all(Array.from({ length: 50 }, () => dial(port)));
      for (const socket of sockets) socket.write(fromHex(initiation("r1")));
      const opened = () => program.log.split('"action":"opened"').length - 1;
      await waitFor("50 sessions", () => opened() === 50, [program]);
      for (const socket of sockets) socket.destroy();
    } finally {
      await program.stop();
    }
  });

  it("goes on when connections were more than the limit on open files allows", async () => {
    const { program, port } = await start(python, [], 160);
    const sockets: net.Socket[] = [];
    try {
      for (let i = 0; i < 200; i++) sockets.push(await dial(port));
      const kept = () => sockets.filter((socket) => !socket.destroyed).length;
      // 160 less 64 and one sink. Those that were not accepted at once are refused a little later.
      await waitFor("all others to be refused", () => kept() === 95, [program]);
      assert.match(program.log, /session refused.*reason=limit/);
      for (const socket of sockets) socket.destroy();
      await delay(300);
      const socket = await dial(port);
      socket.write(fromHex(initiation("late")));
      await waitFor("a session", () => program.log.includes('"sys_name":"late"'), [program]);
      socket.destroy();
    } finally {
      for (const socket of sockets) socket.destroy();
      await program.stop();
    }
  });
});
