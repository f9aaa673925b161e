import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DecodeCounts } from "../../src/formats/counts.ts";

function drained(counts: DecodeCounts): Map<string, number> {
  const values = new Map<string, number>();
  counts.drain((name, label, count) => values.set(`${name} ${label}`, count));
  return values;
}

describe("DecodeCounts", () => {
  it("hands over each count once", () => {
    const counts = new DecodeCounts();
    counts.add("routes_announced", "ipv4-unicast", 2);
    counts.add("routes_announced", "ipv4-unicast", 3);
    counts.add("end_of_rib", "ipv4-unicast", 1);
    assert.deepEqual([...drained(counts)], [
      ["routes_announced ipv4-unicast", 5],
      ["end_of_rib ipv4-unicast", 1],
    ]);
    assert.equal(drained(counts).size, 0);
    counts.add("end_of_rib", "ipv4-unicast", 4);
    assert.deepEqual([...drained(counts)], [["end_of_rib ipv4-unicast", 4]]);
  });

  it("counts together what goes beyond 256 labels of a name, over all drains", () => {
    const counts = new DecodeCounts();
    const labels = new Set<string>();
    let total = 0;
    for (let i = 0; i < 1000; i++) {
      counts.add("unknown_families", `afi-${i}`, 1);
      if (i % 100 > 0) continue;
      counts.drain((_, label, count) => {
        labels.add(label);
        total += count;
      });
    }
    for (const [label, count] of drained(counts)) {
      labels.add(label.split(" ")[1]!);
      total += count;
    }
    assert.equal(labels.size, 257);
    assert.ok(labels.has("other"));
    assert.equal(total, 1000);
    counts.add("peer_events", "up", 1);
    assert.deepEqual([...drained(counts)], [["peer_events up", 1]]);
  });
});
