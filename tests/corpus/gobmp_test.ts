// What we print for recorded streams against what goBMP printed for them.
import assert from "node:assert/strict";
import process from "node:process";
import { after, it } from "node:test";
import { compareRecords, type RuleUse } from "./compare.ts";
import { describeCorpus, readGobmp, readStream, streamNames, streamPath } from "./corpus.ts";
import { decodeFile } from "./decode.ts";
import { streamFacts } from "./frames.ts";
import { isSyntheticDown, RULES } from "./gobmp_rules.ts";
import { recordLine } from "./records.ts";

const ARGS = ["--router-identity=first-peer-up", "--extra-fields=false"];

describeCorpus("decode prints what goBMP printed, apart from the rules", () => {
  const used: RuleUse = new Map();
  for (const name of streamNames()) {
    const golden = readGobmp(name);
    if (golden === undefined) continue;
    it(name, async () => {
      const theirs = golden.map(recordLine).filter(isCompared);
      const records = await decodeFile(streamPath(name), ARGS);
      const facts = streamFacts(readStream(name));
      assert.equal(records.filter(isSyntheticDown).length, facts.peersAtEnd, "synthetic downs");
      const unexplained = compareRecords(theirs, records.filter(isCompared), facts, RULES, used);
      assert.equal(
        unexplained.length,
        0,
        `${unexplained.length} differences\n${unexplained.slice(0, 20).join("\n")}`,
      );
    });
  }

  it("every rule is needed", () => {
    assert.deepEqual(RULES.filter((rule) => !used.has(rule.name)).map((rule) => rule.name), []);
  });

  after(() => {
    for (const rule of RULES) {
      process.stderr.write(`${used.get(rule.name) ?? 0} ${rule.name}: ${rule.reason}\n`);
    }
  });
});

function isCompared(record: ReturnType<typeof recordLine>): boolean {
  return record.type < 1000;
}
