import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Metrics } from "../../src/ops/metrics.ts";
import { SinkHealth } from "../../src/sinks/health.ts";

describe("SinkHealth", () => {
  it("counts, and keeps the last error, cut to a length that can be shown", () => {
    const metrics = new Metrics();
    let nowMs = 1_700_000_000_000;
    const health = new SinkHealth(metrics, "s", () => nowMs);
    assert.equal(health.lastError, undefined);
    health.failed("the first");
    nowMs += 5000;
    health.failed("x".repeat(100_000));
    nowMs += 1000;
    health.succeeded();
    assert.equal(health.lastError, "x".repeat(300));
    assert.equal(metrics.total("edgebmp_sink_retries_total"), 2);
    assert.equal(metrics.total("edgebmp_sink_last_error_timestamp_seconds"), 1_700_000_005);
    assert.equal(metrics.total("edgebmp_sink_last_success_timestamp_seconds"), 1_700_000_006);
  });
});
