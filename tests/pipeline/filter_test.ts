import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { Entry, EntryKind } from "../../src/journal/types.ts";
import { Filter, type FilterOptions, Filters, NO_FILTER } from "../../src/pipeline/filter.ts";
import { utf8 } from "../../src/wire/writer.ts";
import {
  bmp,
  initiation,
  MANDATORY,
  mpReach,
  mpUnreach,
  ORIGIN,
  peerDown,
  type PeerOptions,
  peerUp,
  perPeer,
  routeMonitoring,
  uint,
  update,
} from "../building.ts";
import { fromHex } from "../decoding.ts";

const PADDING_BYTES = 3;

function entryOf(kind: EntryKind, payload: Uint8Array, session = 1): Entry {
  const entry = new Entry();
  entry.kind = kind;
  entry.session = session;
  entry.bytes = new Uint8Array(payload.length + 2 * PADDING_BYTES).fill(0xff);
  entry.bytes.set(payload, PADDING_BYTES);
  entry.view = new DataView(entry.bytes.buffer);
  entry.start = PADDING_BYTES;
  entry.end = PADDING_BYTES + payload.length;
  return entry;
}

function opened(source: string, session = 1): Entry {
  return entryOf(EntryKind.open, utf8(JSON.stringify({ session: "s", source })), session);
}

/** Which of these messages (name: hex) pass. */
function passing(options: Partial<FilterOptions>, messages: Record<string, string>): string[] {
  const filter = new Filter({ ...NO_FILTER, ...options });
  return Object.keys(messages).filter((name) =>
    filter.accepts(entryOf(EntryKind.frame, fromHex(messages[name]!)))
  );
}

const V6: PeerOptions = { address: "20010db8000000000000000000000007", flags: 0x80 };
const LOC_RIB: PeerOptions = { type: 3, address: "00000000" };
const ROUTE = { attributes: MANDATORY, nlri: "18c63364" };
const NEXT_HOP_V6 = "20010db8000000000000000000000001";

const ALL = {
  initiation: initiation("r"),
  up: peerUp(),
  upV6: peerUp(V6),
  down: peerDown(),
  statistics: bmp(1, perPeer() + "00000000"),
  mirror: bmp(6, perPeer()),
  termination: bmp(5, ""),
  unknown: bmp(99, "00"),
  pre: routeMonitoring(ROUTE),
  post: routeMonitoring(ROUTE, { flags: 0x40 }),
  outPost: routeMonitoring(ROUTE, { flags: 0x50 }),
  loc: routeMonitoring(ROUTE, LOC_RIB),
};

describe("Filter", () => {
  it("accepts everything when it asks for nothing", () => {
    assert.deepEqual(passing({}, ALL), Object.keys(ALL));
  });

  it("chooses messages by type", () => {
    assert.deepEqual(passing({ messages: ["peer-up", "unknown"] }, ALL), ["up", "upV6", "unknown"]);
    assert.deepEqual(passing({ messages: ["route-mirroring", "termination", "initiation"] }, ALL), [
      "initiation",
      "mirror",
      "termination",
    ]);
    const filter = new Filter({ ...NO_FILTER, messages: ["session"] });
    assert.equal(filter.accepts(opened("192.0.2.1")), true);
    assert.equal(new Filter({ ...NO_FILTER, messages: ["peer-up"] }).accepts(opened("::")), false);
  });

  it("chooses messages by peer, and lets pass those of no peer", () => {
    const none = ["initiation", "termination", "unknown"];
    assert.deepEqual(passing({ peers: ["2001:db8::/64"] }, ALL), [
      "initiation",
      "upV6",
      ...none.slice(1),
    ]);
    const ofV4 = passing({ peers: ["192.0.2.2"] }, ALL);
    assert.deepEqual(
      Object.keys(ALL).filter((name) => !ofV4.includes(name)),
      ["upV6", "loc"],
    );
    assert.ok(passing({ peers: ["0.0.0.0/0"] }, ALL).includes("loc"));
  });

  it("chooses routes and statistics by RIB view", () => {
    const views = (...views: string[]) =>
      passing({ views, messages: ["route-monitoring", "statistics", "peer-up"] }, ALL);
    assert.deepEqual(views("loc-rib"), ["up", "upV6", "loc"]);
    assert.deepEqual(views("adj-rib-out-post", "adj-rib-in-post"), [
      "up",
      "upV6",
      "post",
      "outPost",
    ]);
    assert.deepEqual(views("adj-rib-in-pre"), ["up", "upV6", "statistics", "pre"]);
  });

  it("chooses routes by family, one of several is enough", () => {
    const messages = {
      up: ALL.up,
      v4: ALL.pre,
      v4Withdrawn: routeMonitoring({ withdrawn: "18c63364" }),
      v6: routeMonitoring({ attributes: ORIGIN + mpReach(2, 1, NEXT_HOP_V6, "2020010db8") }),
      v6Withdrawn: routeMonitoring({ attributes: mpUnreach(2, 1, "2020010db8") }),
      both: routeMonitoring({
        attributes: MANDATORY + mpReach(2, 1, NEXT_HOP_V6, "2020010db8"),
        nlri: "18c63364",
      }),
      endOfRibV4: routeMonitoring({}),
      endOfRibV6: routeMonitoring({ attributes: mpUnreach(2, 1, "") }),
      strange: routeMonitoring({ attributes: mpUnreach(1, 99, "00") }),
      tlvs: bmp(0, perPeer() + tlvOf(update(ROUTE)), 4),
    };
    assert.deepEqual(passing({ families: ["ipv4-unicast"] }, messages), [
      "up",
      "v4",
      "v4Withdrawn",
      "both",
      "endOfRibV4",
      "tlvs",
    ]);
    assert.deepEqual(passing({ families: ["ipv6-unicast"] }, messages), [
      "up",
      "v6",
      "v6Withdrawn",
      "both",
      "endOfRibV6",
    ]);
    assert.deepEqual(passing({ families: ["afi-1-safi-99"] }, messages), ["up", "strange"]);
  });

  it("lets pass what cannot be read", () => {
    const messages = {
      shortHeader: bmp(0, "0000"),
      noUpdate: bmp(0, perPeer() + "00"),
      cutUpdate: bmp(0, perPeer() + update(ROUTE).slice(0, 44)),
      shortReach: routeMonitoring({ attributes: "800e020002" }),
      tlvs: bmp(0, perPeer() + "00", 4),
    };
    assert.deepEqual(passing({ families: ["ipv6-unicast"] }, messages), Object.keys(messages));
  });

  it("refuses words that it does not know", () => {
    assert.throws(() => new Filter({ ...NO_FILTER, routers: ["x"] }), /Cannot filter by "x"/);
    assert.throws(() => new Filter({ ...NO_FILTER, families: ["x"] }), /Cannot filter by "x"/);
  });
});

/** A BGP Message TLV of BMP version 4 (draft-ietf-grow-bmp-tlv-19). */
function tlvOf(pdu: string): string {
  return `0004${uint(pdu.length / 2, 2)}0000${pdu}`;
}

describe("Filters", () => {
  it("asks all at once, and knows the routers of sessions", () => {
    const filters = new Filters([
      new Filter({ ...NO_FILTER, routers: ["192.0.2.0/24"] }),
      new Filter({ ...NO_FILTER, messages: ["peer-up"] }),
      new Filter({ ...NO_FILTER, routers: ["2001:db8::1"], messages: ["peer-up", "session"] }),
    ]);
    const up = (session: number) => entryOf(EntryKind.frame, fromHex(peerUp()), session);
    assert.equal(filters.acceptedBy(opened("192.0.2.7", 1)), 0b001);
    assert.equal(filters.acceptedBy(opened("2001:db8::1", 2)), 0b100);
    assert.equal(filters.acceptedBy(opened("no address", 3)), 0b000);
    assert.equal(filters.acceptedBy(up(1)), 0b011);
    assert.equal(filters.acceptedBy(up(2)), 0b110);
    assert.equal(filters.acceptedBy(up(3)), 0b010);
    assert.equal(filters.acceptedBy(entryOf(EntryKind.close, utf8("{}"), 2)), 0b100);
    assert.equal(filters.acceptedBy(up(2)), 0);
  });

  it("has a bound", () => {
    assert.throws(() => new Filters(Array(32).fill(new Filter(NO_FILTER))), /at most 31/);
  });
});
