// Whatever a router sends, every row is one that the consumer takes (checked by the player), and nothing is thrown.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { EVPN } from "../../../src/bgp/nlri/070_evpn.ts";
import { BGP_LS } from "../../../src/bgp/nlri/071_bgp_ls.ts";
import { EntryKind } from "../../../src/journal/types.ts";
import { utf8 } from "../../../src/wire/writer.ts";
import {
  addPath,
  attribute,
  bmp,
  initiation,
  MANDATORY,
  mpReach,
  mpUnreach,
  peerDown,
  peerUp,
  perPeer,
  routeMonitoring,
  tlv,
  uint,
} from "../../building.ts";
import { fromHex } from "../../decoding.ts";
import { FAMILY_VECTORS } from "../../vectors/nlri/index.ts";
import { type ParsedRecord, Player, rowsOf } from "./player.ts";

const RUNS = 300;

const HOSTILE = [
  "O'Brien'); DROP TABLE routers; --",
  'quote " backslash \\ braces { } comma ,',
  "tab\tnewline\ncarriage\r\nNUL\0end",
  "\u0001\u001f\u007f\u0085\u2028",
  "\u{1f600}".repeat(300),
  "'".repeat(300),
  "",
];

/** A BGP-LS attribute with names, bandwidths, tags and SIDs. */
const LINK_STATE = attribute(
  0x80,
  29,
  tlv(1026, "6f27") + tlv(1098, "6f27") + tlv(1089, "7f7fffff") + tlv(1091, "ffc00000".repeat(8)) +
    tlv(1034, `c000001f40${tlv(1161, "003e80")}`) + tlv(1099, "30000000005dc1") +
    tlv(1158, "4000000000000065") + tlv(1154, "ff".repeat(8)) + tlv(1096, "ffffffff".repeat(20)),
);

function hexOf(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** All messages that carry a text, with this one. */
function messagesWith(text: Uint8Array): string[] {
  const hex = hexOf(text);
  const name = hex.slice(0, 2 * 255);
  const shutdown = hex.slice(0, 2 * 128);
  const notification = "ff".repeat(16) + uint(22 + shutdown.length / 2, 2) + "03" + "0602" +
    uint(shutdown.length / 2, 1) + shutdown;
  return [
    bmp(4, tlv(1, hex) + tlv(2, name) + tlv(0, hex) + tlv(0, hex)),
    peerUp({}, { tlvs: tlv(0, hex) + tlv(3, name) + tlv(4, hex) }),
    routeMonitoring({ attributes: MANDATORY, nlri: "18cb0071" }),
    peerDown({}, `03${notification}`),
    bmp(5, tlv(0, hex) + tlv(1, "0000")),
  ];
}

/** A formatter for many sessions: each has a cache of megabytes. */
const shared = new Player();
let session = 0;

/** Plays messages of a session of its own, and its end. */
function play(messages: readonly Uint8Array[], player = shared): ParsedRecord[] {
  const number = ++session;
  return [
    ...player.open(number),
    ...messages.flatMap((message) => player.bytes(message, number)),
    ...player.close(number),
  ];
}

describe("texts of routers", () => {
  it("are made to fit, and keep what the database takes", () => {
    for (const text of HOSTILE) {
      const records = play(messagesWith(utf8(text)).map(fromHex));
      assert.deepEqual(rowsOf(records, "peer").map(([action]) => action), ["up", "down"]);
      assert.deepEqual(rowsOf(records, "router").map(([action]) => action), ["init", "term"]);
    }
    const long = "\u{1f600}".repeat(5000);
    const [init] = rowsOf(play([fromHex(bmp(4, tlv(0, hexOf(utf8(long)))))]), "router");
    assert.equal(init![8], "\u{1f600}".repeat(4096));
    const [router] = rowsOf(play([fromHex(initiation("it's\ta\nname\0"))]), "router");
    assert.equal(router![2], "it\u2019s a name ");
  });

  it("may be 64 KiB, and anything but UTF-8", () => {
    const long = new Uint8Array(60_000).fill(0x27);
    const broken = Uint8Array.from({ length: 1000 }, (_, i) => 0x80 + (i % 0x80));
    for (const text of [long, broken]) {
      assert.ok(rowsOf(play(messagesWith(text).map(fromHex)), "peer").length > 0);
    }
  });

  it("are anything at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (text) => {
        play(messagesWith(text).map(fromHex));
      }),
      { numRuns: RUNS },
    );
  });
});

/** One message of each kind, and routes of every family that we have vectors of. */
function everyMessage(): Uint8Array[] {
  const both = addPath([1, 1, 3], [2, 1, 3]);
  const attributes = MANDATORY + attribute(0xc0, 8, "fbf40001") +
    attribute(0xc0, 16, "0002fbf400000064 0600010000000005") +
    attribute(0xc0, 32, "0000fbf40000000100000002") + attribute(0xc0, 7, "0000fbf5c0000209") +
    attribute(0x80, 9, "c0000204") + attribute(0x80, 10, "c0000203");
  const stats = Array.from({ length: 9 }, (_, i) => tlv(i, uint(i, i < 7 ? 4 : 8))).join("");
  const routes = [EVPN, BGP_LS].flatMap(({ afi, safi }) =>
    FAMILY_VECTORS[`${afi}/${safi}`]!.good.flatMap(({ nlri }) => [
      routeMonitoring({
        attributes: attributes + LINK_STATE + mpReach(afi, safi, "c0000201", nlri),
      }),
      routeMonitoring({ attributes: mpUnreach(afi, safi, nlri) }),
    ])
  );
  const vpn = "68" + "0bb911" + "0000fbf400000008" + "0a09";
  routes.push(
    routeMonitoring({ attributes: attributes + mpReach(1, 128, "0000000000000000c6336408", vpn) }),
    routeMonitoring({ attributes: mpUnreach(1, 128, vpn) }),
  );
  return [
    ...messagesWith(utf8("text")),
    peerUp({ type: 3 }, { tlvs: tlv(3, "676c6f62616c") }),
    peerUp({ as: 65002, address: "c0000203" }, { sent: both, received: both }),
    routeMonitoring({ attributes, nlri: "0000000718cb0071", withdrawn: "00000007080a" }, {
      as: 65002,
      address: "c0000203",
    }),
    routeMonitoring({ attributes, nlri: "18cb0071" }, { type: 3 }),
    bmp(1, perPeer() + uint(9, 4) + stats),
    ...routes,
  ].map(fromHex);
}

describe("messages that are damaged", () => {
  const messages = everyMessage();

  it("give rows that the consumer takes when they are whole", () => {
    const kinds = new Set(play(messages).map(({ type }) => type));
    assert.equal(kinds.size, 11);
  });

  it("do so when they are cut", () => {
    for (const message of messages) {
      const step = message.length > 120 ? 5 : 1;
      const cuts = Array.from({ length: Math.floor((message.length - 6) / step) }, (_, i) => {
        const cut = message.slice(0, 6 + i * step);
        new DataView(cut.buffer).setUint32(1, cut.length);
        return cut;
      });
      play(cuts);
    }
  });

  it("do so when octets are changed", () => {
    fc.assert(
      fc.property(
        fc.nat(messages.length - 1),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (i, changes) => {
          const message = messages[i]!.slice();
          for (const [at, value] of changes) message[6 + at % (message.length - 6)] = value;
          play([messages[0]!, messages[1]!, message, messages[3]!]);
        },
      ),
      { numRuns: 3 * RUNS },
    );
  });
});

describe("batches", () => {
  it("that are small have the same records in the same order", () => {
    const messages = everyMessage();
    const bodies = (records: readonly ParsedRecord[]) =>
      records.map(({ type, key, rows }) => [type, key, rows]);
    const big = play(messages, new Player());
    const player = new Player({ softLimit: 1 });
    const small = play(messages, player);
    assert.deepEqual(bodies(small), bodies(big));
    assert.ok(player.calls > small.length);
  });
});

describe("keyframes", () => {
  const [, up] = messagesWith(utf8("t")).map(fromHex);

  it("make peers known without rows, so that no row deletes their routes", () => {
    const player = new Player();
    player.formatter.take(player.openEntry());
    player.formatter.take(player.entry(EntryKind.frame, fromHex(initiation("r1")), 1));
    player.formatter.take(player.entry(EntryKind.frame, up!, 1));
    const records = player.frame(routeMonitoring({ attributes: MANDATORY, nlri: "18cb0071" }));
    // The collector's start takes its routers down, so they come again.
    assert.deepEqual(records.map(({ type, rows }) => [type, rows[0]![0]]), [
      ["collector", "started"],
      ["base_attribute", "add"],
      ["unicast_prefix", "add"],
    ]);
  });

  it("bring back peers that are known by their routes alone", () => {
    const first = new Player();
    first.open();
    const route = routeMonitoring({ attributes: MANDATORY, nlri: "18cb0071" });
    assert.equal(rowsOf(first.frame(route), "peer").length, 1);
    const second = new Player();
    second.formatter.take(second.openEntry());
    second.formatter.restore(first.formatter.checkpoint()!.bytes);
    assert.equal(rowsOf(second.frame(route), "peer").length, 0);
  });

  it("after a gap take down what ended in it", () => {
    const player = new Player();
    player.open();
    player.frame(initiation("r1"));
    player.bytes(up!);
    player.open(2, { source: "192.0.2.9" });
    player.frame(initiation("r2"), 2);
    player.bytes(up!, 2);
    player.formatter.gap();
    player.formatter.take(player.openEntry(1));
    const lost = new Map([1, 2].map((session) => [session, { sequence: 5, count: 3 }]));
    const records = player.collect((out, part) =>
      player.formatter.endKeyframe({ reason: "dropped", sessions: lost }, out, part)
    );
    assert.deepEqual(records.map(({ type, rows }) => [type, rows[0]![0]]), [
      ["peer", "down"],
      ["peer", "down"],
      ["router", "term"],
      ["collector", "change"],
    ]);
  });
});
