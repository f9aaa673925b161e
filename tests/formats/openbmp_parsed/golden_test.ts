// Our rows against those of openbmpd 2.2.3 for ten recorded streams, row by row.
import assert from "node:assert/strict";
import process from "node:process";
import { after, describe, it } from "node:test";
import { readStream } from "../../corpus/corpus.ts";
import { playStream, ROW_TYPES_COMPARED, RowComparison } from "./compare_rows.ts";
import { COLUMN_RULES, EXTRA_RULES } from "./golden_rules.ts";
import { goldenRows, goldenStreams, withGolden } from "./obmp.ts";
import { rowsOf } from "./player.ts";

describe("rows are those of openbmpd, apart from the rules", () =>
  withGolden(() => {
    const comparison = new RowComparison(EXTRA_RULES, COLUMN_RULES);

    for (const stream of goldenStreams()) {
      it(stream, () => {
        const records = playStream(readStream(stream), "127.0.0.1", { collector: "golden" });
        const unexplained = ROW_TYPES_COMPARED.flatMap((type) =>
          comparison.compare(stream, type, goldenRows(stream, type), rowsOf(records, type))
        );
        assert.equal(
          unexplained.length,
          0,
          `${unexplained.length} differences\n${unexplained.slice(0, 12).join("\n")}`,
        );
      });
    }

    it("every rule is needed", () => {
      assert.deepEqual(comparison.uses().filter(({ count }) => count === 0), []);
    });

    after(() => {
      for (const { name, reason, count } of comparison.uses()) {
        process.stderr.write(`${count} ${name}: ${reason}\n`);
      }
    });
  }));
