import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { covers, ensureStream } from "../../../src/sinks/nats/stream.ts";

const OPTIONS = {
  name: "goBMP",
  retention: "limits",
  maxAgeMs: 1_000,
  replicas: 3,
  duplicateWindowMs: 500,
} as const;

interface Config {
  subjects: string[];
  [setting: string]: unknown;
}

/** An API with one stream, whose updates `refuse` may turn down. */
function api(config: Config, refuse: (subjects: string[]) => number = () => 0) {
  const calls: string[] = [];
  const request = (subject: string, body: string): Promise<string> => {
    calls.push(subject);
    if (!subject.includes(".UPDATE.")) return Promise.resolve(JSON.stringify({ config }));
    const wanted = JSON.parse(body) as Config;
    const code = refuse(wanted.subjects);
    if (code !== 0) {
      return Promise.resolve(JSON.stringify({ error: { err_code: code, description: "no" } }));
    }
    Object.assign(config, wanted);
    return Promise.resolve(JSON.stringify({ config }));
  };
  return { request, calls, config };
}

describe("ensureStream()", () => {
  it("adds the subjects that an existing stream lacks, and leaves its other settings", async () => {
    const link = api({
      subjects: ["other", "gobmp.raw", "edgebmp.session"],
      max_age: 7,
      sealed: false,
    });
    assert.equal(
      (await ensureStream(link, OPTIONS, ["gobmp.parsed.*", "gobmp.raw", "edgebmp.*"])).size,
      0,
    );
    assert.deepEqual(link.config, {
      subjects: ["other", "gobmp.raw", "gobmp.parsed.*", "edgebmp.*"],
      max_age: 7,
      sealed: false,
    });
  });

  it("changes nothing in a stream that takes all subjects", async () => {
    const link = api({ subjects: ["gobmp.>", "edgebmp.*"] });
    await ensureStream(link, OPTIONS, ["gobmp.parsed.*", "gobmp.raw", "edgebmp.*"]);
    assert.deepEqual(link.calls, ["$JS.API.STREAM.INFO.goBMP"]);
  });

  it("adds what it can: what another stream takes is in good hands, the rest is refused", async () => {
    const link = api({ subjects: [] }, (subjects) => {
      if (subjects.includes("gobmp.raw")) return 10065;
      return subjects.includes("edgebmp.*") ? 10052 : 0;
    });
    const refused = await ensureStream(link, OPTIONS, ["gobmp.parsed.*", "gobmp.raw", "edgebmp.*"]);
    assert.deepEqual([...refused], [["edgebmp.*", "no (10052)"]]);
    assert.deepEqual(link.config.subjects, ["gobmp.parsed.*"]);
  });

  it("says why a stream cannot be looked up or made", async () => {
    const answers = [{ err_code: 10059 }, {
      err_code: 10074,
      description: "replicas > 1 not supported",
    }];
    const request = () => Promise.resolve(JSON.stringify({ error: answers.shift() }));
    await assert.rejects(
      ensureStream({ request }, OPTIONS, ["a"]),
      /^Error: Cannot make stream "goBMP": replicas > 1 not supported \(10074\)$/,
    );
  });
});

describe("covers()", () => {
  for (
    const [pattern, subject, expected] of [
      ["a.b", "a.b", true],
      ["a.b", "a.c", false],
      ["a.*", "a.b", true],
      ["a.*", "a.*", true],
      ["a.b", "a.*", false],
      ["a.*", "a.b.c", false],
      ["a.*", "a", false],
      ["a.*", "a.>", false],
      ["a.>", "a.b.c", true],
      ["a.>", "a.*", true],
      ["a.>", "a.>", true],
      ["a.>", "a", false],
      [">", "a.b", true],
      ["*.b", "a.b", true],
    ] as const
  ) {
    it(`${pattern} ${expected ? "takes" : "does not take all of"} ${subject}`, () => {
      assert.equal(covers(pattern, subject), expected);
    });
  }
});
