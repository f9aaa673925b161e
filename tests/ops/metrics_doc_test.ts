import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { declaredMetrics, metricsOf, sources, withMetrics } from "./metrics_doc.ts";

const PAGE = new URL("../../docs/metrics.md", import.meta.url);

describe("docs/metrics.md", () => {
  it("has every metric that the sources declare, and no other", () => {
    const page = readFileSync(PAGE, "utf8");
    assert.equal(page, withMetrics(page, declaredMetrics()), "update_metrics_doc.ts makes it anew");
  });

  it("misses no name that a source speaks of", () => {
    const names = new Set(declaredMetrics().map(({ name }) => name));
    for (const [path, source] of sources()) {
      for (const [, name] of source.matchAll(/"(edgebmp_[a-z0-9_]+)"/g)) {
        assert.ok(names.has(name!), `${path} speaks of ${name}, which is not declared`);
      }
    }
  });

  it("says of each what it is, in units that its name ends with", () => {
    for (const { name, type, help } of declaredMetrics()) {
      assert.ok(help.length > 5, `${name} has no help`);
      assert.equal(name.endsWith("_total"), type === "counter", `${name} is a ${type}`);
      assert.doesNotMatch(name, /_(ms|us|milliseconds|kib|mib)(_total)?$/, name);
    }
  });
});

describe("metricsOf()", () => {
  it("finds declarations in all their forms", () => {
    const source = `
      metrics.counter("edgebmp_a_total", "A", 5); const HELP =
        "B \\"b\\"";
      const x = gauge(
        "edgebmp_b",
        HELP,
      ).with();
      metrics.gauge("edgebmp_c", "one, " +
        "two");
      const t = { name: "edgebmp_d_total", label: "code", help: "D" };
      const u = { name: "edgebmp_e", type: "gauge", help: "E" };
      metrics.total("edgebmp_f");`;
    assert.deepEqual(metricsOf("p", source).map(({ name, type, help }) => [name, type, help]), [
      ["edgebmp_a_total", "counter", "A"],
      ["edgebmp_b", "gauge", 'B "b"'],
      ["edgebmp_c", "gauge", "one, two"],
      ["edgebmp_d_total", "counter", "D"],
      ["edgebmp_e", "gauge", "E"],
    ]);
  });
});
