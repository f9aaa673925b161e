import { after, afterEach, describe, it } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHttp } from "../../../src/ops/http/mod.ts";
import type { HttpServer } from "../../../src/ops/http/server.ts";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import { ask, emptySource, HTTP_CONFIG, sendRaw, serve } from "./client.ts";

const HOST = "Host: 127.0.0.1\r\n";

describe("serveHttp", () => {
  const servers: HttpServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  async function start(...parameters: Parameters<typeof serve>): Promise<number> {
    const server = await serve(...parameters);
    servers.push(server);
    return server.port;
  }

  it("says whether it lives and whether routers can be accepted", async () => {
    const reasons: string[] = [];
    const port = await start(emptySource({ unreadiness: () => reasons }));
    assert.deepEqual((await ask(port, "/livez")).body, "ok\n");
    const ready = await ask(port, "/readyz");
    assert.deepEqual([ready.status, ready.body], [200, '{"ready":true,"reasons":[]}\n']);
    reasons.push("stopping");
    const unready = await ask(port, "/readyz");
    assert.deepEqual([unready.status, unready.body], [
      503,
      '{"ready":false,"reasons":["stopping"]}\n',
    ]);
  });

  it("writes metrics as Prometheus reads them, brought up to date", async () => {
    const metrics = new Metrics();
    const counter = metrics.counter("edgebmp_x_total", "What\\ever\nit is");
    counter.with({ name: 'a"b\\c\nd' }).add(3);
    const port = await start(emptySource({ metrics, updateMetrics: () => counter.with().set(7) }));
    const { headers, body } = await ask(port, "/metrics");
    assert.equal(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert.deepEqual(body.split("\n").slice(0, 4), [
      "# HELP edgebmp_x_total What\\\\ever\\nit is",
      "# TYPE edgebmp_x_total counter",
      'edgebmp_x_total{name="a\\"b\\\\c\\nd"} 3',
      "edgebmp_x_total 7",
    ]);
  });

  it("refuses unknown paths and methods, and sends heads alone when asked", async () => {
    const port = await start();
    assert.equal((await ask(port, "/x")).status, 404);
    assert.equal((await ask(port, "//evil/livez")).status, 404);
    assert.equal((await ask(port, "/livez/")).status, 404);
    const wrong = await ask(port, "/livez", { method: "DELETE" });
    assert.deepEqual([wrong.status, wrong.headers.allow], [405, "GET"]);
    const head = await ask(port, "/livez", { method: "HEAD" });
    assert.deepEqual([head.status, head.body, head.headers["content-length"]], [200, "", "3"]);
  });

  it("sends headers that keep a browser from doing anything with an answer", async () => {
    const { headers } = await ask(await start(), "/livez");
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["x-frame-options"], "DENY");
    assert.equal(headers["cache-control"], "no-store");
    assert.match(headers["content-security-policy"]!, /default-src 'none'/);
    assert.equal(headers["access-control-allow-origin"], undefined);
  });

  describe("refuses hostile requests:", () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ["no Host", "GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n", /^HTTP\/1.1 400 /],
      [
        "two Hosts",
        `GET /livez HTTP/1.1\r\n${HOST}${HOST}Connection: close\r\n\r\n`,
        /^HTTP\/1.1 400 /,
      ],
      ["garbage", "\x16\x03\x01\x02\x00\x01\r\n\r\n", /^(HTTP\/1.1 400 |$)/],
      [
        "long headers",
        `GET /livez HTTP/1.1\r\n${HOST}X: ${"a".repeat(40_000)}\r\n\r\n`,
        /^(HTTP\/1.1 4|$)/,
      ],
      [
        "two lengths of a body",
        `POST /livez HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
        /^(HTTP\/1.1 400 |$)/,
      ],
      [
        "a long body",
        `POST /livez HTTP/1.1\r\n${HOST}Connection: close\r\nContent-Length: 999999999\r\n\r\n${
          "a".repeat(100)
        }`,
        /^HTTP\/1.1 4(05|13) /,
      ],
      [
        "a path of another host",
        `GET http://evil.example/livez HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
        /^HTTP\/1.1 400 /,
      ],
      [
        "a broken escape",
        `GET /%zz HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
        /^HTTP\/1.1 404 /,
      ],
    ];
    for (const [name, request, expected] of cases) {
      it(name, async () => {
        const port = await start();
        assert.match(await sendRaw(port, request, (text) => text.includes("\r\n\r\n")), expected);
        assert.equal((await ask(port, "/livez")).status, 200);
      });
    }
  });

  it("takes no more connections than it can bear", async () => {
    const port = await start();
    const sockets = Array.from({ length: 140 }, () => connect(port, "127.0.0.1"));
    let closed = 0;
    for (const socket of sockets) socket.on("error", () => {}).on("close", () => closed++);
    for (let i = 0; i < 250 && closed < 12; i++) await new Promise((next) => setTimeout(next, 20));
    assert.equal(closed, 12);
    for (const socket of sockets) socket.destroy();
    for (let i = 0; i < 250 && closed < 140; i++) await new Promise((next) => setTimeout(next, 20));
    assert.equal((await ask(port, "/livez")).status, 200);
  });

  describe("with a token", () => {
    it("answers nobody else, but says whether it lives", async () => {
      const port = await start(emptySource(), { token: { value: "s3cret", path: "" } });
      assert.equal((await ask(port, "/livez")).status, 200);
      const bare = await ask(port, "/metrics");
      assert.deepEqual([bare.status, bare.headers["www-authenticate"]], [401, "Bearer"]);
      for (const authorization of ["Bearer s3creT", "Bearer", "Basic s3cret", "Bearer s3cret x"]) {
        assert.equal((await ask(port, "/metrics", { headers: { authorization } })).status, 401);
      }
      const headers = { authorization: "Bearer s3cret" };
      assert.equal((await ask(port, "/metrics", { headers })).status, 200);
    });
  });
});

describe("HTTPS", () => {
  let folder = "";
  after(async () => {
    if (folder !== "") await rm(folder, { recursive: true });
  });

  it("is what a certificate makes of it", async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-http-"));
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    execFileSync("openssl", [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1".split(" "),
      ..."-subj /CN=localhost -addext subjectAltName=DNS:localhost".split(" "),
      ...["-keyout", key, "-out", cert],
    ], { stdio: "ignore" });
    const token = join(folder, "token");
    await writeFile(token, "filed\n");
    const server = await serve(emptySource(), {
      tlsCertFile: cert,
      tlsKeyFile: key,
      token: { value: "", path: token },
    });
    try {
      const request = get({
        port: server.port,
        host: "127.0.0.1",
        path: "/metrics",
        rejectUnauthorized: false,
        agent: false,
        headers: { authorization: "Bearer filed", connection: "close" },
      });
      const [response] = await once(request, "response");
      assert.equal(response.statusCode, 200);
      response.resume();
      await once(response, "end");
    } finally {
      await server.close();
    }
  });
});

describe("openHttp", () => {
  it("warns when the default port is busy, and fails when a named one is", async () => {
    const lines: string[] = [];
    const log = new Log("info", "text", (line) => void lines.push(line));
    const first = await serve();
    const config = { ...HTTP_CONFIG, port: first.port };
    try {
      await assert.rejects(
        openHttp(config, emptySource(), log),
        /^Error: Cannot listen for HTTP on "127.0.0.1" port \d+: another program listens there already$/,
      );
      const http = await openHttp({ ...config, isPortNamed: false }, emptySource(), log);
      assert.equal(http.name, undefined);
      assert.match(lines.join(""), /WARN {2}no HTTP error="Cannot listen for HTTP/);
      await http.close();
    } finally {
      await first.close();
    }
  });

  it("measures the process", async () => {
    const metrics = new Metrics();
    const log = new Log("error", "text", () => {});
    const http = await openHttp(HTTP_CONFIG, emptySource({ metrics }), log);
    const port = Number(http.name!.split(":").at(-1));
    const until = performance.now() + 300;
    while (performance.now() < until);
    await new Promise((next) => setTimeout(next, 150));
    const { body } = await ask(port, "/metrics");
    await http.close();
    const value = (name: string) => Number(new RegExp(`^${name} (.*)$`, "m").exec(body)?.[1]);
    assert.ok(value("edgebmp_process_resident_memory_bytes") > 1e6);
    assert.ok(value("edgebmp_event_loop_delay_max_seconds") > 0.15);
    assert.match(body, /^edgebmp_build_info\{version="0.0.0",runtime="test 1"\} 1$/m);
  });
});
