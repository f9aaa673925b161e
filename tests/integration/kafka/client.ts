/** A Kafka sink as the configuration makes it, and records for it. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { FlagValues } from "../../../src/cli/flag.ts";
import { Output, type Topic } from "../../../src/formats/output.ts";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import { loadRuntime } from "../../../src/runtime/mod.ts";
import { KAFKA } from "../../../src/sinks/kafka/spec.ts";
import type { Sink } from "../../../src/sinks/sink.ts";
import { utf8 } from "../../../src/wire/writer.ts";

export const PEER: Topic = { name: "gobmp.parsed.peer", messageType: 10 };
export const ROUTES: Topic = { name: "gobmp.parsed.unicast_prefix_v4", messageType: 74 };
export const SESSION: Topic = { name: "edgebmp.session", messageType: 1000 };

export class Client {
  readonly metrics = new Metrics();
  readonly sink: Sink;
  log = "";

  private constructor(sink: (client: Client) => Sink) {
    this.sink = sink(this);
  }

  static async open(
    prefix: string,
    flags: Readonly<Record<string, string>>,
    identityInHeaders = false,
  ): Promise<Client> {
    const values = new FlagValues();
    for (const [name, text] of Object.entries(flags)) {
      const flag = KAFKA.flags.find((flag) => flag.name === name);
      if (flag === undefined) throw new Error(`Cannot set --${name}: no such flag`);
      values.set(flag, flag.parse(text));
    }
    const runtime = await loadRuntime();
    const client = new Client((self) =>
      KAFKA.create(KAFKA.options(values), {
        name: "kafka",
        format: "gobmp",
        topics: [PEER, ROUTES, SESSION],
        topicPrefix: prefix,
        lines: false,
        identityInHeaders,
        runtime,
        metrics: self.metrics,
        log: new Log("debug", "text", (line) => self.log += line),
      })
    );
    await client.sink.open();
    return client;
  }

  /** Delivers records `[topic, key, value]` as one batch. */
  deliver(...records: (readonly [Topic, string, string])[]): Promise<void> {
    const out = new Output(1024, false);
    for (const [i, [topic, key, value]] of records.entries()) {
      out.mark("session", 7, i);
      out.begin(topic, key);
      out.raw(utf8(value));
      out.end();
    }
    return this.sink.deliver(out);
  }

  async logged(pattern: RegExp): Promise<void> {
    for (const end = Date.now() + 20_000; !pattern.test(this.log);) {
      assert.ok(Date.now() < end, `no line ${pattern} in the log:\n${this.log}`);
      await sleep(30);
    }
  }

  close(): Promise<void> {
    return this.sink.close(AbortSignal.timeout(2000));
  }
}
