/** The collector with a socket that a service manager has opened, and with few file descriptors. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import net from "node:net";
import process from "node:process";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { initiation, peerUp } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { freePort } from "../ports.ts";
import {
  collectorCommand,
  describeWith,
  findProgram,
  type Found,
  Program,
  temporaryFolder,
  waitFor,
} from "./programs.ts";

const TCP_MD5 = fileURLToPath(new URL("tcp_md5.py", import.meta.url));
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

/**
 * @param descriptors limit on open files; 0: that of the test
 * @param md5 password for TCP-MD5, if any
 */
async function start(
  python: string,
  flags: readonly string[],
  { descriptors = 0, md5 = "" } = {},
): Promise<Supervised> {
  const folder = await temporaryFolder("activated");
  const port = await freePort();
  const notify = `@edgebmp-activated-${process.pid}-${port}`;
  const listen = ["--listen", "127.0.0.1", `${port}`, "--md5", md5];
  const supervisor = [python, SUPERVISOR, "--notify", notify, ...listen];
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

/** Sends a session, signed or not; returns whether there was a connection. */
function sendSigned(python: string, port: number, ...password: string[]): boolean {
  const { status } = spawnSync(python, [TCP_MD5, `${port}`, ...password], {
    input: fromHex(initiation("r1") + peerUp()),
  });
  return status === 0;
}

function findTcpMd5(): Found {
  const python = findPython();
  if ("skip" in python || spawnSync(python.path, [TCP_MD5]).status === 0) return python;
  return { skip: "this kernel has no TCP-MD5" };
}

describeWith(findTcpMd5(), "a socket with TCP-MD5 that is handed over", (python) => {
  it("takes sessions that are signed, and no others", async () => {
    const { program, port } = await start(python, [], { md5: "s3cret" });
    try {
      assert.equal(sendSigned(python, port), false);
      assert.equal(sendSigned(python, port, "another"), false);
      assert.equal(sendSigned(python, port, "s3cret"), true);
      await waitFor("the Peer Up", () => /"router_name":"r1"/.test(program.log), [program]);
      assert.equal(program.log.match(/session opened/g)?.length, 1);
    } finally {
      await program.stop();
    }
  });
});

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
    const { program, port } = await start(python, [], { descriptors: 160 });
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
