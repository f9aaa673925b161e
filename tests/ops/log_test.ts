import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { Log, type LogLevel } from "../../src/ops/log.ts";

const START = Date.UTC(2026, 0, 31, 12);

/** A log with a clock of its own. */
function makeLog(level: LogLevel = "info", format: "text" | "json" = "text") {
  const lines: string[] = [];
  const clock = { now: START };
  const log = new Log(level, format, (line) => void lines.push(line), () => clock.now);
  return { log, lines, clock };
}

describe("Log", () => {
  it("writes one line per event, as text or JSON", () => {
    const fields = { source: "192.0.2.1", port: 0, text: 'a "b"\n\x1b[2J', absent: undefined };
    const text = makeLog();
    text.log.warn("session refused", fields);
    assert.deepEqual(text.lines, [
      "2026-01-31T12:00:00.000Z WARN  session refused source=192.0.2.1 port=0 " +
      'text="a \\"b\\"\\n\\u001b[2J"\n',
    ]);
    const json = makeLog("info", "json");
    json.log.error("failed", fields);
    assert.deepEqual(json.lines.map((line) => JSON.parse(line)), [{
      time: "2026-01-31T12:00:00.000Z",
      level: "error",
      event: "failed",
      source: "192.0.2.1",
      port: 0,
      text: 'a "b"\n\x1b[2J',
    }]);
  });

  it("leaves out what is below its level", () => {
    const { log, lines } = makeLog("warn");
    log.error("a");
    log.warn("b");
    log.info("c");
    log.debug("d");
    log.trace("e");
    log.limited("info", "", "f");
    assert.equal(lines.length, 2);
    assert.deepEqual([log.enabled("warn"), log.enabled("info")], [true, false]);
  });

  it("limits the lines of one event and key, and tells how many it left out", () => {
    const { log, lines, clock } = makeLog();
    for (let i = 0; i < 100; i++) log.limited("warn", "192.0.2.1", "refused", { i });
    log.limited("warn", "192.0.2.2", "refused", { i: 100 });
    log.limited("warn", "192.0.2.1", "silent", { i: 101 });
    assert.equal(lines.length, 12);
    clock.now += 10_001;
    log.limited("warn", "192.0.2.1", "refused", { i: 102 });
    assert.match(lines.at(-1)!, /refused i=102 suppressed=90\n$/);
    log.limited("warn", "192.0.2.1", "refused", { i: 103 });
    assert.match(lines.at(-1)!, /refused i=103\n$/);
    for (let i = 104; i < 200; i++) log.limited("warn", "192.0.2.1", "refused", { i });
    clock.now -= 3_600_000;
    log.limited("warn", "192.0.2.1", "refused", { i: 200 });
    assert.match(lines.at(-1)!, /refused i=200 suppressed=88\n$/);
  });

  it("does not flood when each line has another key, nor forgets who was limited", () => {
    const { log, lines, clock } = makeLog();
    for (let i = 0; i < 11; i++) log.limited("warn", "noisy", "refused");
    for (let i = 0; i < 10_000; i++) log.limited("warn", `key ${i}`, "refused");
    log.limited("warn", "noisy", "refused");
    assert.ok(lines.length <= 1020, `${lines.length} lines`);
    clock.now += 10_001;
    log.limited("warn", "noisy", "refused");
    assert.match(lines.at(-1)!, /suppressed=2\n$/);
    // The old keys make room for new ones, and what they left out is told.
    const { length } = lines;
    log.limited("warn", "new", "refused");
    assert.deepEqual(lines.slice(length).map((line) => line.slice(25)), [
      "WARN  refused, and 8991 more\n",
      "WARN  refused\n",
    ]);
  });

  it("tells what it left out when the time is over, also if nothing more comes", async () => {
    const lines: string[] = [];
    // The interval is as good as over.
    let calls = 0;
    const now = () => START + (calls++ === 0 ? 0 : 9_990);
    const log = new Log("info", "text", (line) => void lines.push(line), now);
    for (let i = 0; i < 13; i++) log.limited("warn", "192.0.2.1", "refused");
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.match(lines.at(-1)!, /WARN {2}refused, and 3 more key=192\.0\.2\.1\n$/);
    assert.equal(lines.length, 11);
  });

  it("writes priorities for the journal of systemd, and no time", () => {
    const { log, lines } = makeLog("trace");
    log.toJournal = true;
    for (const level of ["error", "warn", "info", "debug", "trace"] as const) log[level]("event");
    assert.deepEqual(lines.map((line) => line.slice(0, 4)), [
      "<3>e",
      "<4>e",
      "<6>e",
      "<7>e",
      "<7>e",
    ]);
    log.configure("info", "json");
    log.warn("event", { a: 1 });
    assert.match(lines.at(-1)!, /^<4>\{"time":".*","level":"warn","event":"event","a":1\}\n$/);
  });
});
