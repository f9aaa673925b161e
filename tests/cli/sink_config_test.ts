import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, loadConfig } from "../../src/cli/config.ts";
import { ConfigError } from "../../src/cli/config_error.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FILE_SETTINGS, FLAGS, SINK_VARIANTS } from "../../src/cli/flags.ts";
import { outputOf } from "../../src/cli/sink_config.ts";
import { FORMATS } from "../../src/formats/registry.ts";
import type { RawOptions } from "../../src/formats/openbmp_raw/options.ts";
import { SINKS } from "../../src/sinks/registry.ts";

let folder = "";
let path = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgebmp-sinks-"));
  path = join(folder, "edge.yaml");
});
after(() => rm(folder, { recursive: true }));

async function load(args: readonly string[], file?: string): Promise<Config> {
  const all = [...args];
  if (file !== undefined) {
    await writeFile(path, file);
    all.unshift(`--config=${path}`);
  }
  return await loadConfig(parseArguments(all, FLAGS, false).values, {});
}

/** `name type format` of each sink. */
function sinksOf({ sinks }: Config): string[] {
  return sinks.map(({ name, type, format }) => `${name} ${type} ${format}`);
}

async function refusal(args: readonly string[], file?: string): Promise<string> {
  try {
    await load(args, file);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.replace(`configuration file "${path}"`, "FILE");
  }
  assert.fail("was not refused");
}

const KAFKA = "--kafka-server=192.0.2.1:9092";
const NATS = "--nats-server=nats://192.0.2.1:4222";

describe("sinks by flags", () => {
  for (
    const [args, sinks] of [
      [[], ["console console gobmp"]],
      [["--dump=console"], ["console console gobmp"]],
      [["--dump=FILE"], ["file file gobmp"]],
      [[KAFKA], ["kafka kafka gobmp"]],
      [[KAFKA, "--dump=kafka"], ["kafka kafka gobmp"]],
      [[NATS], ["nats nats gobmp"]],
      [[NATS, "--dump=nats"], ["nats nats gobmp"]],
      [[KAFKA, "--dump=file"], ["file file gobmp", "kafka kafka gobmp"]],
      [[KAFKA, NATS, "--dump=console"], [
        "console console gobmp",
        "kafka kafka gobmp",
        "nats nats gobmp",
      ]],
      [[KAFKA, "--bmp-raw=true"], ["kafka kafka openbmp-raw"]],
      [[KAFKA, "--bmp-raw=1", "--dump=console"], [
        "console console gobmp",
        "kafka kafka openbmp-raw",
      ]],
      [["--dump=file", "--bmp-raw=true"], ["file file openbmp-raw"]],
      [[KAFKA, NATS, "--dump=file", "--bmp-raw=both"], [
        "file file gobmp",
        "kafka kafka gobmp",
        "kafka-raw kafka openbmp-raw",
        "nats nats gobmp",
        "nats-raw nats openbmp-raw",
      ]],
    ] as const
  ) {
    it(`are ${sinks.join(", ")} for ${args.join(" ") || "nothing"}`, async () => {
      const config = await load(args);
      assert.deepEqual(sinksOf(config), sinks);
      assert.deepEqual(config.warnings, []);
    });
  }

  it("come from goBMP's file as well, several at once", async () => {
    const file =
      "kafka_config: {kafka_srv: 'a:9092', kafka_topic_prefix: ' .x. ', bmp_raw: true, admin_id: box}\nnats_config: {nats_srv: 'nats://b'}\n";
    const config = await load(["--dump=console"], file);
    assert.deepEqual(sinksOf(config), [
      "console console gobmp",
      "kafka kafka openbmp-raw",
      "nats nats openbmp-raw",
    ]);
    assert.deepEqual(config.sinks.map((sink) => sink.topicPrefix), ["", "x", ""]);
    assert.equal(config.collector, "box");
  });

  it("warns of what has no effect", async () => {
    assert.deepEqual((await load(["--bmp-raw=true"])).warnings, [
      "--bmp-raw has no effect: no sink takes OpenBMP raw messages",
    ]);
    assert.deepEqual((await load(["--bmp-raw=both", "--dump=file"])).warnings.length, 1);
    assert.deepEqual((await load(["--kafka-topic-prefix=x", "--raw-topic=y"])).warnings, [
      "--kafka-topic-prefix has no effect: no sink has type kafka",
      "--raw-topic has no effect: no sink has format openbmp-raw",
    ]);
    assert.deepEqual((await load([KAFKA, "--bmp-raw=true", "--split-af=true"])).warnings, [
      "--split-af has no effect: no sink has format gobmp",
    ]);
    assert.deepEqual((await load(["--kafka-server="])).warnings, []);
    // Shared by two kinds of sinks.
    assert.deepEqual((await load([NATS, "--dead-letter-file=/x"])).warnings, []);
  });

  it("refuses a server that is missing", async () => {
    assert.equal(
      await refusal(["--dump=kafka"]),
      "Cannot start: --dump=kafka needs --kafka-server",
    );
    assert.equal(await refusal(["--dump=nats"]), "Cannot start: --dump=nats needs --nats-server");
  });

  it("takes profile, topic and key of raw messages", async () => {
    const raw = async (...args: string[]) =>
      (await load([KAFKA, "--bmp-raw=true", ...args])).sinks[0]!.formatOptions as RawOptions;
    assert.deepEqual(await raw(), {
      profile: "gobmp",
      key: "none",
      topic: "gobmp.raw",
      routerGroup: "",
    });
    assert.deepEqual(await raw("--raw-profile=openbmp", "--raw-router-group=lab"), {
      profile: "openbmp",
      key: "raw",
      topic: "openbmp.bmp_raw",
      routerGroup: "lab",
    });
    assert.deepEqual(
      await raw("--raw-profile=text", "--raw-topic=gobmp.bmp_raw", "--raw-key=none"),
      {
        profile: "text",
        key: "none",
        topic: "gobmp.bmp_raw",
        routerGroup: "",
      },
    );
    assert.equal(
      await refusal([KAFKA, "--bmp-raw=true", "--raw-profile=text", "--raw-router-group=x"]),
      "Cannot start: the text header of OpenBMP raw messages has no router group",
    );
  });
});

describe("sinks of a file", () => {
  const FILE = `
version: 1
sinks:
  - {name: k1, type: kafka, brokers: "192.0.2.1:9092", topic_prefix: lab, optional: true, start: newest}
  - name: k2
    type: kafka
    brokers: 192.0.2.1
    format: openbmp-raw
    profile: openbmp
    record_key: hex
    batch_bytes: 64KiB
    batch_ms: 5
    max_in_flight_bytes: 1MiB
    filter:
      routers: [192.0.2.0/24, "2001:db8::1"]
      peers: 198.51.100.7
      families: ["ipv4-unicast", afi-1-safi-99]
      messages: [session, peer-up, peer-down, route-monitoring]
      views: loc-rib, adj-rib-in-post
  - {type: nats, servers: "nats://192.0.2.1"}
`;

  it("may be of any number and kind, each with its own settings", async () => {
    const config = await load([], FILE);
    assert.deepEqual(sinksOf(config), [
      "k1 kafka gobmp",
      "k2 kafka openbmp-raw",
      "nats nats gobmp",
    ]);
    const [k1, k2] = config.sinks;
    assert.deepEqual([k1!.topicPrefix, k1!.optional, k1!.start], ["lab", true, "newest"]);
    assert.deepEqual(k2!.formatOptions, {
      profile: "openbmp",
      key: "hex",
      topic: "openbmp.bmp_raw",
      routerGroup: "",
    });
    assert.deepEqual([k2!.batchBytes, k2!.batchMs, k2!.inFlightBytesMax], [65536, 5, 1048576]);
    assert.deepEqual(k2!.filter, {
      routers: ["192.0.2.0/24", "2001:db8::1"],
      peers: ["198.51.100.7"],
      families: ["ipv4-unicast", "afi-1-safi-99"],
      messages: ["session", "peer-up", "peer-down", "route-monitoring"],
      views: ["loc-rib", "adj-rib-in-post"],
    });
    assert.deepEqual(config.sinks.map(outputOf), [
      "kafka://192.0.2.1:9092",
      "kafka://192.0.2.1:9092",
      "nats://192.0.2.1:4222",
    ]);
  });

  it("gives way to flags, which hold for all sinks that know them", async () => {
    const { sinks } = await load(["--kafka-topic-prefix=flag"], FILE);
    assert.deepEqual(sinks.map((sink) => sink.topicPrefix), ["flag", "flag", ""]);
    assert.deepEqual(sinksOf(await load(["--dump=console"], FILE)), ["console console gobmp"]);
  });

  for (
    const [name, file, message] of [
      [
        "raw messages on the console",
        "version: 1\nsinks:\n  - {format: openbmp-raw}\n",
        "Cannot read FILE, line 3: sinks[0]: found format openbmp-raw for type console, expected lines of text",
      ],
      [
        "a key of another type",
        "version: 1\nsinks:\n  - type: file\n    brokers: a\n",
        'Cannot read FILE, line 4: key "sinks[0].brokers": no such key of type file and format gobmp; it is one of type kafka',
      ],
      [
        "a key of another format",
        "version: 1\nsinks:\n  - split_af: true\n    format: openbmp-raw\n    type: file\n",
        'Cannot read FILE, line 3: key "sinks[0].split_af": no such key of type file and format openbmp-raw; it is one of format gobmp',
      ],
      [
        "a wrong type before a key that only the right one has",
        "version: 1\nsinks:\n  - brokers: a\n    type: kafak\n",
        'Cannot read FILE, line 4: key "sinks[0].type": found "kafak", expected one of console, file, kafka, nats',
      ],
      [
        "options that do not fit together",
        "version: 1\nsinks:\n  - {type: kafka}\n",
        "Cannot read FILE, line 3: sinks[0]: found no brokers, expected HOST:PORT,...",
      ],
      [
        "a wrong word in a list",
        "version: 1\nsinks:\n  - filter:\n      families: [ipv4-unicast, ipv5]\n",
        'Cannot read FILE, line 4: key "sinks[0].filter.families": found "ipv5", expected an address family such as ',
      ],
      [
        "a prefix with bits behind its length",
        "version: 1\nsinks:\n  - filter: {routers: 192.0.2.1/24}\n",
        'Cannot read FILE, line 3: key "sinks[0].filter.routers": found "192.0.2.1/24", expected an address or a prefix',
      ],
      [
        "a list in a list",
        "version: 1\nsinks:\n  - filter: {messages: [[session]]}\n",
        'Cannot read FILE, line 3: key "sinks[0].filter.messages": found a list in the list, expected single values',
      ],
      [
        "a list for a single value",
        "version: 1\nsinks:\n  - batch_ms: [1]\n",
        'Cannot read FILE, line 3: key "sinks[0].batch_ms": found a list, expected MS',
      ],
    ] as const
  ) {
    it(`refuses ${name}, with its place`, async () => {
      const text = await refusal([], file);
      assert.ok(text.startsWith(message), text);
    });
  }

  it("refuses flags that no sink of the file can take", async () => {
    const file = "version: 1\nsinks: [{type: file}]\n";
    assert.equal(
      await refusal([KAFKA], file),
      'Cannot use --kafka-server: the configuration file has no entry of type kafka under "sinks"',
    );
    assert.equal(
      await refusal(["--bmp-raw=true"], file),
      'Cannot use --bmp-raw: the configuration file has "sinks", each with its format',
    );
  });
});

describe("the registries", () => {
  it("give no name twice, and no key twice to one entry of a file", () => {
    const names = [...FLAGS, ...FILE_SETTINGS].map((flag) => flag.name);
    assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
    const ofVariants = new Set(SINK_VARIANTS.flatMap(({ flags }) => [...flags.values()].flat()));
    const common = [...FLAGS, ...FILE_SETTINGS].filter((flag) => !ofVariants.has(flag));
    for (const sink of SINKS) {
      for (const format of FORMATS) {
        const keys = [...common, ...sink.flags, ...format.flags]
          .map((flag) => flag.key).filter((key) => key?.startsWith("sinks[]"));
        assert.deepEqual(keys.filter((key, i) => keys.indexOf(key) !== i), [], sink.type);
      }
    }
  });

  it("know what asks for a sink, and what stands before its topics", () => {
    for (const { flags, namedBy, topicPrefix } of SINKS) {
      for (const flag of [namedBy, topicPrefix]) {
        assert.ok(flag === undefined || (flags as readonly unknown[]).includes(flag));
      }
    }
  });
});
