/** docs/records.schema.json describes all records and nothing else; docs/records.md shows real ones. */
import { before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { decodeRecords, FrameFault, type RecordDecoderOptions } from "../../mod.ts";
import { generateSession } from "../../src/generate/session.ts";
import { GENERATE_DEFAULTS, GENERATED_FAMILIES } from "../../src/generate/options.ts";
import { GENERATED_VIEWS } from "../../src/generate/options.ts";
import { TOPICS } from "../../src/formats/gobmp/topics.ts";
import { attribute, bmp, MANDATORY, peerUp, perPeer, routeMonitoring } from "../building.ts";
import { VECTORS } from "../bgp/attributes/vectors.ts";
import { readStream, streamNames } from "../corpus/corpus.ts";
import { fromHex } from "../decoding.ts";
import { everyRecord } from "./every_record.ts";
import { familyStream } from "./family_stream.ts";
import { linkStateStream } from "./link_state_stream.ts";
import { exampleLines, exampleTypes, withExamples } from "./records_doc.ts";
import { describedFields, type Schema, SeenFields } from "./schema_fields.ts";

interface Line {
  readonly msg_type: number;
  readonly msg_hash: string;
  readonly msg_data: Readonly<Record<string, unknown>>;
}

const ROOT = new URL("../../", import.meta.url);
const schema: Schema = JSON.parse(read("docs/records.schema.json"));

/** Fields that no stream below gives, each with the reason why the schema has it nevertheless. */
const UNSEEN: Readonly<Record<string, string>> = {
  "session/source_port": "of a TCP session; a stream in a file has none",
  "session/tls": "of a session by TLS; a stream in a file has none",
  "session/tls/protocol": "of a session by TLS",
  "session/tls/subject": "of a session by TLS",
  "session/tls/alt_names": "of a session by TLS",
  "session/tls/fingerprint": "of a session by TLS",
  "session/lost_messages": "of a gap in the journal; a stream in a file has none",
};

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

/** The lines that `edgebmp decode` prints for a stream; it may end within a message. */
async function* linesOf(
  chunks: Iterable<Uint8Array>,
  options: RecordDecoderOptions = {},
): AsyncGenerator<Line> {
  try {
    for await (const { type, key, data } of decodeRecords(chunks, options)) {
      yield { msg_type: type, msg_hash: key, msg_data: data };
    }
  } catch (error) {
    if (!(error instanceof FrameFault)) throw error;
  }
}

function* dataStreams(): Generator<[string, Iterable<Uint8Array>]> {
  for (const name of readdirSync(new URL("tests/data/", ROOT))) {
    if (!name.endsWith(".bmp")) continue;
    yield [name, [new Uint8Array(readFileSync(new URL(`tests/data/${name}`, ROOT)))]];
  }
  yield ["every record", [everyRecord()]];
  for (const addPath of [false, true]) {
    const session = generateSession({
      ...GENERATE_DEFAULTS,
      prefixesV4: 60,
      prefixesV6: 20,
      routes: 40,
      peers: 2,
      views: GENERATED_VIEWS,
      families: GENERATED_FAMILIES,
      addPath,
      twoOctetAs: addPath,
      withdraw: 0.2,
      terminate: true,
    });
    // A chunk is valid until the next is asked for.
    yield [`generated, add-path ${addPath}`, Array.from(session, (chunk) => chunk.slice())];
  }
  const updates = Object.entries(VECTORS).filter(([code]) => Number(code) > 3) // of MANDATORY
    .flatMap(([code, { flags, good }]) =>
      good.map(({ value }) => MANDATORY + attribute(flags, Number(code), value))
    );
  const messages = updates.map((attributes) => routeMonitoring({ attributes, nlri: "080a" }));
  yield ["vectors of path attributes", [peerUp(), ...messages].map(fromHex)];
  yield ["vectors of address families", familyStream()];
  yield ["link state", linkStateStream()];
  const tooLong = bmp(0, `${perPeer()}${"00".repeat(140_000)}`);
  yield ["a broken stream", [fromHex("0300000006040909")]];
  yield ["a message that an error record cuts", [fromHex(tooLong)]];
}

describe("docs/records.schema.json", () => {
  let validate: ValidateFunction;
  const fields = new SeenFields(schema);

  before(() => {
    validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false })
      .compile(schema);
  });

  function check(name: string, line: Line): void {
    if (!validate(line)) {
      assert.fail(
        `${name}: ${JSON.stringify(validate.errors, null, 1)} in ${JSON.stringify(line)}`,
      );
    }
    fields.add(line);
  }

  it("describes every record of every stream", async () => {
    for (const [name, chunks] of dataStreams()) {
      const stream = [...chunks];
      for await (const line of linesOf(stream, { collector: "c" })) check(name, line);
      for await (const line of linesOf(stream, { extraFields: false, splitAf: false })) {
        check(name, line);
        const own = Object.keys(line.msg_data).filter((field) => isOwn(field));
        assert.deepEqual(own, [], name);
        assert.ok(line.msg_type < 1000, name);
      }
    }
  });

  it("has no field that is never written", () => {
    const unseen = [...describedFields(schema)].filter((field) => !fields.seen.has(field));
    assert.deepEqual(unseen.sort(), Object.keys(UNSEEN).sort());
  });

  it("knows every message type", () => {
    const types = schema.properties?.["msg_type"]?.enum;
    assert.deepEqual(types, TOPICS.map((topic) => topic.messageType).sort((a, b) => a - b));
  });

  it("refuses what is not documented", async () => {
    for await (const line of linesOf([everyRecord()])) {
      assert.ok(validate(line));
      assert.ok(!validate({ ...line, msg_data: { ...line.msg_data, made_up: 1 } }));
      assert.ok(!validate({ ...line, msg_type: 42 }));
    }
  });

  it("describes every record of the recorded streams", {
    skip: streamNames().length === 0 && "EDGEBMP_CORPUS is not set",
  }, async () => {
    for (const name of streamNames()) {
      for await (const line of linesOf([readStream(name)])) check(name, line);
    }
  });
});

describe("docs/records.md", () => {
  const text = read("docs/records.md");

  it("shows what the program prints (tests/tools/update_records_doc.ts writes it anew)", async () => {
    const stream = new Uint8Array(readFileSync(new URL("tests/data/every-record.bmp", ROOT)));
    assert.deepEqual(stream, everyRecord());
    assert.equal(withExamples(text, await exampleLines(stream)), text);
    for (const { messageType } of TOPICS) {
      if (messageType >= 1000) {
        assert.ok(exampleTypes(text).includes(messageType), `${messageType}`);
      }
    }
  });

  it("has a row for every code of a decode error", () => {
    const [, table = ""] = /<!-- codes -->([^]*)<!-- \/codes -->/.exec(text) ?? [];
    const rows = [...table.matchAll(/^\| `([a-z0-9-]+)` +\|/gm)].map((match) => match[1]!);
    assert.deepEqual(rows.toSorted(), [...faultCodes()].sort());
  });

  it("names every field of the schema", () => {
    const named = new Set([...text.matchAll(/`([a-z0-9_]+)`/g)].map((match) => match[1]!));
    const missing = [...describedFields(schema)].filter((field) =>
      !named.has(field.split("/").at(-1)!)
    );
    assert.deepEqual(missing, []);
  });

  it("names every topic", () => {
    for (const { name, messageType } of TOPICS) {
      assert.match(text, new RegExp(`\\| ${messageType} +\\|.*\`${name}\``), name);
    }
  });
});

/** Fields of our own that goBMP's records must not have without `--extra-fields`. */
function isOwn(field: string): boolean {
  const own = Object.keys(schema.$defs!["own_fields"]!.properties!);
  return [...own, "assumed", "bmp_tlvs", "synthetic", "error_handling", "other_stats", "safi"]
    .includes(field);
}

/** What fails by a code, but not on a message of BMP. */
const OTHER_FAULTS = /^(?:runtime|generate|sessions)\/|^wire\/proxy_protocol\.ts$/;

/** Codes in `fail("…"` and `fault("…"` of the source. */
function faultCodes(): Set<string> {
  const codes = new Set<string>();
  for (const file of readdirSync(new URL("src/", ROOT), { recursive: true, encoding: "utf8" })) {
    const name = file.replaceAll("\\", "/");
    if (!name.endsWith(".ts") || OTHER_FAULTS.test(name)) continue;
    for (const match of read(`src/${name}`).matchAll(/\bfa(?:il|ult)\(\s*"([a-z0-9-]+)"/g)) {
      codes.add(match[1]!);
    }
  }
  return codes;
}
