// docs/support.md says what the registries hold, every entry has a vector, and every code point has a place.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { LISTS } from "./support/lists.ts";
import { matrixOf, supportPage } from "./support/page.ts";

describe("code points", () => {
  for (const list of LISTS) {
    it(`${list.title}: each is decoded and has a vector, or is kept as bytes for a reason`, () => {
      assert.deepEqual(matrixOf(list).problems, []);
    });
  }
});

describe("docs/support.md", () => {
  it("is what the registries say (tests/tools/update_support.ts writes it anew)", () => {
    const page = readFileSync(new URL("../docs/support.md", import.meta.url), "utf8");
    assert.ok(page === supportPage(), "docs/support.md is stale");
  });
});
