import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, loadConfig } from "../../src/cli/config.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import type { Secret } from "../../src/cli/secret.ts";
import { readSecret } from "../../src/runtime/secret.ts";
import type { KafkaOptions } from "../../src/sinks/kafka/spec.ts";

const KAFKA = [
  "--kafka-server=a:1",
  "--kafka-sasl-mechanism=PLAIN",
  "--kafka-sasl-username=u",
];

describe("a secret", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-secret-"));
    await writeFile(join(folder, "kafka-sasl-password"), "of the credential\n");
    await writeFile(join(folder, "other"), "of the file\r\n");
  });
  after(() => rm(folder, { recursive: true }));

  async function passwordOf(args: string[], environment: Environment): Promise<Secret> {
    const { values } = parseArguments([...KAFKA, ...args], FLAGS, false);
    const { sinks } = await loadConfig(values, environment);
    return (sinks[0]!.options as KafkaOptions).sasl!.password;
  }

  it("is a value of the environment or of the file", async () => {
    const secret = await passwordOf([], { EDGEBMP_KAFKA_SASL_PASSWORD: "x" });
    assert.deepEqual(secret, { value: "x", path: "" });
    assert.equal(await readSecret(secret), "x");
    const path = join(folder, "edge.yaml");
    await writeFile(
      path,
      "version: 1\nsinks: [{type: kafka, brokers: a, sasl_mechanism: PLAIN, sasl_username: u, sasl_password: hunter2}]\n",
    );
    const { values } = parseArguments([`--config=${path}`], FLAGS, false);
    const { sinks } = await loadConfig(values, {});
    assert.equal((sinks[0]!.options as KafkaOptions).sasl!.password.value, "hunter2");
  });

  it("stands in a file", async () => {
    const path = join(folder, "other");
    const secret = await passwordOf([`--kafka-sasl-password-file=${path}`], {});
    assert.deepEqual(secret, { value: "", path });
    assert.equal(await readSecret(secret), "of the file");
    const absent = readSecret({ value: "", path: join(folder, "none") });
    await assert.rejects(absent, /^Error: Cannot read ".*none": .*ENOENT/);
  });

  it("is a systemd credential where nothing else is given", async () => {
    const environment = { CREDENTIALS_DIRECTORY: folder };
    const secret = await passwordOf([], environment);
    assert.equal(await readSecret(secret), "of the credential");
    assert.deepEqual(await passwordOf([], { ...environment, EDGEBMP_KAFKA_SASL_PASSWORD: "x" }), {
      value: "x",
      path: "",
    });
    const path = join(folder, "other");
    const flag = `--kafka-sasl-password-file=${path}`;
    assert.deepEqual(await passwordOf([flag], environment), { value: "", path });
  });

  it("is refused twice, or not at all where it is needed", async () => {
    await assert.rejects(
      passwordOf(["--kafka-sasl-password-file=/x"], { EDGEBMP_KAFKA_SASL_PASSWORD: "hunter2" }),
      /^ConfigError: Cannot start: found both EDGEBMP_KAFKA_SASL_PASSWORD \(sasl_password\) and --kafka-sasl-password-file \(sasl_password_file\), expected one of them$/,
    );
    await assert.rejects(
      passwordOf([], {}),
      /found PLAIN without a password, expected --kafka-sasl-password-file/,
    );
  });

  it("is not taken from the command line", () => {
    assert.throws(
      () => parseArguments(["--kafka-sasl-password=hunter2"], FLAGS, false),
      {
        name: "UsageError",
        message:
          'Cannot read flag "--kafka-sasl-password": everybody on the machine can read a command line; expected --kafka-sasl-password-file or the environment variable EDGEBMP_KAFKA_SASL_PASSWORD',
      },
    );
  });
});
