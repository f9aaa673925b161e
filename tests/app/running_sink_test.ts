import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { needsPipeline } from "../../src/app/running_sink.ts";
import type { SinkConfig } from "../../src/cli/sink_config.ts";

function kafka(format: string, brokers: string, batchMs = 0): SinkConfig {
  return { name: "k", type: "kafka", format, options: { brokers }, batchMs } as SinkConfig;
}

describe("a change of a sink", () => {
  const needs = (before: SinkConfig, after: SinkConfig, isDurable: boolean) =>
    needsPipeline({ config: before, before: undefined }, after, isDurable);

  it("to other servers goes on in the same pipeline", () => {
    assert.equal(needs(kafka("gobmp", "a:1"), kafka("gobmp", "b:1"), true), false);
    assert.equal(
      needs(kafka("openbmp-parsed", "a:1"), kafka("openbmp-parsed", "b:1"), false),
      false,
    );
  });

  it("begins another where it gets something else", () => {
    assert.equal(needs(kafka("gobmp", "a:1"), kafka("gobmp", "a:1", 100), false), true);
  });

  it("begins another on a spool where records may be held back, so that they are read again", () => {
    assert.equal(needs(kafka("openbmp-parsed", "a:1"), kafka("openbmp-parsed", "b:1"), true), true);
  });
});
