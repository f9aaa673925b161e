import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Session } from "../../../src/sessions/session.ts";
import { Resets } from "../../../src/sessions/resets.ts";
import { initiation, MANDATORY, peerDown, peerUp, routeMonitoring } from "../../building.ts";
import { fromHex } from "../../decoding.ts";
import type { AskOptions } from "./client.ts";
import { TestCollector } from "./collector.ts";

const ACTION: AskOptions = { method: "POST", headers: { "x-edgebmp-action": "1" } };
const GONE = { address: "c0000207", as: 65007 };
const UP = initiation("r1") + peerUp() + peerUp(GONE);
const ROUTE = routeMonitoring({ attributes: MANDATORY, nlri: "18c63364" });

describe("an action", () => {
  let test: TestCollector;
  before(async () => {
    test = await TestCollector.start();
  });
  after(() => test.stop());

  const path = "/api/v1/sessions/none/reset";
  const refusals: readonly (readonly [string, Record<string, string>])[] = [
    ["without the header", {}],
    ["from another site's page", { "x-edgebmp-action": "1", origin: "https://evil.example" }],
    ["from a page without origin", { "x-edgebmp-action": "1", origin: "null" }],
    ["that the browser calls cross-site", {
      "x-edgebmp-action": "1",
      "sec-fetch-site": "cross-site",
    }],
    ["by a strange name", { "x-edgebmp-action": "1", host: "evil.example" }],
  ];
  for (const [name, headers] of refusals) {
    it(`is refused ${name}`, async () => {
      assert.equal((await test.ask(path, { method: "POST", headers })).status, 403);
    });
  }

  it("is taken from this host's own page, and by POST only", async () => {
    const headers = {
      ...ACTION.headers,
      origin: `http://127.0.0.1:${test.port}`,
      "sec-fetch-site": "same-origin",
    };
    assert.equal((await test.ask(path, { method: "POST", headers })).status, 404);
    assert.equal((await test.ask(path, { headers })).status, 405);
  });

  it("with a broken or long body is refused", async () => {
    for (const body of ["{", "[", `"${"a".repeat(70_000)}"`]) {
      const { status } = await test.ask(path, { ...ACTION, body });
      assert.ok(status === 400 || status === 413, String(status));
    }
  });

  it("resets a session, once in five minutes", async () => {
    const socket = await test.router(fromHex(UP));
    const { items: [{ id }] } = await test.until("/api/v1/sessions", ({ total }) => total === 1);
    const closed = new Promise((resolve) => socket.on("close", resolve));
    assert.equal((await test.ask(`/api/v1/sessions/${id}/reset`, ACTION)).status, 202);
    await closed;
    const { items: [ended] } = await test.until("/api/v1/sessions/ended", ({ total }) =>
      total === 1);
    assert.deepEqual([ended.id, ended.reason, ended.detail], [
      id,
      "reset",
      "an operator asked for it",
    ]);
    await test.router(fromHex(UP));
    const again = await test.until("/api/v1/sessions", ({ total }) => total === 1);
    const answer = await test.ask(`/api/v1/sessions/${again.items[0].id}/reset`, ACTION);
    assert.deepEqual([answer.status, answer.headers["retry-after"]], [429, "300"]);
    assert.equal((await test.json("/api/v1/sessions")).total, 1);
    const all = await test.ask("/api/v1/sessions/reset", ACTION);
    assert.deepEqual([all.status, all.body], [202, '{"accepted":0,"too_soon":1}\n']);
  });

  it("captures a session: Initiation and Peer Ups of live peers, then what comes", async () => {
    const socket = await test.router(fromHex(UP + ROUTE + peerDown(GONE)));
    const { items } = await test.until("/api/v1/sessions", ({ items }) =>
      items.at(-1)?.messages === 5);
    const { id } = items.at(-1);
    const answer = await test.ask(`/api/v1/sessions/${id}/capture`, {
      ...ACTION,
      body: '{"mebibytes":1}',
    });
    assert.equal(answer.status, 202, answer.body);
    const { file } = JSON.parse(answer.body);
    assert.equal(dirname(file), test.folder);
    await test.until("/api/v1/captures", ({ items }) => items[0].messages === 2);
    socket.write(fromHex(ROUTE));
    await test.until("/api/v1/captures", ({ items }) => items[0].messages === 3);
    socket.end();
    const { items: [capture] } = await test.until(
      "/api/v1/captures",
      ({ items }) => items[0].state !== "running",
    );
    assert.equal(capture.state, "session-ended");
    const bytes = new Uint8Array(await readFile(file)).toHex();
    assert.equal(bytes, new Uint8Array(fromHex(initiation("r1") + peerUp() + ROUTE)).toHex());
  });

  it("captures so many bytes at most, within the bounds of what may be asked", async () => {
    const socket = await test.router(fromHex(UP));
    const { items } = await test.until("/api/v1/sessions", ({ items }) =>
      items.at(-1)?.messages === 3);
    const capturePath = `/api/v1/sessions/${items.at(-1).id}/capture`;
    for (const body of ['{"mebibytes":0}', '{"mebibytes":1e9}', '{"seconds":"1"}', "[1]x", "7"]) {
      assert.equal((await test.ask(capturePath, { ...ACTION, body })).status, 400, body);
    }
    await test.ask(capturePath, { ...ACTION, body: '{"mebibytes":1}' });
    const many = fromHex(ROUTE.repeat(1000));
    for (let i = 0; i < 12; i++) socket.write(many);
    const { items: [capture] } = await test.until(
      "/api/v1/captures",
      ({ items }) => items[0].state !== "running",
    );
    assert.equal(capture.state, "full");
    assert.ok(capture.bytes >= 1024 * 1024 && capture.bytes < 1024 * 1024 + 1000);
    assert.equal((await readFile(capture.file)).length, capture.bytes);
  });

  it("reloads the configuration", async () => {
    const reloads: unknown[] = [];
    test.collector.onReload = (reload) => void reload.then((outcome) => reloads.push(outcome));
    const { status, body } = await test.ask("/api/v1/reload", ACTION);
    assert.deepEqual([status, body], [200, '{"changes":[],"restart":[]}\n']);
    assert.deepEqual(reloads, [{ changes: [], restart: [] }]);
  });
});

describe("an action with a token", () => {
  it("demands it, and then no header", async () => {
    const test = await TestCollector.start({ EDGEBMP_HTTP_TOKEN: "s3cret" });
    try {
      const path = "/api/v1/sessions/none/reset";
      assert.equal((await test.ask(path, ACTION)).status, 401);
      const authorization = "Bearer s3cret";
      assert.equal(
        (await test.ask(path, { method: "POST", headers: { authorization } })).status,
        404,
      );
      const headers = { authorization, origin: "https://evil.example" };
      assert.equal((await test.ask(path, { method: "POST", headers })).status, 403);
    } finally {
      await test.stop();
    }
  });
});

describe("Resets", () => {
  function sessionOf(id: number, reset: () => void): Session {
    const info = { session: `s${id}`, source: `192.0.2.${id}`, listener: "l" };
    return { info, reset } as unknown as Session;
  }

  it("resets all, one after the other, each once in five minutes", async () => {
    let now = 0;
    const done: number[] = [];
    const sessions = [1, 2, 3].map((id) => sessionOf(id, () => void done.push(id)));
    const resets = new Resets(sessions, () => now, 5);
    assert.deepEqual(resets.reset("s2", ""), { kind: "reset" });
    assert.deepEqual(resets.resetAll(""), { accepted: 2, tooSoon: 1 });
    assert.deepEqual(done, [2, 1]);
    for (let i = 0; i < 200 && done.length < 3; i++) await new Promise((r) => setTimeout(r, 5));
    assert.deepEqual(done, [2, 1, 3]);
    now = 299_999;
    assert.deepEqual(resets.reset("s1", ""), { kind: "too-soon", waitMs: 1 });
    now = 300_000;
    assert.deepEqual(resets.reset("s1", ""), { kind: "reset" });
    assert.deepEqual(resets.reset("s9", ""), { kind: "not-open" });
    resets.stop();
  });
});
