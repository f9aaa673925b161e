/** Secrets of all kinds are planted, and looked for in everything that the program says. */
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { FILE_SETTINGS, FLAGS } from "../../src/cli/flags.ts";
import { ROUTES } from "../../src/ops/http/routes.ts";
import { ask } from "../ops/http/client.ts";
import { freePort } from "../ports.ts";
import { Program, runProgram } from "./program.ts";

const PLANTED = "planted-secret";
const TOKEN = `${PLANTED}-http`;

describe("a planted secret", () => {
  let folder = "";
  let config = "";
  /** Takes connections, says what a NATS server says, and refuses whoever answers. */
  let server: Server;
  let seen = "";
  const sockets = new Set<Socket>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-planted-"));
    server = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      const info = { server_id: "x", version: "2.10.0", proto: 1, max_payload: 1_048_576 };
      socket.write(`INFO ${JSON.stringify({ ...info, auth_required: true })}\r\n`);
      socket.on("data", (bytes) => {
        seen += bytes.toString("latin1");
        socket.end("-ERR 'Authorization Violation'\r\n");
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    config = join(folder, "edge.yaml");
    const files = ["kafka", "creds", "nkey"].map((name) => join(folder, name));
    for (const path of files) await writeFile(path, `${PLANTED}-of-a-file\n`);
    await writeFile(
      config,
      `version: 1
listen: [{address: 127.0.0.1, port: 0}]
http: {token: ${TOKEN}}
log: {level: trace}
sinks:
  - {name: k1, type: kafka, brokers: "127.0.0.1:${port}", sasl_mechanism: PLAIN, sasl_username: u, sasl_password: ${PLANTED}}
  - {name: k2, type: kafka, brokers: "127.0.0.1:${port}", sasl_mechanism: SCRAM-SHA-256, sasl_username: u, sasl_password_file: ${
        files[0]
      }}
  - {name: n1, type: nats, servers: "nats://127.0.0.1:${port}", token: ${PLANTED}}
  - {name: n2, type: nats, servers: "nats://u:${PLANTED}@127.0.0.1:${port},${PLANTED}@127.0.0.1:${port}"}
  - {name: n3, type: nats, servers: "nats://127.0.0.1:${port}", creds_file: ${files[1]}}
  - {name: n4, type: nats, servers: "nats://127.0.0.1:${port}", nkey_file: ${files[2]}}
  - {name: n5, type: nats, servers: "nats://127.0.0.1:${port}", user: u, password: ${PLANTED}}
`,
    );
  });

  after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(folder, { recursive: true });
  });

  it("is every secret that there is", () => {
    const keys = [...FLAGS, ...FILE_SETTINGS].filter(({ secret }) => secret).map(({ key }) => key);
    assert.deepEqual([...new Set(keys)].sort(), [
      "http.token",
      "sinks[].creds",
      "sinks[].nkey",
      "sinks[].password",
      "sinks[].sasl_password",
      "sinks[].token",
    ]);
  });

  it("is in no answer of a command", async () => {
    for (
      const args of [
        ["config", "show", `--config=${config}`],
        ["check-config", config, "--log-level=trace"],
        ["check-config", "--connect", config, "--log-level=trace"],
        ["config", "show", `--nats-server=${PLANTED}@a,http://u:${PLANTED}@a`],
        ["session", "list", `--http=http://u:${PLANTED}@127.0.0.1:1`],
        [`--upstream=u:${PLANTED}@a:b`],
      ]
    ) {
      const { stdout, stderr } = await runProgram(args);
      assert.ok(stdout + stderr !== "", args.join(" "));
      assert.ok(!`${stdout}${stderr}`.includes(PLANTED), `${args.join(" ")}\n${stdout}${stderr}`);
    }
  });

  it("is neither in the log nor in any answer over HTTP", async () => {
    const port = await freePort();
    const program = new Program([`--config=${config}`, `--performance-port=${port}`]);
    try {
      await program.logged(/ started /);
      // The server has been told, so that what it has refused is in log and status.
      for (let i = 0; i < 200 && !seen.includes(PLANTED); i++) await delay(20);
      assert.ok(seen.includes(PLANTED));
      await delay(300);
      const headers = { authorization: `Bearer ${TOKEN}` };
      for (const { method, path } of ROUTES) {
        if (method !== "GET" || path.endsWith("/tail")) continue;
        const { status, body } = await ask(port, `${path}?seconds=1`, { headers });
        assert.ok(status >= 200 && status !== 401, `${path}: ${status}`);
        assert.ok(!body.includes(PLANTED), path);
        if (path === "/api/v1/sinks") assert.match(body, /"last_error":"[^"]*Authorization/);
      }
      await writeFile(config, `version: 1\nhttp: {token: "${PLANTED}\n`);
      const headersOfAction = { ...headers, "X-Edgebmp-Action": "1" };
      const refused = await ask(port, "/api/v1/reload", {
        method: "POST",
        headers: headersOfAction,
      });
      assert.equal(refused.status, 422);
      assert.ok(!refused.body.includes(PLANTED), refused.body);
    } finally {
      await program.kill();
    }
    assert.ok(!program.stderr.includes(PLANTED), program.stderr);
  });
});
