import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { ENTRY_DONE } from "../../../src/formats/formatter.ts";
import { RawFormatter } from "../../../src/formats/openbmp_raw/mod.ts";
import { RAW_DEFAULTS, type RawOptions } from "../../../src/formats/openbmp_raw/options.ts";
import { Output, RecordIdentity } from "../../../src/formats/output.ts";
import { Entry, EntryKind } from "../../../src/journal/types.ts";
import { md5Hex } from "../../../src/wire/md5.ts";
import { hexText } from "../../../src/wire/strings.ts";
import { utf8 } from "../../../src/wire/writer.ts";
import { fromHex } from "../../decoding.ts";
import { readRawMessage, readTextMessage } from "./reader.ts";

const RECEIVED_AT_US = 1_700_000_000_123_456;
const PADDING_BYTES = 7;

function optionsOf(options: Partial<RawOptions>): RawOptions {
  const { profile = "openbmp" } = options;
  return { collector: "edge1", profile, ...RAW_DEFAULTS[profile], routerGroup: "", ...options };
}

/** A formatter, and the batch that it writes to. */
class Player {
  readonly formatter: RawFormatter;
  readonly out = new Output(1024 * 1024, false);
  receivedAtUs = RECEIVED_AT_US;
  #sequence = 0;

  constructor(options: Partial<RawOptions>) {
    this.formatter = new RawFormatter(optionsOf(options));
  }

  open(source = "192.0.2.1"): void {
    this.formatter.entry(this.openEntry(source), this.out, 0);
  }

  openEntry(source: string): Entry {
    const info = { session: "s1", source, source_port: 1, listener: "", parallel: false };
    return this.#entry(EntryKind.open, utf8(JSON.stringify(info)));
  }

  /** The record of a BMP message. */
  frame(message: Uint8Array): Uint8Array {
    const { out, formatter } = this;
    assert.equal(formatter.entry(this.#entry(EntryKind.frame, message), out, 0), ENTRY_DONE);
    const { start, end } = out.record(out.count - 1);
    return out.bytes.slice(start, end);
  }

  close(): void {
    this.formatter.entry(this.#entry(EntryKind.close, utf8("{}")), this.out, 0);
  }

  #entry(kind: EntryKind, payload: Uint8Array): Entry {
    const entry = new Entry();
    entry.kind = kind;
    entry.session = 1;
    entry.sequence = this.#sequence++;
    entry.receivedAtUs = this.receivedAtUs;
    // Unaligned and between foreign bytes, as in a journal.
    entry.bytes = new Uint8Array(payload.length + 2 * PADDING_BYTES).fill(0x5a);
    entry.bytes.set(payload, PADDING_BYTES);
    entry.view = new DataView(entry.bytes.buffer);
    entry.start = PADDING_BYTES;
    entry.end = PADDING_BYTES + payload.length;
    return entry;
  }
}

/** The record of one message from a router. */
function recordOf(message: string, options: Partial<RawOptions>, source?: string): string {
  const player = new Player(options);
  player.open(source);
  const record = player.frame(fromHex(message));
  return hexText(record, 0, record.length);
}

describe("RawFormatter", () => {
  it("writes goBMP's records as goBMP does", () => {
    const bmp = "0300000014040002000272310001000464657363";
    assert.equal(
      recordOf(bmp, { profile: "gobmp", collector: "collector-01" }, "203.0.113.9"),
      "4f424d500107005a00000014800c" + "6553f1000001e240" + "e1dc78e69265300a53b17e959b0aead4" +
        "000c636f6c6c6563746f722d3031" + "8226d05ff811db619a466d17b0b2d1bb" +
        "cb007109000000000000000000000000" + "000000000001" + bmp,
    );
  });

  it("writes OpenBMP's records with the hash of the address bytes", () => {
    assert.equal(
      recordOf("030000000604", { profile: "openbmp" }),
      "4f424d500107005300000006800c6553f1000001e240a3b0b14c9db1e6210e2a971d7120793d0005" +
        "6564676531b201f143e9c4d4048c4bf61e78b8eedbc0000201000000000000000000000000" +
        "000000000001030000000604",
    );
  });

  it("writes what a collector of RouteViews wrote", () => {
    // A record of stream.routeviews.org, from the tests of bgpkit-parser (MIT).
    const header = "4f424d500107006400000033800c6184b9c2000c602cbf4f072f3ae149d23486024bc3dadfc4" +
      "000a69732d63632d626d7031c677060bdd020a9e92be000200de2e3180df3369000000000000000000000000" +
      "000c726f7574652d76696577733500000001";
    const bmp = "030000003302000000000000000000000000000000000000000000003fda060e00000da300000000" +
      "61523c36000c0e1c020000";
    const player = new Player({ collector: "is-cc-bmp1", routerGroup: "route-views5" });
    player.receivedAtUs = 0x6184b9c2 * 1_000_000 + 0x000c602c;
    player.open("128.223.51.105");
    const record = player.frame(fromHex(bmp));
    assert.equal(hexText(record, 0, record.length), header + bmp);
  });

  it("writes IPv6 routers with flag and 16 bytes", () => {
    for (const profile of ["gobmp", "openbmp"] as const) {
      const read = readRawMessage(fromHex(recordOf("030000000604", { profile }, "2001:db8::1")));
      assert.equal(read.routerAddress, "2001:db8::1");
      const bytes = fromHex("20010db8000000000000000000000001");
      assert.equal(read.routerHash, md5Hex(profile === "gobmp" ? utf8("2001:db8::1") : bytes));
    }
  });

  it("writes the text header with both names of the router's hash", () => {
    const { header, message } = readTextMessage(
      fromHex(recordOf("030000000604", { profile: "text" })),
    );
    assert.deepEqual(header, {
      V: "1.7",
      C_HASH_ID: "a3b0b14c9db1e6210e2a971d7120793d",
      R_HASH: "ab7176b0affb0d89a3955a1791c81dff",
      R_HASH_ID: "ab7176b0affb0d89a3955a1791c81dff",
      R_IP: "192.0.2.1",
      L: "6",
    });
    assert.deepEqual(message, fromHex("030000000604"));
  });

  it("has the topics and keys of the profiles, unless told otherwise", () => {
    const keyed = (options: Partial<RawOptions>) => {
      const player = new Player(options);
      player.open();
      player.frame(fromHex("030000000604"));
      const { topic, key } = player.out.record(0);
      return [topic.name, topic.messageType, key];
    };
    const bytes = String.fromCharCode(...fromHex("b201f143e9c4d4048c4bf61e78b8eedb"));
    assert.deepEqual(keyed({ profile: "gobmp" }), ["gobmp.raw", 255, ""]);
    assert.deepEqual(keyed({ profile: "openbmp" }), ["openbmp.bmp_raw", 255, bytes]);
    assert.deepEqual(keyed({ profile: "text" }), [
      "openbmp.bmp_raw",
      255,
      "ab7176b0affb0d89a3955a1791c81dff",
    ]);
    assert.deepEqual(keyed({ profile: "openbmp", key: "hex", topic: "gobmp.bmp_raw" }), [
      "gobmp.bmp_raw",
      255,
      "b201f143e9c4d4048c4bf61e78b8eedb",
    ]);
    assert.deepEqual(keyed({ profile: "openbmp", key: "none" }), ["openbmp.bmp_raw", 255, ""]);
  });

  it("writes every message as it came, one a record, also those that nobody can decode", () => {
    for (const profile of ["gobmp", "openbmp", "text"] as const) {
      const player = new Player({ profile });
      player.open();
      const messages = [
        "0300000006ff",
        "0900000008630102",
        "030000000600",
        "03000000ff04" + "5a".repeat(249),
      ];
      for (const hex of messages) {
        const record = player.frame(fromHex(hex));
        const read = profile === "text" ? readTextMessage(record) : readRawMessage(record);
        assert.deepEqual(read.message, fromHex(hex));
      }
      player.close();
      assert.equal(player.out.count, messages.length);
      const identity = new RecordIdentity();
      assert.equal(player.out.identity(1, identity), true);
      assert.deepEqual({ ...identity }, { session: "s1", sequence: 2, part: 0 });
    }
  });

  it("waits when the batch is full", () => {
    const player = new Player({});
    player.open();
    player.out.pos = player.out.softLimit;
    assert.equal(player.formatter.entry(player.openEntry("192.0.2.1"), player.out, 0), 0);
  });

  it("knows a session again by its keyframe, and forgets the others after a gap", () => {
    const player = new Player({});
    player.formatter.take(player.openEntry("192.0.2.9"));
    assert.equal(readRawMessage(player.frame(fromHex("030000000604"))).routerAddress, "192.0.2.9");
    player.formatter.gap();
    player.formatter.take(player.openEntry("192.0.2.9"));
    player.formatter.endKeyframe();
    player.frame(fromHex("030000000604"));
    player.formatter.gap();
    player.formatter.endKeyframe();
    assert.throws(() => player.frame(fromHex("030000000604")), /was never opened/);
    assert.equal(player.out.count, 2);
  });

  it("refuses a name that readers cut off", () => {
    assert.throws(
      () => new RawFormatter(optionsOf({ collector: "x".repeat(256) })),
      /found an admin id of 256 bytes, expected at most 255$/,
    );
  });
});
