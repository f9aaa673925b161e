import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { Entry, EntryKind } from "../../../src/journal/types.ts";
import { LiveView } from "../../../src/pipeline/live/live_view.ts";
import { initiation, peerDown, type PeerOptions, peerUp, routeMonitoring } from "../../building.ts";
import { fromHex } from "../../decoding.ts";

const A: PeerOptions = {};
const B: PeerOptions = { address: "c0000203" };

function entryOf(kind: EntryKind, session: number, bytes: Uint8Array, atUs = 1_000_000): Entry {
  const entry = new Entry();
  entry.kind = kind;
  entry.session = session;
  entry.receivedAtUs = atUs;
  entry.bytes = bytes;
  entry.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  entry.end = bytes.length;
  return entry;
}

function open(session: number): Entry {
  const info = {
    session: `s${session}`,
    source: "192.0.2.1",
    source_port: 1,
    listener: "l",
    parallel: false,
  };
  return entryOf(EntryKind.open, session, new TextEncoder().encode(JSON.stringify(info)));
}

function frame(session: number, hex: string, atUs?: number): Entry {
  return entryOf(EntryKind.frame, session, fromHex(hex), atUs);
}

function close(session: number): Entry {
  return entryOf(
    EntryKind.close,
    session,
    new TextEncoder().encode('{"reason":"error","detail":"x"}'),
    2_000_000,
  );
}

describe("LiveView", () => {
  it("counts a message once, also when its records are written in parts", () => {
    const live = new LiveView(0);
    live.entry(open(1), true);
    live.entry(frame(1, peerUp(A)), true);
    const route = frame(1, routeMonitoring({}, A));
    live.entry(route, true)!.add("routes_announced", "ipv4-unicast", 3);
    live.entry(route, false)!.add("end_of_rib", "ipv4-unicast", 1);
    const [peer] = live.sessions.get("s1")!.peers.values();
    const [tally] = peer!.tallies;
    assert.deepEqual([tally!.messages, live.sessions.get("s1")!.messages], [1, 2]);
    assert.deepEqual([tally!.families[0]!.announced, tally!.families[0]!.endOfRibAtUs], [
      3,
      1_000_000,
    ]);
  });

  it("begins a peer's numbers anew when it comes up again, not at a second Peer Up", () => {
    const live = new LiveView(0);
    live.entry(open(1), true);
    const count = () => live.entry(frame(1, routeMonitoring({}, A)), true);
    live.entry(frame(1, peerUp(A), 5), true);
    count();
    live.entry(frame(1, peerUp(A), 6), true);
    count();
    const [peer] = live.sessions.get("s1")!.peers.values();
    assert.deepEqual([peer!.tallies[0]!.messages, peer!.sinceUs], [2, 5]);
    live.entry(frame(1, peerDown(A), 7), true);
    assert.deepEqual([peer!.state, peer!.sinceUs], ["down", 7]);
    live.entry(frame(1, peerUp(A), 8), true);
    count();
    assert.deepEqual([peer!.tallies[0]!.messages, peer!.state], [1, "up"]);
  });

  it("bounds peers, families and ended sessions", () => {
    const live = new LiveView(0, 1);
    live.entry(open(1), true);
    live.entry(frame(1, peerUp(A)), true);
    live.entry(frame(1, peerUp(B)), true);
    assert.deepEqual(live.peers, { up: 1, down: 0, unknown: 0, unlisted: 1 });
    assert.ok(live.entry(frame(1, routeMonitoring({}, B)), true));
    const tally = live.entry(frame(1, routeMonitoring({}, A)), true)!;
    for (let i = 0; i < 100; i++) tally.add("routes_announced", `family-${i}`, 1);
    const [peer] = live.sessions.get("s1")!.peers.values();
    assert.equal(peer!.tallies[0]!.families.length, 33);
    for (let i = 2; i < 150; i++) {
      live.entry(open(i), true);
      live.entry(close(i), true);
    }
    assert.deepEqual([live.ended.length, live.ended[0]!.info.session], [100, "s149"]);
    live.entry(close(1), true);
    assert.deepEqual(live.peers, { up: 0, down: 0, unknown: 0, unlisted: 1 });
  });

  it("takes from the keyframe after a gap what is true, and ends the rest", () => {
    const live = new LiveView(0);
    for (const session of [1, 2]) {
      live.entry(open(session), true);
      live.entry(frame(session, initiation(`r${session}`)), true);
      live.entry(frame(session, peerUp(A)), true);
      live.entry(frame(session, peerUp(B)), true);
    }
    live.gap();
    for (const entry of [open(2), frame(2, peerUp(A)), open(3), frame(3, peerUp(B))]) {
      live.take(entry);
    }
    live.endGap();
    assert.deepEqual([...live.sessions.keys()], ["s2", "s3"]);
    assert.deepEqual(live.peers, { up: 2, down: 1, unknown: 0, unlisted: 0 });
    assert.deepEqual([live.ended[0]!.name, live.ended[0]!.reason], ["r1", "lost"]);
  });

  it("samples rates", () => {
    const live = new LiveView(0);
    live.entry(open(1), true);
    for (let i = 0; i < 20; i++) live.entry(frame(1, routeMonitoring({}, A)), true);
    live.sample(10_000);
    const session = live.sessions.get("s1")!;
    const [peer] = session.peers.values();
    assert.deepEqual([session.messageRates.at(-1), peer!.tallies[0]!.rate], [2, 2]);
    live.sample(20_000);
    assert.deepEqual([...session.messageRates.slice(-2)], [2, 0]);
    assert.equal(peer!.tallies[0]!.rate, 0);
  });
});
