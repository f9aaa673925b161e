// Our rows against those of openbmpd 2.2.3 for ten recorded streams, row by row.
import assert from "node:assert/strict";
import process from "node:process";
import { after, describe, it } from "node:test";
import type { RowType } from "../../../src/formats/openbmp_parsed/topics.ts";
import { readStream } from "../../corpus/corpus.ts";
import {
  COLUMN_RULES,
  EXTRA_RULES,
  identityOf,
  type Row,
  ROW_TYPES_COMPARED,
} from "./golden_rules.ts";
import { goldenRows, goldenStreams, withGolden } from "./obmp.ts";
import { type ParsedRecord, Player, rowsOf } from "./player.ts";

/** What we write for a stream that comes on one connection, as openbmpd got it. */
function playStream(stream: string): ParsedRecord[] {
  const player = new Player({ collector: "golden", resendMs: 0 });
  const records = player.open(1, { source: "127.0.0.1" });
  const bytes = readStream(stream);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start + 6 <= bytes.length;) {
    const end = start + view.getUint32(start + 1);
    if (end > bytes.length) break;
    records.push(...player.bytes(bytes.slice(start, end)));
    start = end;
  }
  return [...records, ...player.close()];
}

describe("rows are those of openbmpd, apart from the rules", () =>
  withGolden(() => {
    const used = new Map<string, number>();
    const use = (name: string) => used.set(name, (used.get(name) ?? 0) + 1);

    /** What no rule explains. */
    function compare(
      stream: string,
      type: RowType,
      theirs: readonly Row[],
      allOurs: readonly Row[],
    ): string[] {
      const unexplained: string[] = [];
      const drop = (side: "ours" | "theirs", row: Row) => {
        const rule = EXTRA_RULES.find((rule) =>
          rule.side === side && rule.types.includes(type) &&
          rule.holds(row, theirs, allOurs, stream)
        );
        if (rule === undefined) unexplained.push(`only ${side}: ${type} ${row.join("|")}`);
        else use(rule.name);
      };
      // Those that pair with nothing must not take another's place.
      const isAlone = (row: Row) =>
        type === "base_attribute" && row[13] === "0.0.0.0" && row[10] !== "";
      allOurs.filter(isAlone).forEach((row) => drop("ours", row));
      const ours = allOurs.filter((row) => !isAlone(row));
      let i = 0;
      let j = 0;
      while (i < theirs.length || j < ours.length) {
        const [their, our] = [theirs[i], ours[j]];
        if (their !== undefined && our !== undefined) {
          if (identityOf(type, their) === identityOf(type, our)) {
            compareColumns(type, their, our, unexplained);
            i++;
            j++;
            continue;
          }
        }
        // The one that the other side has later is next.
        const isTheirsLater = their !== undefined &&
          ours.slice(j).some((row) => identityOf(type, row) === identityOf(type, their));
        if (our !== undefined && (their === undefined || isTheirsLater)) drop("ours", ours[j++]!);
        else drop("theirs", theirs[i++]!);
      }
      return unexplained;
    }

    function compareColumns(type: RowType, their: Row, our: Row, unexplained: string[]): void {
      for (let column = 1; column <= our.length; column++) {
        const [theirValue, ourValue] = [their[column - 1], our[column - 1]!];
        if (theirValue === ourValue) continue;
        const rule = COLUMN_RULES.find((rule) =>
          rule.columns[type]?.includes(column) &&
          rule.holds(theirValue ?? "", ourValue, their, our, type)
        );
        if (rule !== undefined) use(rule.name);
        else {
          unexplained.push(
            `${type} column ${column}: theirs "${theirValue}", ours "${ourValue}", in ${
              our.join("|")
            }`,
          );
        }
      }
    }

    for (const stream of goldenStreams()) {
      it(stream, () => {
        const records = playStream(stream);
        const unexplained = ROW_TYPES_COMPARED.flatMap((type) =>
          compare(stream, type, goldenRows(stream, type), rowsOf(records, type))
        );
        assert.equal(
          unexplained.length,
          0,
          `${unexplained.length} differences\n${unexplained.slice(0, 12).join("\n")}`,
        );
      });
    }

    it("every rule is needed", () => {
      const rules = [...EXTRA_RULES, ...COLUMN_RULES];
      assert.deepEqual(rules.filter(({ name }) => !used.has(name)).map(({ name }) => name), []);
    });

    after(() => {
      for (const { name, reason } of [...EXTRA_RULES, ...COLUMN_RULES]) {
        process.stderr.write(`${used.get(name) ?? 0} ${name}: ${reason}\n`);
      }
    });
  }));
