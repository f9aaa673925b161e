// Every vector of other projects, read here: it agrees, or the difference has a reason, or it is no input of a decoder.
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Part } from "../../src/explain/part.ts";
import { describeCorpus } from "./corpus.ts";
import { compareVector, type Verdict } from "./vectors/compare.ts";
import { exabgpDifferences } from "./vectors/exabgp.ts";
import { frrDifferences } from "./vectors/frr.ts";
import { type Difference, DIFFERENCES, reasonOf } from "./vectors/differences.ts";
import { gobmpDifferences } from "./vectors/gobmp.ts";
import { loadVectors } from "./vectors/load.ts";
import { negotiatedOf } from "./vectors/negotiated.ts";
import { yabgpDifferences } from "./vectors/yabgp.ts";
import { RULES } from "./vectors/rules_others.ts";

/** Members that say where and when a message came, or repeat the bytes. */
const SKIP: Readonly<Record<string, RegExp>> = {
  exabgp: /^(address|asn|router-id|pid|ppid|time|counter|host|value|raw|label|path-information)$/,
};

/** Compares what is said member by member. */
const BY_MEMBERS: Readonly<Record<string, (expected: unknown, tree: Part) => string[]>> = {
  exabgp: exabgpDifferences,
  "frr-vectors": frrDifferences,
  "gobmp-vectors": gobmpDifferences,
  yabgp: yabgpDifferences,
};

/** How many vectors of each verdict a file has; a file of another size is another set, and only has to be explained. */
const COUNTS: Readonly<Record<string, Readonly<Record<Verdict["kind"], number>>>> = {
  "gobmp-vectors": { agrees: 282, decodes: 173, differs: 45, "no-input": 251 },
  "rust-vectors": { agrees: 87, decodes: 150, differs: 10, "no-input": 129 },
  "gobgp-vectors": { agrees: 6, decodes: 113, differs: 28, "no-input": 63 },
  "opendaylight-vectors": { agrees: 0, decodes: 120, differs: 4, "no-input": 110 },
  "scapy-vectors": { agrees: 0, decodes: 48, differs: 3, "no-input": 4 },
  "bio-rd-vectors": { agrees: 15, decodes: 30, differs: 21, "no-input": 60 },
  "bgpfix-vectors": { agrees: 4, decodes: 33, differs: 3, "no-input": 38 },
  "frr-vectors": { agrees: 58, decodes: 6, differs: 11, "no-input": 6 },
  yabgp: { agrees: 67, decodes: 19, differs: 13, "no-input": 7 },
  exabgp: { agrees: 107, decodes: 55, differs: 1, "no-input": 0 },
  "pcap-messages": { agrees: 0, decodes: 1441, differs: 12, "no-input": 3 },
  messages: { agrees: 0, decodes: 30, differs: 7, "no-input": 0 },
};

describeCorpus("vectors of other projects", () => {
  const used = new Set<Difference>();
  const sizes = new Map<string, number>();
  for (const [file, rules] of Object.entries(RULES)) {
    it(`${file}: each agrees, or differs for a reason`, () => {
      const counts = { agrees: 0, decodes: 0, differs: 0, "no-input": 0 };
      const unexplained: string[] = [];
      const vectors = loadVectors(file);
      sizes.set(file, vectors.length);
      for (const vector of vectors) {
        const options = {
          negotiated: negotiatedOf,
          skip: SKIP[file] ?? /^$/,
          ...(file in BY_MEMBERS && { differences: BY_MEMBERS[file] }),
        };
        const verdict = compareVector(vector, rules, options);
        counts[verdict.kind]++;
        if (verdict.kind !== "differs") continue;
        const reason = reasonOf(file, vector.place, verdict.what);
        if (reason === undefined) {
          unexplained.push(`${vector.place}: ${vector.hex}: ${verdict.what}`);
        } else used.add(reason);
      }
      assert.deepEqual(unexplained, []);
      const expected = COUNTS[file];
      const total = Object.values(expected ?? {}).reduce((sum, it) => sum + it, 0);
      if (total === vectors.length) assert.deepEqual(counts, expected);
    });
  }

  it("no reason is left over", () => {
    const isKnownSet = Object.entries(COUNTS).every(([file, counts]) =>
      sizes.get(file) === Object.values(counts).reduce((sum, it) => sum + it, 0)
    );
    if (!isKnownSet) return;
    const left = DIFFERENCES.filter((it) => it.elsewhere !== true && !used.has(it));
    assert.deepEqual(left.map((it) => it.reason), []);
  });
});
