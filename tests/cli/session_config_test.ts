/** Listeners and speakers, from flags, environment and both kinds of files. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, describe, it } from "node:test";
import { type Config, type Environment, loadConfig } from "../../src/cli/config.ts";
import { ConfigError } from "../../src/cli/config_error.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";

const folder = mkdtempSync(join(tmpdir(), "edgebmp-session-config-"));
after(() => rmSync(folder, { recursive: true }));

function load(args: string[], file?: string, environment: Environment = {}): Promise<Config> {
  const path = join(folder, "edge.yaml");
  if (file !== undefined) writeFileSync(path, file);
  const words = file === undefined ? args : [...args, `--config=${path}`];
  return loadConfig(parseArguments(words, FLAGS, false).values, environment);
}

async function places(args: string[], file?: string, environment?: Environment): Promise<string[]> {
  const { listen } = await load(args, file, environment);
  return listen.map(({ address, port }) => `${address} ${port}`);
}

async function refuses(pattern: RegExp, args: string[], file?: string): Promise<void> {
  await assert.rejects(load(args, file), (error) => {
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, pattern);
    return true;
  });
}

describe("listeners", () => {
  it("are port 5000 of all addresses, unless something else is said", async () => {
    assert.deepEqual(await places([]), [":: 5000"]);
    assert.deepEqual(await places([], "version: 1\n"), [":: 5000"]);
    assert.deepEqual(await places(["--source-port=5000"]), [":: 5000"]);
    assert.deepEqual(await places(["--listen-address=192.0.2.1"]), ["192.0.2.1 5000"]);
    assert.deepEqual(await places([], "bmp_listen_port: 5000\n"), [":: 5000"]);
    assert.deepEqual(await places([], "split_af: true\n"), [":: 5000"]);
  });

  it("are those of --listen, each time it is given, in place of the file's", async () => {
    const args = ["--listen=192.0.2.1:5000", "--listen", "[2001:db8::1]:5001", "-listen=:0,:7"];
    const expected = ["192.0.2.1 5000", "2001:db8::1 5001", ":: 0", ":: 7"];
    assert.deepEqual(await places(args), expected);
    assert.deepEqual(await places(args, "version: 1\nlisten: [{port: 1}]\n"), expected);
    assert.deepEqual(await places([], undefined, { EDGEBMP_LISTEN: ":1,:2" }), [":: 1", ":: 2"]);
  });

  it("are for TLS beside the plain ones where --tls-listen says so", async () => {
    const files = ["--tls-cert=c.pem", "--tls-key=k.pem"];
    const { listen } = await load(["--tls-listen=:5001", "--tls-listen=:5002", ...files]);
    assert.deepEqual(listen.map(({ port, tls }) => [port, tls?.certFile]), [
      [5000, undefined],
      [5001, "c.pem"],
      [5002, "c.pem"],
    ]);
    assert.deepEqual(listen[1]!.tls, {
      certFile: "c.pem",
      keyFile: "k.pem",
      clientCaFile: "",
      clientAuth: "none",
      minVersion: "TLSv1.2",
      handshakeTimeoutMs: 10_000,
      handshakesMax: 256,
    });
    const mutual = await load(["--tls-listen=:1", ...files, "--tls-client-ca=ca.pem"]);
    assert.equal(mutual.listen[1]!.tls!.clientAuth, "require");
    await refuses(/Cannot use --tls-listen: found no --tls-key/, ["--tls-listen=:1", files[0]!]);
    await refuses(
      /found tls-client-auth "request" without tls-client-ca/,
      ["--tls-listen=:1", "--tls-client-auth=request", ...files],
    );
  });

  it("are for TLS in a file where an entry has its keys; a flag does not make the others so", async () => {
    const file = `version: 1
listen:
  - port: 1
  - { port: 2, tls_cert: c.pem, tls_key: k.pem, tls_client_ca: ca.pem, tls_min_version: "1.3" }
`;
    const { listen } = await load(["--tls-client-auth=request"], file);
    assert.equal(listen[0]!.tls, undefined);
    assert.equal(listen[1]!.tls!.clientAuth, "request");
    assert.equal(listen[1]!.tls!.minVersion, "TLSv1.3");
    await refuses(
      /line 3: listen\[0\]: found no --tls-cert/,
      [],
      "version: 1\nlisten:\n  - { port: 1, tls_key: k.pem }\n",
    );
  });

  it("are those of --listen beside the one of --source-port and --listen-address", async () => {
    assert.deepEqual(await places(["--listen=:1", "--source-port=2"]), [":: 2", ":: 1"]);
    const args = ["--listen=:1", "--listen-address=192.0.2.1"];
    assert.deepEqual(await places(args), ["192.0.2.1 5000", ":: 1"]);
  });

  it("know their load balancers", async () => {
    const lb = { bytes: Uint8Array.of(192, 0, 2, 0), length: 24 };
    const file =
      "version: 1\nlisten: [{port: 1, proxy_protocol_from: [192.0.2.0/24]}, {port: 2}]\n";
    assert.deepEqual((await load([], file)).listen.map((each) => each.proxyFrom), [[lb], []]);
    const flag = "--proxy-protocol-from=192.0.2.0/24";
    assert.deepEqual((await load([flag], file)).listen.map((each) => each.proxyFrom), [[lb], [lb]]);
    assert.deepEqual((await load([flag])).listen.map((each) => each.proxyFrom), [[lb]]);
    assert.deepEqual((await load([flag, "--listen=:1"])).listen[0]!.proxyFrom, [lb]);
  });

  it("may be none if there is a speaker", async () => {
    assert.deepEqual(await places(["--speaker=r1:5000"], "version: 1\nlisten: []\n"), []);
    await refuses(/found no listener and no speaker/, [], "version: 1\nlisten: []\n");
  });

  for (
    const text of [
      "5000",
      "192.0.2.1",
      "[::1]",
      "::1:5000",
      "[192.0.2.1]:1",
      "r1:5000",
      ":65536",
      "256.0.0.1:1",
    ]
  ) {
    it(`are not "${text}"`, () => {
      assert.throws(() => parseArguments([`--listen=${text}`], FLAGS, false), /expected :PORT/);
    });
  }
});

describe("speakers", () => {
  it("come from the flag, by name or address, beside the listener", async () => {
    const config = await load(["--speaker=r1.example.net:5000", "--speaker=[2001:db8::1]:1"]);
    assert.deepEqual(config.speakers, [
      {
        name: "r1.example.net:5000",
        host: "r1.example.net",
        port: 5000,
        parallel: false,
        tls: undefined,
      },
      { name: "[2001:db8::1]:1", host: "2001:db8::1", port: 1, parallel: false, tls: undefined },
    ]);
    assert.equal(config.listen.length, 1);
  });

  it("come from our file, with TLS", async () => {
    const file = `version: 1
speakers:
  - host: 192.0.2.1
  - {name: core, host: "2001:db8::1", port: 5001, parallel: true}
  - {host: r3, tls: true}
  - {host: r4, tls_ca: /ca.pem, tls_cert: /c.pem, tls_key: /k.pem, tls_server_name: r4.example.net, tls_verify: false}
`;
    const { speakers } = await load([], file);
    assert.deepEqual(speakers.map(({ name, port, parallel }) => [name, port, parallel]), [
      ["192.0.2.1:5000", 5000, false],
      ["core", 5001, true],
      ["r3:5000", 5000, false],
      ["r4:5000", 5000, false],
    ]);
    assert.deepEqual(speakers.map(({ tls }) => tls), [
      undefined,
      undefined,
      { files: { ca: "", cert: "", key: "" }, serverName: "", verify: true },
      {
        files: { ca: "/ca.pem", cert: "/c.pem", key: "/k.pem" },
        serverName: "r4.example.net",
        verify: false,
      },
    ]);
  });

  it("come from goBMP's file in active mode, in place of the listener", async () => {
    const list =
      "speakers_list: ['192.0.2.1:5000', '[2001:db8::1]:5000', 'r3.example.net:11019']\n";
    const active = await load([], `active_mode: true\n${list}`);
    assert.deepEqual(active.listen, []);
    assert.deepEqual(active.speakers.map(({ host, port }) => [host, port]), [
      ["192.0.2.1", 5000],
      ["2001:db8::1", 5000],
      ["r3.example.net", 11019],
    ]);
    const passive = await load([], list);
    assert.deepEqual(passive.speakers, []);
    assert.equal(passive.listen.length, 1);
    assert.deepEqual(await places(["--listen=:1"], `active_mode: true\n${list}`), [":: 1"]);
    assert.deepEqual(await places(["--source-port=1"], `active_mode: true\n${list}`), []);
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ["active_mode: true\n", /"active_mode" needs "speakers_list"/],
    ["active_mode: true\nspeakers_list: []\n", /"active_mode" needs "speakers_list"/],
    ["active_mode: true\nspeakers_list: ['r1:1', 'r1:1']\n", /found the name "r1:1" again/],
    [
      "active_mode: true\nspeakers_list: ['192.0.2.1']\n",
      /line 2: .*found "192.0.2.1", expected HOST:PORT/,
    ],
    [
      "active_mode: true\nspeakers_list: ['192.0.2.1:0']\n",
      /found "192.0.2.1:0", expected HOST:PORT/,
    ],
    ["version: 1\nspeakers:\n  - port: 1\n", /line 3: speakers\[0\]: found no "host"/],
    [
      "version: 1\nspeakers:\n  - host: r1 x\n",
      /line 3: .*found "r1 x", expected a name or an address/,
    ],
    [
      "version: 1\nspeakers: [{host: a, name: x}, {host: b, name: x}]\n",
      /found the name "x" again/,
    ],
    ["version: 1\nspeakers: [{host: a, name: x}, {host: a, name: y}]\n", /found "a:5000" again/],
  ];
  for (const [file, pattern] of wrong) {
    it(`are not ${JSON.stringify(file)}`, () => refuses(pattern, [], file));
  }
});

describe("sockets that are handed over", () => {
  const environment = {
    LISTEN_PID: String(process.pid),
    LISTEN_FDS: "2",
    LISTEN_FDNAMES: "bmp:tls",
  };

  async function listeners(file: string, environment: Environment) {
    const { listen } = await load([], file, environment);
    return listen.map(({ fd, socket, port, parallel, tls }) => ({
      place: fd ?? port,
      socket,
      parallel,
      hasTls: tls !== undefined,
    }));
  }

  it("take the place of plain listeners, with the settings of the one that names them, or of the first", async () => {
    const file = `version: 1
listen:
  - {port: 1, parallel: true}
  - {port: 2, socket: tls, tls_cert: /c, tls_key: /k}
  - {port: 3, tls_cert: /c, tls_key: /k}
  - {port: 4}
`;
    assert.deepEqual(await listeners(file, environment), [
      { place: 3, socket: "bmp", parallel: true, hasTls: false },
      { place: 4, socket: "tls", parallel: false, hasTls: true },
      { place: 3, socket: undefined, parallel: false, hasTls: true },
    ]);
    assert.equal((await listeners(file, {})).length, 4);
  });

  it("need no listener, and no name", async () => {
    const unnamed = { LISTEN_PID: String(process.pid), LISTEN_FDS: "1" };
    assert.deepEqual(await listeners("version: 1\nlisten: []\n", unnamed), [
      { place: 3, socket: "descriptor 3", parallel: false, hasTls: false },
    ]);
    assert.equal((await load([], undefined, unnamed)).listen[0]!.fd, 3);
  });

  it("are those of another process if that has another number", async () => {
    for (const other of ["1", "", `${process.pid}0`]) {
      const listen = await listeners("version: 1\n", { ...environment, LISTEN_PID: other });
      assert.deepEqual(listen.map(({ place }) => place), [5000]);
    }
  });

  it("are counted by a number", async () => {
    for (const count of ["x", "-1", "65", "1e1"]) {
      const wrong = { ...environment, LISTEN_FDS: count };
      await assert.rejects(
        load([], undefined, wrong),
        /"LISTEN_FDS": found ".*", expected a count/,
      );
    }
  });
});
