import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { Readiness } from "../../../src/ops/http/readiness.ts";

describe("Readiness", () => {
  it("says since when it is so", () => {
    let reasons: string[] = [];
    const readiness = new Readiness(() => reasons, 1000);
    assert.deepEqual([readiness.look(2000), readiness.sinceMs], [[], 1000]);
    reasons = ["full"];
    assert.deepEqual([readiness.look(3000), readiness.sinceMs], [["full"], 3000]);
    // Another reason: routers have not been accepted in between.
    reasons = ["stopping"];
    assert.deepEqual([readiness.look(4000), readiness.sinceMs], [["stopping"], 3000]);
    reasons = [];
    assert.deepEqual([readiness.look(5000), readiness.sinceMs], [[], 5000]);
  });
});
