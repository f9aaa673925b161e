import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { encodeProfile } from "../../../src/ops/http/pprof/encode.ts";
import type { HttpServer } from "../../../src/ops/http/server.ts";
import { ask, sendRaw, serve } from "./client.ts";

/** Fields of a protocol buffer: numbers, and bytes of messages and texts. */
function fieldsOf(bytes: Uint8Array): [field: number, value: number | Uint8Array][] {
  const fields: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if ((tag & 7) === 0) fields.push([tag >> 3, value]);
    else {
      assert.equal(tag & 7, 2);
      fields.push([tag >> 3, bytes.slice(at, at + value)]);
      at += value;
    }
  }
  return fields;
}

function stringsOf(profile: Uint8Array): string[] {
  return fieldsOf(gunzipSync(profile)).filter(([field]) => field === 6)
    .map(([, value]) => new TextDecoder().decode(value as Uint8Array));
}

function burn(ms: number): number {
  let sum = 0;
  for (const end = performance.now() + ms; performance.now() < end;) sum += Math.sqrt(sum + 1);
  return sum;
}

describe("encodeProfile()", () => {
  it("writes what the format says", () => {
    const frame = { functionName: "f", url: "file:///a.ts", lineNumber: 6 };
    const caller = { functionName: "", url: "", lineNumber: -1 };
    const fields = fieldsOf(Uint8Array.from(gunzipSync(encodeProfile({
      types: [{ type: "cpu", unit: "nanoseconds" }],
      samples: [{ stack: [frame, caller], values: [2 ** 40] }, { stack: [caller], values: [1] }],
      timeMs: 1,
      durationMs: 2,
      period: 1000,
    }))));
    const all = (field: number) =>
      fields.filter(([found]) => found === field).map(([, value]) => value as Uint8Array);
    const texts = all(6).map((text) => new TextDecoder().decode(text));
    assert.deepEqual(texts, ["", "cpu", "nanoseconds", "f", "file:///a.ts", "(anonymous)"]);
    const [first, second] = all(2).map(fieldsOf);
    assert.deepEqual(first![0], [1, Uint8Array.of(1, 2)]);
    assert.deepEqual(fieldsOf(Uint8Array.of(8, ...first![1]![1] as Uint8Array)), [[1, 2 ** 40]]);
    assert.deepEqual(second![0], [1, Uint8Array.of(2)]);
    assert.deepEqual(fieldsOf(all(5)[0]!), [[1, 1], [2, 3], [3, 3], [4, 4], [5, 7]]);
    assert.deepEqual(fields.filter(([field]) => field === 9 || field === 12), [
      [9, 1_000_000],
      [12, 1000],
    ]);
  });
});

describe("/debug/pprof/", () => {
  let server: HttpServer;
  before(async () => {
    server = await serve();
  });
  after(() => server.close());

  /** The bytes of a profile; the text of sendRaw has one character for each. */
  async function fetchProfile(path: string): Promise<{ status: number; body: Uint8Array }> {
    const text = await sendRaw(
      server.port,
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    );
    const body = text.slice(text.indexOf("\r\n\r\n") + 4);
    return {
      status: Number(text.split(" ")[1]),
      body: Uint8Array.from(body, (character) => character.charCodeAt(0)),
    };
  }

  it("profiles processor time", async () => {
    // Much longer than what goes on meanwhile, also on a machine that stands still for a while.
    const profiling = fetchProfile("/debug/pprof/profile?seconds=2");
    await new Promise((next) => setTimeout(next, 100));
    burn(250);
    assert.equal((await ask(server.port, "/debug/pprof/profile?seconds=1")).status, 409);
    const { status, body } = await profiling;
    assert.equal(status, 200);
    const texts = stringsOf(body);
    assert.deepEqual(texts.slice(0, 5), ["", "samples", "count", "cpu", "nanoseconds"]);
    assert.ok(texts.includes("burn"), texts.join(" "));
  });

  it("profiles the heap, or says what there is", async () => {
    const profiling = fetchProfile("/debug/pprof/heap?seconds=0.3");
    await new Promise((next) => setTimeout(next, 100));
    const kept = Array.from({ length: 50_000 }, (_, i) => ({ i, text: `kept ${i}` }));
    const { status, body } = await profiling;
    assert.equal(kept.length, 50_000);
    if ("Deno" in globalThis) {
      assert.equal(status, 200);
      assert.deepEqual(stringsOf(body).slice(1, 3), ["inuse_space", "bytes"]);
    } else {
      assert.equal(status, 501);
      assert.match(new TextDecoder().decode(body), /the runtime has no HeapProfiler.*goroutine/);
    }
  });

  it("has an index, and says what sessions and pipelines wait for", async () => {
    const index = await ask(server.port, "/debug/pprof/");
    assert.match(index.body, /href="profile\?seconds=30"/);
    assert.equal(index.headers["content-type"], "text/html; charset=utf-8");
    assert.equal(
      (await ask(server.port, "/debug/pprof/goroutine")).body,
      "pipelines: 0\n\nsessions: 0\n",
    );
    assert.equal((await ask(server.port, "/debug/pprof/profile?seconds=1000")).status, 400);
  });
});
