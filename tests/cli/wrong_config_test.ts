/**
 * What a user reads who has made a mistake: `tests/golden/wrong_configurations.txt` has each wrong configuration and its message.
 * `EDGEBMP_UPDATE_GOLDEN=1` writes it anew, to be read as that user would.
 */
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type Environment, loadConfig } from "../../src/cli/config.ts";
import { ConfigError } from "../../src/cli/config_error.ts";
import { parseArguments, UsageError } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";

interface Wrong {
  readonly name: string;
  readonly args?: readonly string[];
  readonly environment?: Environment;
  readonly file?: string;
}

const WRONG: readonly Wrong[] = [
  { name: "a misspelt flag", args: ["--sorce-port=1"] },
  { name: "a flag like no other", args: ["--colour=blue"] },
  { name: "a flag without its value", args: ["--source-port"] },
  { name: "a port that is none", args: ["--source-port=70000"] },
  { name: "a word for a number", args: ["--max-sessions=many"] },
  { name: "a word for a boolean", args: ["--split-af=yes"] },
  { name: "a size with a wrong unit", args: ["--journal-max-bytes=64MB"] },
  { name: "a size below the least", args: ["--journal-max-bytes=1MiB"] },
  { name: "a level that is none", args: ["--log-level=verbose"] },
  { name: "an address that is none", args: ["--listen-address=localhost"] },
  { name: "an endpoint without a port", args: ["--listen=192.0.2.1"] },
  { name: "a prefix that is none", args: ["--allow=192.0.2.0/33"] },
  { name: "a password on the command line", args: ["--kafka-sasl-password=hunter2"] },
  { name: "a wrong variable", environment: { EDGEBMP_SOURCE_PORT: "bmp" } },
  { name: "a sink without its servers", args: ["--dump=kafka"] },
  { name: "a sink that is none", args: ["--dump=rabbitmq"] },
  { name: "brokers that are none", args: ["--kafka-server=kafka:port"] },
  { name: "a server of another kind", args: ["--nats-server=http://nats1:4222"] },
  {
    name: "a user without a mechanism",
    args: ["--kafka-server=a:1", "--kafka-sasl-username=me"],
  },
  {
    name: "a mechanism without a password",
    args: ["--kafka-server=a:1", "--kafka-sasl-mechanism=PLAIN", "--kafka-sasl-username=me"],
  },
  {
    name: "a certificate without its key",
    args: ["--kafka-server=a:1", "--kafka-tls-cert=/x.pem"],
  },
  {
    name: "a secret twice",
    args: ["--nats-server=nats://a", "--nats-token-file=/x"],
    environment: { EDGEBMP_NATS_TOKEN: "hunter2" },
  },
  { name: "a login where none is expected", args: ["--kafka-server=u:hunter2@kafka1:9092"] },
  { name: "a login at a server of another kind", args: ["--nats-server=http://u:hunter2@a:1"] },
  {
    name: "a secret whose quotes do not end",
    file: 'version: 1\nsinks:\n  - type: nats\n    servers: a\n    token: "hunter2\n',
  },
  {
    name: "a secret that YAML reads as a key",
    file: "version: 1\nsinks:\n  - type: nats\n    servers: a\n    token: {hunter2: 1}\n",
  },
  { name: "a file that is not there", args: ["--config=none/edge.yaml"] },
  { name: "no YAML", file: "version: 1\nsinks: [\n" },
  { name: "a tab", file: "version: 1\nlog:\n\tlevel: debug\n" },
  { name: "a list as the whole file", file: "- version: 1\n" },
  { name: "a version of the future", file: "version: 2\n" },
  { name: "our keys without a version", file: "sinks:\n  - type: file\n" },
  { name: "a misspelt key", file: "version: 1\nsink:\n  - type: file\n" },
  { name: "a misspelt key below", file: "version: 1\nlimits:\n  max_session: 1\n" },
  { name: "a key in the wrong place", file: "version: 1\nmax_sessions: 1\n" },
  { name: "a flag's name for a key", file: "version: 1\nlimits:\n  max-sessions: 1\n" },
  { name: "a key twice", file: "version: 1\nlog: {level: debug}\nlog: {format: json}\n" },
  { name: "a wrong value", file: "version: 1\nlog:\n  level: loud\n" },
  { name: "nothing for a value", file: "version: 1\nadmin_id:\n" },
  {
    name: "two listeners on one port",
    file: "version: 1\nlisten:\n  - port: 5000\n  - port: 5000\n    parallel: true\n",
  },
  {
    name: "a listener's certificate without its key",
    file: "version: 1\nlisten:\n  - port: 5001\n    tls_cert: /x.pem\n",
  },
  {
    name: "a sink's certificate without its key",
    file: "version: 1\nsinks:\n  - type: kafka\n    brokers: a\n    tls_cert: /x.pem\n",
  },
  { name: "a list for a value", file: "version: 1\nadmin_id: [a, b]\n" },
  { name: "a value for a mapping", file: "version: 1\nlimits: 5\n" },
  { name: "a mapping for a list", file: "version: 1\nsinks:\n  type: file\n" },
  { name: "a value for an entry", file: "version: 1\nsinks: [console]\n" },
  { name: "no sinks in the list", file: "version: 1\nsinks: []\n" },
  { name: "a type that is none", file: "version: 1\nsinks:\n  - type: amqp\n" },
  {
    name: "a key of another type",
    file: "version: 1\nsinks:\n  - type: file\n    brokers: a:1\n",
  },
  {
    name: "a format for people only",
    file: "version: 1\nsinks:\n  - type: console\n    format: openbmp-raw\n",
  },
  {
    name: "two sinks of one name",
    file: "version: 1\nsinks:\n  - {name: a}\n  - {name: a, type: file}\n",
  },
  {
    name: "two sinks into one file",
    file: "version: 1\nsinks:\n  - {name: a, type: file}\n  - {name: b, type: file}\n",
  },
  {
    name: "a family that is none",
    file: "version: 1\nsinks:\n  - type: file\n    filter: {families: [ipv5-unicast]}\n",
  },
  {
    name: "a flag for one of several listeners",
    args: ["--source-port=1"],
    file: "version: 1\nlisten: [{port: 1}, {port: 2}]\n",
  },
  { name: "goBMP's file with a wrong value", file: "bmp_listen_port: bmp\n" },
  {
    name: "goBMP's file in active mode without speakers",
    file: "active_mode: true\n",
  },
];

const GOLDEN = new URL("../golden/wrong_configurations.txt", import.meta.url);

describe("wrong configurations", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-wrong-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function messageOf({ args = [], environment = {}, file }: Wrong): Promise<string> {
    const path = join(folder, "edge.yaml");
    if (file !== undefined) await writeFile(path, file);
    try {
      const all = file === undefined ? args : [`--config=${path}`, ...args];
      await loadConfig(parseArguments(all, FLAGS, false).values, environment);
    } catch (error) {
      assert.ok(error instanceof ConfigError || error instanceof UsageError, String(error));
      // What the system says of a file is another in each runtime.
      return error.message.replaceAll(folder, "").replaceAll('"/edge', '"edge')
        .replace(/(ENOENT|No such file).*/, "(the system's words)");
    }
    assert.fail("it was accepted");
  }

  function described({ name, args = [], environment = {}, file }: Wrong): string {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const lines = [`# ${name}`];
    const command = [...variables, ...args].join(" ");
    if (command !== "") lines.push(`$ ${command}`);
    for (const line of file?.trimEnd().split("\n") ?? []) lines.push(`| ${line}`);
    return lines.join("\n");
  }

  it("are told so that their author can mend them", async () => {
    const found: string[] = [];
    for (const wrong of WRONG) {
      const message = await messageOf(wrong);
      assert.doesNotMatch(message, /hunter2/);
      found.push(`${described(wrong)}\n${message}\n`);
    }
    const text = found.join("\n");
    if (process.env.EDGEBMP_UPDATE_GOLDEN === "1") await writeFile(GOLDEN, text);
    assert.equal(text, await readFile(GOLDEN, "utf8"));
  });
});
