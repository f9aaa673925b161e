/** The database that our rows of ten recorded streams make, beside the one that openbmpd's rows of the same streams made. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { readStream } from "../corpus/corpus.ts";
import { goldenStreams, withGolden } from "../formats/openbmp_parsed/obmp.ts";
import { Bench, Router } from "./openbmp/bench.ts";
import { findDatabase } from "./openbmp/database.ts";
import { CLOSED, ROW_RULES, type TableRule, VALUE_RULES } from "./openbmp/golden_table_rules.ts";
import {
  differences,
  goldenTables,
  joined,
  TABLE_NAMES,
  type TableName,
  tables,
} from "./openbmp/golden_tables.ts";
import { describeWith } from "./programs.ts";

const TEST = { timeout: 300_000 };
const SETTLE_TIMEOUT_MS = 90_000;
const POLL_MS = 2000;
/** What the end of a session changes: openbmpd leaves peers up, and the others' routes active. */
const AT_THE_END: readonly TableName[] = ["collectors", "routers"];

const used = new Map<TableRule, number>();

/** Plays the streams at once, each as a session of its own; fails with what no rule explains when it is still there after a while. */
async function compare(streams: readonly string[]): Promise<void> {
  const bench = await Bench.start({ collector: "golden", naming: "name" });
  try {
    const theirs = joined(streams.map(goldenTables));
    const settle = async (names: readonly TableName[]) => {
      await bench.quiet();
      for (const deadline = Date.now() + SETTLE_TIMEOUT_MS;; await sleep(POLL_MS)) {
        const uses: TableRule[] = [];
        const ours = tables((name) => bench.database.query(`SELECT * FROM ${name}`));
        const found = differences(streams, names, theirs, ours, (rule) => uses.push(rule));
        if (found.length === 0) {
          for (const rule of uses) used.set(rule, (used.get(rule) ?? 0) + 1);
          return;
        }
        if (Date.now() < deadline) continue;
        assert.fail(`${found.length} differences\n${found.slice(0, 20).join("\n")}`);
      }
    };
    const routers: Router[] = [];
    for (const name of streams) {
      const router = await Router.connect(bench.port, "127.0.0.1");
      router.send(readStream(name));
      routers.push(router);
    }
    await settle(TABLE_NAMES.filter((name) => !AT_THE_END.includes(name)));
    for (const router of routers) router.end();
    await settle(AT_THE_END);
    assert.equal(bench.database.errors(), "");
  } finally {
    await bench.stop();
  }
}

describeWith(
  findDatabase(),
  "tables of openbmpd's rows and of ours are equal, apart from the rules",
  () =>
    withGolden(() => {
      const streams = goldenStreams();
      it("nine streams", TEST, () => compare(streams.filter((name) => name !== CLOSED)));

      it("the tenth, of a router that is among the nine", TEST, () => compare([CLOSED]));

      it("every rule is needed", () => {
        assert.deepEqual([...ROW_RULES, ...VALUE_RULES].filter((rule) => !used.has(rule)), []);
      });
    }),
);
