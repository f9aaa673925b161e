import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  bmp,
  initiation,
  MANDATORY,
  mpReach,
  mpUnreach,
  peerDown,
  type PeerOptions,
  peerUp,
  routeMonitoring,
  tlv,
} from "../../building.ts";
import { withRoutes } from "./api_doc.ts";
import { fromHex } from "../../decoding.ts";
import { TestCollector } from "./collector.ts";

const HOSTILE = '<script>alert("1")</script>&\u2028';
const PEER: PeerOptions = {};
const POST: PeerOptions = { flags: 0x40 };
const SIX: PeerOptions = {
  flags: 0x80,
  address: "20010db8000000000000000000000002",
  as: 4200000000,
  type: 1,
  distinguisher: "0000fde900000064",
};
const STRANGER: PeerOptions = { address: "c0000209", as: 65009 };

function hexOf(text: string): string {
  return new TextEncoder().encode(text).toHex();
}

function router(...messages: readonly string[]): Uint8Array {
  return fromHex(messages.join(""));
}

const SESSION = router(
  bmp(4, tlv(1, hexOf("Test router")) + tlv(2, hexOf(HOSTILE))),
  peerUp(PEER),
  routeMonitoring({ attributes: MANDATORY, nlri: "18c63364 18cb0071" }, PEER),
  routeMonitoring({ withdrawn: "18cb0071" }, PEER),
  routeMonitoring({ attributes: MANDATORY, nlri: "18c63364" }, POST),
  routeMonitoring({}, PEER),
  peerUp(SIX),
  routeMonitoring({
    attributes: MANDATORY + mpReach(2, 1, "20010db8".padEnd(32, "0"), "2020010db8"),
  }, SIX),
  routeMonitoring({ attributes: mpUnreach(2, 1, "") }, SIX),
  routeMonitoring({ attributes: MANDATORY, nlri: "ff" }, STRANGER),
  peerDown(SIX, "04"),
);

describe("the API", () => {
  let test: TestCollector;
  before(async () => {
    test = await TestCollector.start();
    await test.router(SESSION);
    await test.until("/api/v1/sessions", ({ items }) =>
      items[0]?.last_error !== null &&
      items[0]?.peers.down === 1);
  });
  after(() => test.stop());

  it("shows sessions", async () => {
    const { total, offset, limit, items: [session] } = await test.json("/api/v1/sessions");
    assert.deepEqual([total, offset, limit], [1, 0, 100]);
    assert.match(session.id, /^[0-9a-f]{16}-1$/);
    assert.equal(session.source, "127.0.0.1");
    assert.equal(session.name, HOSTILE);
    assert.equal(session.description, "Test router");
    assert.deepEqual([session.state, session.messages, session.bytes], [
      "open",
      11,
      SESSION.length,
    ]);
    assert.deepEqual(session.peers, { up: 1, down: 1, unknown: 1 });
    assert.equal(session.routes, 2 + 1 + 1 + 1);
    assert.deepEqual([session.errors, typeof session.last_error.code], [1, "string"]);
    assert.ok(Math.abs(Date.parse(session.last_message_at) - Date.now()) < 60_000);
    const one = await test.json(`/api/v1/sessions/${session.id}`);
    assert.equal(one.rates.messages_per_second.length, 60);
    assert.equal((await test.ask("/api/v1/sessions/x")).status, 404);
  });

  it("escapes what a router says of itself", async () => {
    const { body } = await test.ask("/api/v1/sessions");
    assert.doesNotMatch(body, /[<>&\u2028]/);
    assert.match(body, /\\u003cscript\\u003e/);
  });

  it("shows peers, their views, families and ends of RIB", async () => {
    const { items } = await test.json("/api/v1/peers");
    const [first, second, stranger] = items;
    assert.equal(items.length, 3);
    assert.deepEqual(
      [first.address, first.as, first.bgp_id, first.type, first.state, first.distinguisher],
      ["192.0.2.2", 65001, "192.0.2.2", "global", "up", ""],
    );
    assert.equal(first.router_name, HOSTILE);
    const [pre, post] = first.views;
    assert.deepEqual([pre.view, pre.messages], ["adj-rib-in-pre", 3]);
    const { end_of_rib_at, ...family } = pre.families[0];
    assert.deepEqual(family, { family: "ipv4-unicast", announced: 2, withdrawn: 1 });
    assert.ok(Date.parse(end_of_rib_at) > 0);
    assert.deepEqual([post.view, post.families[0].announced], ["adj-rib-in-post", 1]);
    assert.equal(post.families[0].end_of_rib_at, null);
    assert.deepEqual(
      [second.address, second.as, second.type, second.state, second.distinguisher],
      ["2001:db8::2", 4200000000, "rd", "down", "65001:100"],
    );
    assert.equal(second.down_reason, "Remote system closed, no data");
    assert.equal(second.views[0].families[0].family, "ipv6-unicast");
    assert.ok(second.views[0].families[0].end_of_rib_at);
    assert.deepEqual([stranger.address, stranger.state], ["192.0.2.9", "unknown"]);
    assert.equal(stranger.views[0].errors, 1);
  });

  it("searches, filters and pages", async () => {
    const found = async (path: string) =>
      (await test.json(path)).items.map(({ address }: { address: string }) => address);
    assert.deepEqual(await found("/api/v1/peers?q=AS4200"), ["2001:db8::2"]);
    assert.deepEqual(await found("/api/v1/peers?state=unknown"), ["192.0.2.9"]);
    assert.deepEqual(await found("/api/v1/peers?limit=1&offset=1"), ["2001:db8::2"]);
    assert.deepEqual(await found("/api/v1/peers?session=none"), []);
    assert.equal((await test.json("/api/v1/peers?limit=0")).total, 3);
    assert.equal((await test.json("/api/v1/sessions?q=SCRIPT")).total, 1);
    assert.equal((await test.json("/api/v1/sessions?q=nobody")).total, 0);
    for (const query of ["limit=1001", "limit=-1", "offset=x", "state=UP"]) {
      const { status, body } = await test.ask(`/api/v1/peers?${query}`);
      assert.equal(status, 400);
      assert.match(body, /^\{"error":"Cannot read /);
    }
  });

  it("finds the sessions that want attention, with their rates if asked for", async () => {
    const total = async (only: string) => (await test.json(`/api/v1/sessions?only=${only}`)).total;
    assert.deepEqual(
      [await total("peers-down"), await total("incomplete"), await total("errors")],
      [1, 1, 1],
    );
    assert.equal(await total("waiting"), 0);
    assert.equal(await total(""), 1);
    assert.equal((await test.ask("/api/v1/sessions?only=x")).status, 400);
    const [plain] = (await test.json("/api/v1/sessions")).items;
    assert.equal(plain.rates, undefined);
    const [session] = (await test.json("/api/v1/sessions?rates=true")).items;
    assert.equal(session.rates.messages_per_second.length, 60);
  });

  it("shows the collector and its sinks", async () => {
    const status = await test.json("/api/v1/status");
    assert.deepEqual(status.peers, { up: 1, down: 1, unknown: 1, unlisted: 0 });
    assert.deepEqual([status.sessions.open, status.ready, status.routes_announced], [1, true, 4]);
    assert.equal(status.rates.routes_per_second.length, 60);
    const { items: [sink] } = await test.json("/api/v1/sinks");
    assert.deepEqual([sink.name, sink.type, sink.format], ["file", "file", "gobmp"]);
    assert.deepEqual([sink.waits_for, sink.lag_bytes], ["journal", 0]);
    assert.ok(sink.records > 10);
    assert.deepEqual(Object.keys(await test.json("/api/v1/version")), ["version", "runtime"]);
  });

  it("has the same numbers in its metrics", async () => {
    const { body } = await test.ask("/metrics");
    assert.match(body, /^edgebmp_peers\{state="up"\} 1$/m);
    assert.match(body, /^edgebmp_peers\{state="down"\} 1$/m);
    assert.match(body, /^edgebmp_peers\{state="unknown"\} 1$/m);
  });

  it("has series of each peer, apart from the others", async () => {
    const { body } = await test.ask("/metrics/peers");
    const up = /^edgebmp_peer_up\{session="[^"]+",router="127.0.0.1",peer="([^"]+)",.*\} (\d)$/gm;
    assert.deepEqual([...body.matchAll(up)].map(([, peer, value]) => `${peer} ${value}`), [
      "192.0.2.2 1",
      "2001:db8::2 0",
      "192.0.2.9 0",
    ]);
    assert.match(
      body,
      /^edgebmp_peer_routes_announced_total\{.*view="adj-rib-in-pre",family="ipv4-unicast"\} 2$/m,
    );
    assert.doesNotMatch((await test.ask("/metrics")).body, /edgebmp_peer_up/);
    assert.doesNotMatch((await test.ask("/metrics/peers?session=x")).body, /^edgebmp_peer_up/m);
  });

  it("forgets the peers of a session that ends, and remembers the session", async () => {
    const socket = await test.router(router(initiation("short"), peerUp(PEER)));
    await test.until("/api/v1/status", ({ peers }) => peers.up === 2);
    socket.end();
    await test.until("/api/v1/status", ({ peers }) => peers.up === 1);
    const { items: [ended] } = await test.json("/api/v1/sessions/ended");
    assert.deepEqual([ended.name, ended.reason, ended.messages], ["short", "closed", 2]);
  });

  it("refuses names that are not ours (DNS rebinding)", async () => {
    const as = async (host: string) =>
      (await test.ask("/api/v1/status", { headers: { host } })).status;
    for (const host of ["localhost:1", "127.0.0.1", "[::1]:80", "10.0.0.1:56767"]) {
      assert.equal(await as(host), 200, host);
    }
    for (
      const host of ["evil.example", "localhost.evil.example:56767", "127.0.0.1.nip.io", "x[::1]"]
    ) {
      assert.equal(await as(host), 403, host);
    }
    const scrape = await test.ask("/metrics", { headers: { host: "edge.example:56767" } });
    assert.equal(scrape.status, 200);
  });
});

describe("docs/api.md", () => {
  const page = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");

  it("has every route", () => {
    assert.equal(page, withRoutes(page), "update_api_doc.ts makes it anew");
  });

  it("has every member of every answer", async () => {
    // Port 1: an upstream that is away.
    const test = await TestCollector.start({ EDGEBMP_UPSTREAM: "127.0.0.1:1" });
    try {
      await test.router(SESSION);
      const { items: [upstream] } = await test.until(
        "/api/v1/upstreams",
        ({ items }) => items[0].waits_for === "upstream" && items[0].failures > 0,
      );
      assert.deepEqual([upstream.output, upstream.connections], ["tcp://127.0.0.1:1", 0]);
      (await test.router(SESSION)).end();
      await test.until("/api/v1/sessions/ended", ({ total }) => total === 1);
      const { items: [{ id }] } = await test.until("/api/v1/sessions", ({ items }) =>
        items[0].last_error !== null);
      const paths = ["status", "sessions", `sessions/${id}`, "sessions/ended", "peers", "sinks"];
      for (const path of [...paths, "upstreams", "version", "captures"]) {
        for (const member of membersOf(await test.json(`/api/v1/${path}`))) {
          assert.ok(page.includes(`\`${member}\``), `${member} of ${path}`);
        }
      }
    } finally {
      await test.stop();
    }
  });
});

function membersOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(membersOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...membersOf(member)]);
}

describe("the API while a sink fails", () => {
  it("says when and why", async () => {
    // Port 1: brokers that are away.
    const test = await TestCollector.start({
      EDGEBMP_DUMP: "kafka",
      EDGEBMP_KAFKA_SERVER: "127.0.0.1:1",
    });
    try {
      const { items: [sink] } = await test.until(
        "/api/v1/sinks",
        ({ items }) => items[0].last_error !== null,
      );
      assert.match(sink.last_error, /ECONNREFUSED/);
      assert.ok(Date.parse(sink.last_error_at) > 1.7e12);
      assert.equal(sink.last_success_at, null);
      assert.ok(sink.retries > 0);
    } finally {
      await test.stop();
    }
  });
});

describe("the API while no sink decodes", () => {
  it("shows peers all the same", async () => {
    const test = await TestCollector.start({ EDGEBMP_BMP_RAW: "true" });
    try {
      await test.router(SESSION);
      const { peers, sinks } = await test.until(
        "/api/v1/status",
        ({ peers, decode_errors }) => peers.up === 1 && peers.down === 1 && decode_errors === 1,
      );
      assert.deepEqual(peers, { up: 1, down: 1, unknown: 1, unlisted: 0 });
      assert.deepEqual(sinks.map(({ format }: { format: string }) => format), ["openbmp-raw"]);
      assert.match(test.log.join(""), /no sink's pipeline decodes/);
    } finally {
      await test.stop();
    }
    assert.doesNotMatch(test.log.join(""), /ended before all/);
  });

  it("does not, if nobody shall observe", async () => {
    const test = await TestCollector.start({ EDGEBMP_BMP_RAW: "true", EDGEBMP_OBSERVE: "false" });
    try {
      await test.router(SESSION);
      await test.until("/api/v1/sinks", ({ items }) => items[0].records >= 11);
      const { items: [session] } = await test.json("/api/v1/sessions");
      assert.deepEqual([session.name, session.messages], ["", 11]);
      assert.equal((await test.json("/api/v1/peers")).total, 0);
    } finally {
      await test.stop();
    }
  });
});
