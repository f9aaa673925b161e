import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { HttpServer } from "../../../src/ops/http/server.ts";
import { ask, emptySource, type Got, serve } from "./client.ts";

const FOLDER = new URL("../../../src/ops/http/page/", import.meta.url);
const BYTES_MAX = 44 * 1024;

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

describe("the status page", () => {
  let server: HttpServer;
  let got: Got;
  before(async () => {
    server = await serve(emptySource({ collector: "the collector's name" }), {
      token: { value: "secret", path: "" },
    });
    got = await ask(server.port, "/");
  });
  after(() => server.close());

  it("comes without a token, and without data", async () => {
    assert.equal(got.status, 200);
    assert.equal(got.headers["content-type"], "text/html; charset=utf-8");
    assert.doesNotMatch(got.body, /the collector's name|secret/);
    assert.equal((await ask(server.port, "/api/v1/status")).status, 401);
  });

  it("may run its own script and style, and nothing else", () => {
    const policy = got.headers["content-security-policy"]!;
    const [, style = ""] = /<style>([^]*)<\/style>/.exec(got.body) ?? [];
    const [, script = ""] = /<script type="module">([^]*)<\/script>/.exec(got.body) ?? [];
    assert.ok(style.length > 1000 && script.length > 1000);
    assert.ok(policy.includes(`style-src ${hashOf(style)};`), policy);
    assert.ok(policy.includes(`script-src ${hashOf(script)};`), policy);
    for (
      const part of [
        "default-src 'none'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ]
    ) {
      assert.ok(policy.includes(part), part);
    }
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal(got.body.match(/<script|<\/script/g)?.length, 2);
    assert.doesNotMatch(got.body, /<[^>]* on\w+=|<[^>]* style=|https?:\/\/(?!www\.w3\.org)/);
  });

  it("is small", () => {
    assert.ok(got.body.length < BYTES_MAX, String(got.body.length));
  });

  it("has each name once: its modules stand in one scope", () => {
    const names: string[] = [];
    for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".js"))) {
      const text = readFileSync(new URL(file, FOLDER), "utf8");
      for (
        const [, name] of text.matchAll(
          /^(?:export )?(?:async )?(?:function|const|let|class) (\w+)/gm,
        )
      ) {
        names.push(name!);
      }
      // Nothing that parses HTML, or makes code of texts.
      assert.doesNotMatch(
        text,
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/,
      );
    }
    assert.ok(names.length > 30);
    assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
  });
});
