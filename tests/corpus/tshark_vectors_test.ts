// Every vector of other projects that is sound, as tshark reads it: the same routes, and the same values in the same attribute.
import assert from "node:assert/strict";
import { it } from "node:test";
import { fromHex } from "../decoding.ts";
import { describeWith, findTshark } from "../integration/programs.ts";
import { describeCorpus } from "./corpus.ts";
import { dissect } from "./dissection.ts";
import { differencesOf } from "./tshark_facts.ts";
import { limitOf } from "./tshark_limits.ts";
import { readerOf, vectorFaults } from "./vectors/compare.ts";
import { loadVectors } from "./vectors/load.ts";
import { negotiatedOf } from "./vectors/negotiated.ts";
import { read, type Reading } from "./vectors/reading.ts";
import { RULES } from "./vectors/rules_others.ts";

/** Vectors of the known set that tshark and this program read alike, at least. */
const AGREEING_MIN = 2550;

/** All sound vectors, read. */
function soundReadings(): { place: string; reading: Reading }[] {
  return Object.entries(RULES).flatMap(([file, rules]) =>
    loadVectors(file).flatMap((vector) => {
      const reader = readerOf(vector, rules);
      if (typeof reader !== "function") return [];
      const reading = read(reader, vector.hex, negotiatedOf(vector));
      return vectorFaults(reading.tree).length > 0
        ? []
        : [{ place: `${file} ${vector.place}`, reading }];
    })
  );
}

describeCorpus("vectors of other projects", () => {
  describeWith(findTshark(), "beside tshark", (tshark) => {
    it("read alike, or differ for a reason", () => {
      const readings = soundReadings();
      const dissections = dissect(tshark, readings.map(({ reading }) => fromHex(reading.message)));
      let agreeing = 0;
      const unexplained = readings.flatMap(({ place, reading }, i) => {
        // Message types that tshark does not know at all.
        const dissection = dissections[i] ?? {};
        const differences = differencesOf(reading.tree, dissection);
        const isAlike = differences.every((difference) =>
          limitOf(place, difference)?.where === undefined
        );
        if (isAlike) agreeing++;
        return differences.filter((it) => limitOf(place, it) === undefined)
          .map((it) => ({ place, message: reading.message, ...it }));
      });
      assert.deepEqual(unexplained, []);
      assert.ok(agreeing >= AGREEING_MIN, `${agreeing} of ${readings.length} read alike`);
    });
  });
});
