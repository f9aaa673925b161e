/** The Kafka sink with brokers that forbid: topics that may not be written or made; and logins by token. */
import { after, before, it } from "node:test";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Brokers, findKafka, PASSWORD, USER } from "./kafka/brokers.ts";
import { Client, PEER, ROUTES, SESSION } from "./kafka/client.ts";
import { LogReader } from "./kafka/reader.ts";
import { describeWith } from "./programs.ts";

const TEST = { timeout: 60_000 };
const AUTHORIZER = [
  "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "allow.everyone.if.no.acl.found=true",
  // Who comes without a login: the brokers themselves, and the tests.
  "super.users=User:ANONYMOUS",
];

describeWith(findKafka(), "Kafka sink, brokers with an authorizer", () => {
  let brokers: Brokers;
  let reader: LogReader;
  const folder = mkdtempSync(join(tmpdir(), "edgebmp-kafka-rights-"));
  const secret = join(folder, "secret");

  before(async () => {
    brokers = await Brokers.start(1, ...AUTHORIZER);
    reader = new LogReader([brokers.port()]);
  });
  after(async () => {
    await reader?.close();
    await brokers?.stop();
    rmSync(folder, { recursive: true });
  });

  function open(prefix: string, flags: Readonly<Record<string, string>> = {}): Promise<Client> {
    writeFileSync(secret, PASSWORD);
    return Client.open(prefix, {
      "kafka-server": brokers.sasl,
      "kafka-sasl-mechanism": "PLAIN",
      "kafka-sasl-username": USER,
      "kafka-sasl-password-file": secret,
      "dead-letter-file": join(folder, `${prefix}.jsonl`),
      ...flags,
    });
  }

  function letters(prefix: string): unknown[] {
    return readFileSync(join(folder, `${prefix}.jsonl`), "utf8").trimEnd().split("\n")
      .map((line) => {
        const { topic, reason, text } = JSON.parse(line) as Record<string, string>;
        return [topic, reason, text];
      });
  }

  async function values(topic: string, count: number): Promise<string[]> {
    return (await reader.records(topic, 0, count)).map((record) => record.value);
  }

  for (
    const [operation, prefix] of [["write", "written"], ["create", "created"]] as const
  ) {
    it(
      `puts records for a topic that it may not ${operation} among the dead letters, and sends the others`,
      TEST,
      async () => {
        const peers = `${prefix}.${PEER.name}`;
        await reader.forbid(USER, operation, peers);
        const client = await open(prefix);
        try {
          await client.deliver([ROUTES, "", "0"], [PEER, "", "refused"], [ROUTES, "", "1"]);
          await client.deliver([PEER, "", "refused too"], [ROUTES, "", "2"]);
        } finally {
          await client.close();
        }
        assert.deepEqual(await values(`${prefix}.${ROUTES.name}`, 3), ["0", "1", "2"]);
        assert.deepEqual(letters(prefix), [
          [peers, "TOPIC_AUTHORIZATION_FAILED", "refused"],
          [peers, "TOPIC_AUTHORIZATION_FAILED", "refused too"],
        ]);
      },
    );

    it(
      `leaves out its own topics if one may not be ${prefix}, and says so once`,
      TEST,
      async () => {
        const own = `own-${prefix}`;
        await reader.forbid(USER, operation, `${own}.${SESSION.name}`);
        const client = await open(own);
        try {
          for (let i = 0; i < 3; i++) {
            await client.deliver([SESSION, "", "left out"], [ROUTES, "", String(i)]);
          }
          assert.equal(client.metrics.total("edgebmp_kafka_own_records_dropped_total"), 3);
          const said = client.log.match(/topics edgebmp\.\* cannot be made or written/g);
          assert.equal(said?.length, 1, client.log);
          assert.match(client.log, /TOPIC_AUTHORIZATION_FAILED/);
        } finally {
          await client.close();
        }
        assert.deepEqual(await values(`${own}.${ROUTES.name}`, 3), ["0", "1", "2"]);
      },
    );
  }

  it("authenticates by OAUTHBEARER", TEST, async () => {
    const part = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const token = `${part({ alg: "none" })}.${part({ sub: USER, iat: now, exp: now + 600 })}.`;
    const client = await open("token", { "kafka-sasl-mechanism": "OAUTHBEARER" });
    try {
      writeFileSync(secret, token);
      await client.deliver([ROUTES, "", "0"]);
      assert.ok(!client.log.includes(token));
    } finally {
      await client.close();
    }
    assert.deepEqual(await values(`token.${ROUTES.name}`, 1), ["0"]);
  });
});
