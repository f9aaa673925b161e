/** What keeps quiet sessions from waiting behind busy ones. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { MemoryJournal } from "../../src/journal/memory.ts";
import type { EntryBatch, Unread } from "../../src/journal/types.ts";
import { EntryKind } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { listenForRouters } from "../../src/sessions/listener.ts";
import { Lead, Room, Share } from "../../src/sessions/rests.ts";
import { sessionLimit, Sessions } from "../../src/sessions/sessions.ts";
import { FakeJournal } from "./fake_journal.ts";
import { NO_LIMITS, runtime } from "./rig.ts";
import { until } from "../until.ts";

const MIB = 1024 * 1024;

describe("Share", () => {
  it("counts all that may be undelivered, and forgets what was before a mark that is delivered", () => {
    const share = new Share();
    assert.equal(share.add(100, { from: 0, end: 100, bytesMax: 1000 }), 100);
    assert.equal(share.add(100, { from: 50, end: 300, bytesMax: 1000 }), 200);
    assert.equal(share.add(100, { from: 99, end: 400, bytesMax: 1000 }), 300);
    // What came since the mark at 100; the next mark is at 500.
    assert.equal(share.add(70, { from: 100, end: 500, bytesMax: 1000 }), 270);
    assert.equal(share.add(10, { from: 499, end: 600, bytesMax: 1000 }), 280);
    assert.equal(share.add(10, { from: 500, end: 700, bytesMax: 1000 }), 20);
    assert.equal(share.add(0, { from: 700, end: 700, bytesMax: 1000 }), 0);
  });
});

describe("Room", () => {
  it("keeps an eighth free, and lets as many go on as there is room for, in their order", async () => {
    let unread: Unread = { from: 0, end: 56 * MIB + 1, bytesMax: 64 * MIB };
    const journal = Object.assign(new FakeJournal(), { unread: () => unread });
    const room = new Room(journal, () => 10);
    assert.equal(room.isFree(unread), false);
    assert.equal(room.shareOf(unread), 5.6 * MIB);
    const woken: number[] = [];
    for (let i = 0; i < 6; i++) {
      const wake = () => {
        room.leave(wake);
        woken.push(i);
      };
      room.wait(wake);
    }
    await delay(50);
    assert.deepEqual(woken, []);
    unread = { from: MIB, end: 56 * MIB + 1, bytesMax: 64 * MIB };
    await until(() => woken.length >= 2);
    unread = { from: 0, end: 57 * MIB, bytesMax: 64 * MIB };
    const count = woken.length;
    await delay(50);
    assert.equal(woken.length, count);
    unread = { from: 0, end: 0, bytesMax: 64 * MIB };
    await until(() => woken.length === 6);
    assert.deepEqual(woken, [0, 1, 2, 3, 4, 5]);
  });
});

describe("Lead", () => {
  it("lets each go on once what is too much is delivered for it, in their order", () => {
    let unread: Unread = { from: 0, end: 3 * MIB, bytesMax: 64 * MIB };
    let onCommit = () => {};
    const journal = Object.assign(new FakeJournal(), {
      unread: () => unread,
      onCommit: (call: () => void) => onCommit = call,
    });
    const lead = new Lead(journal);
    assert.ok(lead.excess(MIB / 4, unread) <= 0);
    assert.equal(lead.excess(MIB, unread), MIB / 2);
    assert.equal(lead.excess(MIB, { ...unread, from: 2.25 * MIB }), MIB / 4, "not all is its own");
    const woken: string[] = [];
    for (const name of ["a", "b", "c"]) {
      const wake = () => {
        lead.leave(wake);
        woken.push(name);
      };
      lead.wait(wake, MIB / 2);
    }
    const deliver = (from: number) => {
      unread = { ...unread, from };
      onCommit();
      return woken.splice(0).join("");
    };
    assert.equal(deliver(MIB / 4), "");
    assert.equal(deliver(MIB / 2), "a");
    assert.equal(deliver(1.5 * MIB), "bc");
    lead.wait(() => woken.push("d"), MIB / 4);
    assert.equal(deliver(1.5 * MIB), "", "nothing of what was delivered before is for it");
    assert.equal(deliver(1.75 * MIB), "d");
  });

  it("does not hold sessions where the readers may be far behind", () => {
    const unread = { from: 0, end: 3 * MIB, bytesMax: 64 * MIB };
    assert.equal(new Lead(new FakeJournal()).excess(3 * MIB, unread), 0);
  });
});

/** Tells when messages of type 5 are in, which carry the time at which they were sent. */
class WatchedJournal extends MemoryJournal {
  readonly latenciesMs: number[] = [];

  override append(batch: EntryBatch): Promise<void> | undefined {
    const [source, start] = [batch.sources[0], batch.starts[0]];
    const isTimed = batch.kind === EntryKind.frame && source?.[start! + 5] === 5;
    const sentAtMs = isTimed
      ? new DataView(source.buffer, source.byteOffset).getFloat64(start! + 12)
      : 0;
    const pending = super.append(batch);
    const note = () => void this.latenciesMs.push(Date.now() - sentAtMs);
    if (isTimed && pending === undefined) note();
    else if (isTimed) pending!.then(note);
    return pending;
  }
}

describe("a quiet session", () => {
  const children: ChildProcess[] = [];
  after(() => {
    for (const child of children) child.kill("SIGKILL");
  });

  // `EDGEBMP_SESSIONS=1000` makes it the whole of it.
  const idle = Math.min(
    Number(process.env.EDGEBMP_SESSIONS ?? 200),
    Math.floor(sessionLimit(runtime.fileDescriptorLimit(), 0) / 2),
  );
  const busy = 50;

  it(`is in the journal within 100 ms, beside ${busy} that send without end and ${idle} idle ones`, async () => {
    const metrics = new Metrics();
    const journal = new WatchedJournal({ bytesMax: 64 * MIB, metrics });
    const sessions = new Sessions({
      journal,
      log: new Log("error"),
      metrics,
      nowUs: () => Date.now() * 1000,
      limits: NO_LIMITS,
      sessionsMax: 5000,
    });
    const place = { address: "127.0.0.1", port: 0, parallel: false };
    const listener = await listenForRouters(runtime, sessions, place);
    const reader = journal.openReader("slow", "oldest");
    // 20 MB/s: far less than comes.
    const reading = (async () => {
      for (;;) {
        const block = await reader.read(64 * 1024);
        if (block === undefined) return;
        if (block.kind !== "entries") continue;
        const bytes = block.end - block.start;
        journal.commit("slow", block.cursor + bytes);
        await delay(bytes / 20_000);
      }
    })();
    const options = "Deno" in globalThis ? ["run", "--allow-all", "--no-check"] : [];
    const script = fileURLToPath(new URL("load_child.ts", import.meta.url));
    const args = [...options, script, ...[listener.port, idle, busy].map(String)];
    children.push(spawn(process.execPath, args, { stdio: "inherit" }));
    await until(() => sessions.count === idle + busy + 1);
    const { bytesMax } = journal.unread()!;
    const used = () => journal.unread()!.end - journal.unread()!.from;
    await until(() => used() > bytesMax / 2);
    // One read of each may go past the mark before they are held back.
    await until(() => metrics.total("edgebmp_sessions_waiting") >= busy - 2);
    await until(() => used() < 0.9 * bytesMax);
    const fullBefore = metrics.total("edgebmp_journal_full_total");
    journal.latenciesMs.length = 0;
    await until(() => journal.latenciesMs.length >= 20);
    const [median] = journal.latenciesMs.sort((a, b) => a - b).slice(10);
    assert.ok(median! <= 100, `${median} ms in the median`);
    assert.equal(metrics.total("edgebmp_journal_full_total"), fullBefore);
    children[0]!.kill("SIGKILL");
    listener.close();
    reader.close();
    await sessions.stop();
    journal.close();
    await reading;
  });
});
