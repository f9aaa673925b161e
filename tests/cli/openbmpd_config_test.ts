import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, loadConfig } from "../../src/cli/config.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { importOpenbmpd } from "../../src/cli/openbmpd_config.ts";
import type { ParsedOptions } from "../../src/formats/openbmp_parsed/options.ts";

const OPENBMPD = `
base:
  admin_id: rtr1-collector
  listen_port: 5555
  listen_mode: v4v6
  buffers: { router: 40 }
  heartbeat: { interval: 10 }
  startup: { max_concurrent_routers: 0, pat_enabled: true }
debug: { bmp: true }
kafka:
  message.max.bytes: 900000
  queue.buffering.max.ms: 150
  message.send.max.retries: 2
  compression.codec: lz4
  brokers: [kafka1.example:9092, kafka2.example:9092]
  topics:
    variables: { root: acme, raw: bmp_raw, parsed: parsed, place: fra }
    names:
      collector: "{root}.{parsed}.collector"
      router: "{root}.{place}.{router_group}.router"
      unicast_prefix: "{root}.{place}.{router_group}.{peer_asn}.unicast_prefix"
      bmp_raw: "{root}.{raw}"
      evpn:
mapping:
  groups:
    router_group:
      - { name: west, regexp_hostname: ['.*\\.iad\\..*'], prefix_range: ["2001:db8::/32"] }
      - { name: east, prefix_range: [192.0.2.0/24] }
    peer_group:
      - { name: lab, regexp_hostname: ['.*\\.lab\\..*'], asn: [100, 65000] }
`;

async function load(text: string): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), "edgebmp-import-"));
  try {
    const path = join(folder, "edge.yaml");
    await writeFile(path, text);
    return await loadConfig(parseArguments([`--config=${path}`], FLAGS, false).values, {});
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("openbmpd's configuration", () => {
  it("becomes one that is taken, and means the same", async () => {
    const config = await load(importOpenbmpd(OPENBMPD, "openbmpd.conf"));
    assert.deepEqual(config.warnings, []);
    assert.equal(config.collector, "rtr1-collector");
    const [listen] = config.listen;
    assert.equal(`${listen!.address} ${listen!.port}`, ":: 5555");
    const [parsed, raw] = config.sinks;
    const options = parsed!.formatOptions as ParsedOptions;
    assert.equal(options.topic, "acme.fra.{router_group}.{peer_asn}.{type}");
    assert.equal(options.routerNaming, "name");
    assert.equal(options.heartbeatMs, 600_000);
    assert.deepEqual(options.routerGroups.map(({ group }) => group), ["east", "west", "west"]);
    assert.deepEqual(options.peerGroups.map(({ group, asn }) => [group, asn]), [
      ["lab", 100],
      ["lab", 65000],
    ]);
    assert.equal(parsed!.batchMs, 150);
    assert.equal(raw!.format, "openbmp-raw");
  });

  it("has what has no counterpart listed", () => {
    const text = importOpenbmpd(OPENBMPD, "openbmpd.conf");
    const notes = text.split("\n").filter((line) => line.startsWith("#   "))
      .map((line) => line.slice(4).split(": ")[0]);
    for (
      const key of [
        "base.buffers.router",
        "base.startup.max_concurrent_routers",
        "debug.bmp",
        "kafka.message.send.max.retries",
        "kafka.topics.names.collector",
        "kafka.topics.names.router",
        "kafka.topics.names.evpn",
        "mapping.groups.peer_group",
      ]
    ) assert.ok(notes.includes(key), key);
  });

  it("may be almost empty, and is nothing else", async () => {
    const config = await load(importOpenbmpd("base: { admin_id: hostname }", "x"));
    assert.equal((config.sinks[0]!.formatOptions as ParsedOptions).topic, "openbmp.parsed.{type}");
    for (const text of ["", "[1]", "a: b", "a: ["]) {
      assert.throws(() => importOpenbmpd(text, "x"), /Cannot read "x"/);
    }
  });
});
