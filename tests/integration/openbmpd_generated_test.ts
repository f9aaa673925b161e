/** openbmpd on generated sessions of every family and view, beside our rows of the same bytes: equal, apart from the rules. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, before, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { GENERATE_DEFAULTS, type GenerateOptions } from "../../src/generate/options.ts";
import { generateSession } from "../../src/generate/session.ts";
import {
  playStream,
  ROW_TYPES_COMPARED,
  RowComparison,
} from "../formats/openbmp_parsed/compare_rows.ts";
import { rowsOf } from "../formats/openbmp_parsed/player.ts";
import { Brokers } from "./kafka/brokers.ts";
import { LogReader } from "./kafka/reader.ts";
import { Router } from "./openbmp/bench.ts";
import { GENERATED_COLUMN_RULES, GENERATED_EXTRA_RULES } from "./openbmp/generated_rules.ts";
import { COLLECTOR_NAME, findOpenbmpd, Openbmpd } from "./openbmpd.ts";
import { describeWith } from "./programs.ts";

/** It takes 7 s until it writes anything of a new connection. */
const QUIET_MS = 9_000;
const POLL_MS = 500;

const SMALL: GenerateOptions = {
  ...GENERATE_DEFAULTS,
  prefixesV4: 120,
  prefixesV6: 60,
  routes: 80,
  peers: 2,
  withdraw: 0.3,
  terminate: true,
};

const SESSIONS: Readonly<Record<string, Partial<GenerateOptions>>> = {
  "all views": { views: ["pre-policy", "post-policy", "loc-rib", "adj-rib-out"] },
  "path identifiers": { addPath: true },
  "labelled-unicast": { families: ["labelled-unicast"] },
  "vpn": { families: ["vpn"], views: ["pre-policy", "loc-rib"] },
  "evpn": { families: ["evpn"] },
  "bgp-ls": { families: ["bgp-ls"] },
  "AS numbers of two octets": { twoOctetAs: true },
};

/** Each router connects from an address of its own, by which its rows are found. */
function sourceOf(session: string): string {
  return `127.0.5.${Object.keys(SESSIONS).indexOf(session) + 1}`;
}

function generated(options: Partial<GenerateOptions>): Uint8Array {
  // Each part is only valid until the next one.
  const parts = Array.from(generateSession({ ...SMALL, ...options }), (part) => part.slice());
  return new Uint8Array(Buffer.concat(parts));
}

describeWith(findOpenbmpd(), "openbmpd's rows of generated sessions are ours", (path) => {
  const comparison = new RowComparison(GENERATED_EXTRA_RULES, GENERATED_COLUMN_RULES);
  const ends: (() => Promise<unknown>)[] = [];
  let openbmpd: Openbmpd;

  before(async () => {
    const brokers = await Brokers.start(1);
    ends.push(() => brokers.stop());
    const reader = new LogReader([brokers.port()]);
    ends.push(() => reader.close());
    openbmpd = await Openbmpd.start(path, brokers.port(), reader, "generated");
    ends.push(() => openbmpd.program.kill());
    for (const [session, options] of Object.entries(SESSIONS)) {
      const router = await Router.connect(openbmpd.port, sourceOf(session));
      ends.push(() => Promise.resolve(router.end()));
      router.send(generated(options));
    }
    let count = 0;
    for (let sinceMs = performance.now(); performance.now() - sinceMs < QUIET_MS;) {
      await sleep(POLL_MS);
      const now = await openbmpd.count(ROW_TYPES_COMPARED);
      if (now !== count || now === 0) sinceMs = performance.now();
      count = now;
    }
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  for (const [session, options] of Object.entries(SESSIONS)) {
    it(session, async () => {
      const source = sourceOf(session);
      const records = playStream(generated(options), source, {
        collector: COLLECTOR_NAME,
        routerNaming: "address",
      });
      assert.ok(records.length > 50);
      for (const type of ROW_TYPES_COMPARED) {
        const theirs = (await openbmpd.wholeRows(type)).filter((row) => row.includes(source));
        const unexplained = comparison.compare(session, type, theirs, rowsOf(records, type));
        assert.deepEqual(unexplained.slice(0, 5), [], `${unexplained.length} differences`);
      }
    });
  }

  it("every rule is needed", () => {
    assert.deepEqual(comparison.uses().filter(({ count }) => count === 0), []);
  });
});
