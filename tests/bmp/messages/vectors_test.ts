// Whole messages of other projects.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessageExplainer } from "../../../src/explain/message.ts";
import type { Part } from "../../../src/explain/part.ts";
import { fromHex } from "../../decoding.ts";
import { MESSAGE_VECTORS } from "../../vectors/bmp_messages.ts";

function* walk(part: Part): Iterable<Part> {
  yield part;
  for (const inner of part.parts) yield* walk(inner);
}

describe("messages of other projects", () => {
  for (const { name, source, hex, shows } of MESSAGE_VECTORS) {
    it(`${name} (${source})`, () => {
      const parts = [...walk(new MessageExplainer().explain(fromHex(hex)))];
      let at = 0;
      for (const [name, value] of shows) {
        at = parts.findIndex((it, i) => i >= at && it.name === name && it.facts.value === value) +
          1;
        assert.ok(at > 0, `${name}: ${value}`);
      }
    });
  }
});
