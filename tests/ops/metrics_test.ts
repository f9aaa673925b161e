import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { Metrics } from "../../src/ops/metrics.ts";

describe("Metrics", () => {
  it("gives the same handle for the same labels", () => {
    const metrics = new Metrics();
    const refused = metrics.counter("edgebmp_refused_total", "Refused");
    refused.with({ reason: "limit" }).add(2);
    metrics.counter("edgebmp_refused_total", "Refused").with({ reason: "limit" }).add(1);
    refused.with({ reason: "stop" }).add(4);
    assert.deepEqual(
      [...refused.series()].map(({ labels, counter }) => [labels, counter.value]),
      [[{ reason: "limit" }, 3], [{ reason: "stop" }, 4]],
    );
    assert.equal(metrics.total("edgebmp_refused_total"), 7);
    assert.equal(metrics.total("edgebmp_nothing"), 0);
    assert.deepEqual([...metrics.all()].map(({ name, type }) => [name, type]), [
      ["edgebmp_refused_total", "counter"],
    ]);
  });

  it("bounds the series: what is beyond shares one", () => {
    const metric = new Metrics().gauge("edgebmp_x", "X", 2);
    for (let i = 0; i < 100; i++) metric.with({ peer: String(i) }).add(1);
    assert.deepEqual(
      [...metric.series()].map(({ labels, counter }) => [labels, counter.value]),
      [[{ peer: "0" }, 1], [{ peer: "1" }, 1], [{ overflow: "true" }, 98]],
    );
    metric.remove({ peer: "0" });
    metric.remove({ overflow: "true" });
    assert.equal([...metric.series()].length, 1);
  });

  it("refuses names that break the contract", () => {
    assert.throws(() => new Metrics().counter("refused-total", ""), /Cannot declare metric/);
  });
});
