import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { loadConfig, loadLayers } from "../../src/cli/config.ts";
import { configExample } from "../../src/cli/config_example.ts";
import { configSchema } from "../../src/cli/config_schema.ts";
import { showConfig } from "../../src/cli/config_show.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FILE_SETTINGS, FLAGS, SINK_VARIANTS } from "../../src/cli/flags.ts";
import { freePort } from "../ports.ts";
import { TestAuthority } from "../support/certificates.ts";
import { configurations } from "../docs/pages.ts";
import { runProgram } from "./program.ts";

const SETTINGS = [...FLAGS, ...FILE_SETTINGS];
/** Keys that are refused without others. */
const DEPENDENT = /^# +(tls_\w+|compression|keep_\w+):/;

let folder = "";
let path = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgebmp-commands-"));
  path = join(folder, "edge.yaml");
});
after(() => rm(folder, { recursive: true }));

async function load(text: string): Promise<readonly string[]> {
  await writeFile(path, text);
  const { values } = parseArguments([`--config=${path}`], FLAGS, false);
  return (await loadConfig(values, {})).warnings;
}

/** The example with every setting switched on that can stand alone. */
function switchedOn(example: string): string {
  return example.split("\n")
    .map((line) => DEPENDENT.test(line) ? line : line.replace(/^#((?: {2})*\S)/, "$1"))
    .join("\n");
}

describe("config example", () => {
  const example = configExample(SETTINGS, SINK_VARIANTS);

  it("has every key, and is accepted as it is and with every setting switched on", async () => {
    assert.deepEqual(await load(example), []);
    assert.deepEqual(await load(switchedOn(example)), []);
    for (const { key } of SETTINGS) {
      if (key === undefined) continue;
      const name = key.split(".").at(-1);
      assert.match(example, new RegExp(`^[# -]*${name}: `, "m"), key);
    }
  });

  it("fits a terminal", () => {
    for (const line of example.split("\n")) assert.ok(line.length <= 120, line);
  });
});

describe("config schema", () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(
    configSchema(SETTINGS, SINK_VARIANTS),
  );
  const check = (text: string) => validate(parse(text));

  it("accepts the example", () => {
    const example = configExample(SETTINGS, SINK_VARIANTS);
    assert.ok(check(example), JSON.stringify(validate.errors));
    assert.ok(check(switchedOn(example)), JSON.stringify(validate.errors));
  });

  it("accepts the files in the pages", () => {
    assert.ok(configurations().length >= 5);
    for (const [page, text] of configurations()) {
      assert.ok(check(text), `${page}: ${JSON.stringify(validate.errors)}`);
    }
  });

  for (
    const text of [
      "{}",
      "version: 2",
      "version: 1\nlimit: {}",
      "version: 1\nlimits: {max_session: 1}",
      "version: 1\nlimits: {max_sessions: -1}",
      "version: 1\nlimits: {max_sessions: many}",
      "version: 1\nlog: {level: loud}",
      "version: 1\nsinks: console",
      "version: 1\nsinks: []",
      "version: 1\nsinks: [{path: /x}]",
      "version: 1\nsinks: [{type: amqp}]",
      "version: 1\nsinks: [{type: file, brokers: a}]",
      "version: 1\nsinks: [{type: kafka, compression: 7z}]",
      "version: 1\nsinks: [{type: file, filter: {router: a}}]",
      "version: 1\nlisten: [{host: a}]",
      "version: 1\nspool: {max_bytes: 1TB}",
    ]
  ) it(`refuses ${JSON.stringify(text)}`, () => assert.equal(check(text), false));

  it("tells keys of one name apart by the type of their sink", () => {
    assert.ok(check("version: 1\nsinks: [{type: kafka, brokers: a, compression: snappy}]"));
    assert.equal(check("version: 1\nsinks: [{type: file, compression: snappy}]"), false);
  });
});

describe("config show", () => {
  async function show(args: string[], environment = {}): Promise<string> {
    const { values } = parseArguments(args, FLAGS, false);
    return showConfig(await loadLayers(values, environment), SETTINGS, SINK_VARIANTS);
  }
  const has = (text: string, line: RegExp) => assert.match(text, new RegExp(line, "m"));

  it("says where each value comes from", async () => {
    await writeFile(path, "version: 1\nlimits:\n  max_sessions: 0x10\nlog: {level: debug}\n");
    const text = await show([`--config=${path}`, "--log-level=warn"], {
      EDGEBMP_SPOOL_DIR: "/spool",
    });
    has(text, /^ {2}max_sessions: 0x10 +# line 3 of .*edge\.yaml$/);
    has(text, /^ {2}level: warn +# --log-level$/);
    has(text, /^ {2}dir: \/spool +# EDGEBMP_SPOOL_DIR$/);
    has(text, /^# {2}format: text +# default$/);
    assert.deepEqual(await load(text), []);
  });

  it("shows sinks that flags ask for, and hides secrets", async () => {
    const text = await show(
      ["--nats-server=nats://u:hunter2@h:1,nats://hunter2@i", "--dump=file"],
      {
        EDGEBMP_NATS_TOKEN: "hunter2",
      },
    );
    assert.doesNotMatch(text, /hunter2/);
    has(text, /^ {2}- type: nats +# flags$/);
    has(text, /^ {4}servers: "nats:\/\/\(hidden\)@h:1,nats:\/\/\(hidden\)@i" +# --nats-server$/);
    has(text, /^ {4}token: "\(hidden\)" +# EDGEBMP_NATS_TOKEN$/);
    assert.deepEqual(await load(text.replaceAll("(hidden)@", "")), []);
  });

  it("makes goBMP's file one of ours", async () => {
    await writeFile(path, "bmp_listen_port: 5001\nkafka_config:\n  kafka_srv: a:1\n");
    const text = await show([`--config=${path}`]);
    has(text, /^ {2}- port: 5001 +# line 1 of/);
    has(text, /^ {4}brokers: "a:1"|brokers: a:1 +# line 3 of/);
    assert.deepEqual(await load(text), []);
  });
});

describe("edgebmp check-config", () => {
  it("says that a file is right, or what is wrong with it", async () => {
    await writeFile(path, "version: 1\nlog: {level: debug}\n");
    assert.deepEqual(await runProgram(["check-config", path]), {
      code: 0,
      stdout: "The configuration is right.\n",
      stderr: "",
    });
    await writeFile(path, "kafka_config: {kafka_topic_prefix: a}\nmore: 1\n");
    const gobmp = await runProgram(["check-config", `--config=${path}`]);
    assert.equal(gobmp.code, 0);
    assert.match(
      gobmp.stdout,
      /^warning: configuration file .*, line 2: key "more": not known, ignored\n/,
    );
    await writeFile(path, "version: 1\nlog: {level: loud}\n");
    const wrong = await runProgram(["check-config", path]);
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.stderr,
      /^Cannot read configuration file .* line 2: key "log\.level": found "loud"/,
    );
  });

  it("looks at the certificates of listeners", async () => {
    const authority = new TestAuthority();
    const { certFile, keyFile } = authority.sign("server");
    const place = ["check-config", "--tls-listen=:0", `--tls-cert=${certFile}`];
    assert.equal((await runProgram([...place, `--tls-key=${keyFile}`])).code, 0);
    const wrong = await runProgram([...place, `--tls-key=${authority.keyFile}`]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /^Cannot use the private key: it is not that of the certificate/);
    const missing = await runProgram([...place, "--tls-key=/nonexistent.key"]);
    assert.match(missing.stderr, /^Cannot read "\/nonexistent\.key": /);
    await rm(authority.folder, { recursive: true });
  });

  it("with --connect also tries the sinks", async () => {
    const port = await freePort();
    const file = join(folder, "out.json");
    const { code, stdout } = await runProgram([
      "check-config",
      "--connect",
      "--dump=file",
      `--msg-file=${file}`,
      `--kafka-server=127.0.0.1:${port}`,
      `--nats-server=nats://127.0.0.1:${port}`,
      `--upstream=127.0.0.1:${port}`,
    ]);
    assert.equal(code, 1);
    assert.match(stdout, /^sink file: reached$/m);
    assert.match(
      stdout,
      new RegExp(`^sink kafka: Cannot reach a broker: 127.0.0.1:${port}: `, "m"),
    );
    assert.match(
      stdout,
      new RegExp(`^sink nats: Cannot connect to nats://127.0.0.1:${port}: `, "m"),
    );
    assert.match(stdout, /^upstream [^:]+(:\d+)?: .*(ECONNREFUSED|refused)/m);
    await assert.rejects(readFile(file), /ENOENT/);
  });
});
