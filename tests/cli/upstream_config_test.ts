import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Config, loadConfig } from "../../src/cli/config.ts";
import { ConfigError } from "../../src/cli/config_error.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";

let folder = "";
let path = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgebmp-upstream-config-"));
  path = join(folder, "edge.yaml");
});
after(() => rm(folder, { recursive: true }));

async function load(args: string[], file?: string): Promise<Config> {
  if (file !== undefined) {
    await writeFile(path, `version: 1\n${file}`);
    args = [`--config=${path}`, ...args];
  }
  return await loadConfig(parseArguments(args, FLAGS, false).values, {});
}

async function namesOf(...args: string[]): Promise<string[]> {
  return (await load(args)).upstreams.map(({ name, reconnect }) => `${name} ${reconnect}`);
}

describe("upstreams on the command line", () => {
  it("are goBMP's one, and any number of ours", async () => {
    assert.deepEqual(await namesOf(), []);
    assert.deepEqual(await namesOf("--destination-port=6000"), []);
    assert.deepEqual(await namesOf("--intercept=true"), ["upstream 127.0.0.1:5050 reset"]);
    assert.deepEqual(
      await namesOf(
        "--intercept=true",
        "--destination-port=6000",
        "--upstream=192.0.2.1:1",
        "--upstream",
        "[2001:db8::1]:2,collector.example.net:3",
      ),
      [
        "upstream 127.0.0.1:6000 reset",
        "upstream 192.0.2.1:1 reset",
        "upstream [2001:db8::1]:2 reset",
        "upstream collector.example.net:3 reset",
      ],
    );
  });

  it("are instead of the console, and beside what is named", async () => {
    assert.deepEqual((await load(["--upstream=a:1"])).sinks, []);
    const { sinks, upstreams } = await load(["--upstream=a:1", "--dump=console"]);
    assert.deepEqual([sinks.length, upstreams.length], [1, 1]);
  });

  it("are refused twice", async () => {
    await assert.rejects(load(["--upstream=a:1", "--upstream=a:1"]), {
      message: 'Cannot start: found upstream "a:1" twice, expected it once',
    });
  });
});

describe("upstreams in the configuration file", () => {
  it("are read whole", async () => {
    const { sinks, upstreams } = await load(
      [],
      `sinks:
  - type: upstream
    name: noc
    address: "[2001:db8::5]:5000"
    reconnect: resume
    rewind_bytes: 1MiB
    rewind_seconds: 5
    route-monitoring-policy: post-policy
    statistics-timeout: 60
    route-mirroring-enabled: false
    filter: {routers: [192.0.2.0/24], peers: 198.51.100.1, families: [ipv4-unicast]}
    proxy_protocol: true
    source_address: 192.0.2.9
    sys_name: "{sys_name}.edge"
    tls: true
    tls_ca: /ca
    tls_cert: /cert
    tls_key: /key
    tls_server_name: noc.example.net
    tls_verify: false
    connect_timeout_ms: 1000
    stall_timeout_ms: 2000
    max_replays: 3
    reset_interval_ms: 4
    optional: true
  - type: console
`,
    );
    assert.deepEqual(sinks.map(({ name }) => name), ["console"]);
    assert.deepEqual(upstreams, [{
      name: "noc",
      host: "2001:db8::5",
      port: 5000,
      reconnect: "resume",
      rewindBytes: 1024 * 1024,
      rewindMs: 5000,
      filter: {
        routers: ["192.0.2.0/24"],
        peers: ["198.51.100.1"],
        families: ["ipv4-unicast"],
        policy: "post-policy",
        statisticsTimeout: 60,
        routeMirroring: false,
      },
      proxyProtocol: true,
      sourceAddress: "192.0.2.9",
      sysName: "{sys_name}.edge",
      tls: {
        files: { ca: "/ca", cert: "/cert", key: "/key" },
        serverName: "noc.example.net",
        verify: false,
      },
      connectTimeoutMs: 1000,
      stallTimeoutMs: 2000,
      replaysMax: 3,
      resetIntervalMs: 4,
      optional: true,
    }]);
  });

  it("are added to those of the command line", async () => {
    const file = "sinks: [{type: upstream, address: a:1, reconnect: reset}]\n";
    const { sinks, upstreams } = await load(["--upstream=b:2"], file);
    assert.deepEqual(sinks, []);
    assert.deepEqual(upstreams.map(({ name }) => name), ["upstream b:2", "upstream"]);
  });

  for (
    const [name, entry, message] of [
      ["without an address", "reconnect: reset", "found no address, expected HOST:PORT"],
      ["without a choice", "address: a:1", "found no reconnect, expected reset (for collectors"],
      [
        "with an unknown choice",
        "address: a:1, reconnect: retry",
        'found "retry", expected one of reset, resume',
      ],
      [
        "with a pace of reports that GoBGP does not know",
        "address: a:1, reconnect: reset, statistics-timeout: 14",
        'found "14", expected 0, or 15 to 65535',
      ],
      [
        "with a format",
        "address: a:1, reconnect: reset, format: gobmp",
        'key "format": an upstream gets messages as they came',
      ],
      [
        "with a certificate and no key",
        "address: a:1, reconnect: reset, tls: true, tls_cert: /c",
        "found one of tls_cert and tls_key, expected both or none",
      ],
      [
        "with certificates and no TLS",
        "address: a:1, reconnect: reset, tls_ca: /c",
        "found tls_ca without TLS, expected tls: true with it",
      ],
      ["with another sink's key", "address: a:1, reconnect: reset, path: /a", "no such key"],
    ] as const
  ) {
    it(`are refused ${name}`, async () => {
      await assert.rejects(
        load([], `sinks: [{type: upstream, ${entry}}]\n`),
        (error) => error instanceof ConfigError && error.message.includes(message),
      );
    });
  }

  it("are refused under another's name", async () => {
    const file = "sinks:\n  - {type: console, name: a}\n" +
      "  - {type: upstream, name: a, address: a:1, reconnect: reset}\n";
    await assert.rejects(load([], file), /sinks\[1\]\.name: found "a" again/);
  });
});
