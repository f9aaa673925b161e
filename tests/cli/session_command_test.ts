import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { bmp, peerUp, tlv } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { TestCollector } from "../ops/http/collector.ts";
import { type Exit, Program } from "./program.ts";

/** A name that would move a terminal's cursor. */
const SESSION = fromHex(bmp(4, tlv(2, "1b5b324a2072")) + peerUp());

describe("edgebmp session", () => {
  let test: TestCollector;
  before(async () => {
    test = await TestCollector.start({ EDGEBMP_HTTP_TOKEN: "s3cret" });
  });
  after(() => test.stop());

  function run(...words: string[]): Promise<Exit> {
    const args = ["session", ...words, `--http=http://127.0.0.1:${test.port}`];
    return new Program(args, { EDGEBMP_HTTP_TOKEN: "s3cret" }).exit;
  }

  it("lists, captures and resets", async () => {
    const socket = await test.router(SESSION);
    let id = "";
    for (let i = 0; i < 50 && id === ""; i++) {
      const { code, stdout, stderr } = await run("list");
      assert.equal(code, 0, stderr);
      const line =
        /^(\S+) 127\.0\.0\.1 (\S+) since=\S+ state=open peers_up=1 messages=2 errors=0\n$/
          .exec(stdout);
      if (line === null) continue;
      id = line[1]!;
      assert.equal(line[2], "?[2J?r");
    }
    assert.match(id, /-1$/);
    assert.equal((await run("list", "--search=nobody")).stdout, "");
    const capture = run("capture", id, "--seconds=1");
    const { code, stdout } = await capture;
    assert.equal(code, 0);
    assert.match(stdout, /^\/.*\.bmp\n$/);
    const closed = new Promise((resolve) => socket.on("close", resolve));
    assert.equal((await run("reset", id)).code, 0);
    await closed;
  });

  it("says what is wrong", async () => {
    const unknown = await run("reset", "nobody");
    assert.deepEqual(unknown.code, 1);
    assert.match(unknown.stderr, /Cannot find session \\"nobody\\"/);
    for (const words of [[], ["list", "x"], ["reset"], ["explode", "x"]]) {
      assert.equal((await run(...words)).code, 2);
    }
    const alone = await new Program(["session", "list", "--http=http://127.0.0.1:1"]).exit;
    assert.match(alone.stderr, /Cannot reach the collector at/);
  });
});
