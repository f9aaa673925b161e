// An entry that does not fit a batch goes on in the next: the same bytes, nothing counted twice, no state changed twice.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  addPath,
  attribute,
  bmp,
  indexedTlv,
  initiation,
  MANDATORY,
  mpReach,
  mpUnreach,
  NEXT_HOP,
  ORIGIN,
  peerDown,
  peerUp,
  perPeer,
  routeMonitoring,
  tlv,
  uint,
  update,
} from "../../building.ts";
import { Player } from "./sessions.ts";

const NEXT_HOP_V6 = "20010db8000000000000000000000001";
/** Sixteen faults and more. */
const BROKEN_OPEN_TLVS = tlv(3, "626c7565") + tlv(99, "00") + "0003";
const SECOND_PEER = { address: "c0000203", as: 65009, bgpId: "c0000203" };
const LOC_RIB = { type: 3, address: "00000000", as: 65000, bgpId: "c0000201" };

type Step = (player: Player) => void;

const open = (number: number): Step => (player) => void player.open(number);
const close = (number: number): Step => (player) => void player.close(number);
const frame = (hex: string, number = 1): Step => (player) => void player.frame(hex, number);

const manyPrefixes = Array.from({ length: 40 }, (_, i) => `18c6${uint(i, 1)}64`).join("");
const modes = addPath([1, 1, 3]);

const STEPS: readonly (readonly [name: string, steps: readonly Step[]])[] = [
  ["session opened and closed", [open(1), close(1)]],
  ["Initiation with faults", [
    open(1),
    frame(initiation("r1")),
    frame(bmp(4, `${tlv(2, "7232")}0001`)),
    close(1),
  ]],
  ["Termination with faults", [open(1), frame(bmp(5, `${tlv(1, "0000")}0001000500`)), close(1)]],
  ["Peer Up with faults", [open(1), frame(peerUp({}, { tlvs: BROKEN_OPEN_TLVS })), close(1)]],
  ["Peer Up that cannot be read", [open(1), frame(bmp(3, `${perPeer()}00`)), close(1)]],
  ["Peer Down with faults", [
    open(1),
    frame(peerUp()),
    frame(peerDown({}, "01ffff")),
    frame(routeMonitoring({ attributes: MANDATORY, nlri: "080a" })),
    close(1),
  ]],
  ["Peer Down with faults, then nothing of the peer", [
    open(1),
    frame(peerUp()),
    frame(peerUp(SECOND_PEER)),
    frame(peerDown({}, "02")),
    close(1),
  ]],
  ["statistics with faults", [
    open(1),
    frame(peerUp()),
    frame(bmp(1, `${perPeer()}00000003${tlv(7, "01")}${tlv(1, "00000009")}000100`)),
    close(1),
  ]],
  ["mirrored messages with faults", [
    open(1),
    frame(peerUp()),
    frame(bmp(6, `${perPeer()}${tlv(0, update({}).replace(/ /g, ""))}${tlv(1, "0001")}0000`)),
    close(1),
  ]],
  ["unknown and cut messages", [
    open(1),
    frame(bmp(99, "abcd")),
    frame(bmp(0, "00")),
    frame(bmp(0, perPeer({ type: 9 }))),
    close(1),
  ]],
  ["a list of routes", [
    open(1),
    frame(initiation("r1")),
    frame(peerUp()),
    frame(routeMonitoring({ attributes: MANDATORY, nlri: manyPrefixes })),
    close(1),
  ]],
  ["all lists of an UPDATE, with faults", [
    open(1),
    frame(peerUp()),
    frame(routeMonitoring({
      withdrawn: "080a080b",
      attributes: attribute(0x40, 1, "09") + MANDATORY + attribute(0xc0, 7, "00") +
        attribute(0xc0, 99, "aabb") + mpReach(2, 1, NEXT_HOP_V6, "2020010db8 2020010db9") +
        mpUnreach(2, 4, "38800000 20010db8") + mpReach(25, 70, NEXT_HOP_V6, "0001") +
        mpUnreach(25, 70, "0001") + attribute(0x80, 14, "00") + attribute(0x80, 15, "00"),
      nlri: `${manyPrefixes}ff`,
    })),
    close(1),
  ]],
  ["End-of-RIBs", [
    open(1),
    frame(peerUp()),
    frame(routeMonitoring({})),
    frame(routeMonitoring({ attributes: mpUnreach(2, 1, "") })),
    close(1),
  ]],
  ["TLVs of version 4", [
    open(1),
    frame(peerUp()),
    frame(bmp(
      0,
      perPeer() + indexedTlv(3, 0, "626c7565") + indexedTlv(1, 0, modes) +
        indexedTlv(4, 0, update({ attributes: MANDATORY, nlri: "0000000718c63364 00000008080a" })) +
        "0000",
      4,
    )),
    close(1),
  ]],
  ["readings that one list teaches do not change those before it", [
    open(1),
    frame(peerUp()),
    frame(routeMonitoring({
      // Reads both ways: default route, 10.16.0.0/16, 10.0.0.0/8; or 10.0.0.0/8 with a path identifier.
      withdrawn: "00 100a10 080a",
      attributes: MANDATORY,
      nlri: "00000001 18c63364 00000002 18c63364",
    })),
    frame(routeMonitoring({ withdrawn: "00 100a10 080a" })),
    close(1),
  ]],
  ["AS width that the message teaches", [
    open(1),
    frame(peerUp()),
    frame(routeMonitoring({
      attributes: ORIGIN + attribute(0x40, 2, "0203 fde9 fdea fdeb") + NEXT_HOP,
      nlri: manyPrefixes,
    })),
    close(1),
  ]],
  ["downs at the end of a session", [
    open(1),
    frame(peerUp()),
    frame(peerUp(SECOND_PEER)),
    frame(peerUp(LOC_RIB, { tlvs: tlv(3, "626c7565") })),
    frame(routeMonitoring({ attributes: MANDATORY, nlri: "080a" }, { address: "c0000204" })),
    close(1),
  ]],
  ["a router that comes back while its old session is open", [
    open(1),
    frame(initiation("r1")),
    frame(peerUp()),
    frame(peerUp(SECOND_PEER)),
    open(2),
    frame(initiation("r1"), 2),
    open(3),
    frame(initiation("r1"), 3),
    frame(peerUp(), 2),
    frame(peerUp({}, { tlvs: BROKEN_OPEN_TLVS }), 3),
    close(1),
    close(2),
    close(3),
  ]],
];

describe("an entry that goes on in the next batch", () => {
  for (const extraFields of [true, false]) {
    for (const [name, steps] of STEPS) {
      it(`${name}${extraFields ? "" : ", without extra fields"}`, () => {
        const whole = new Player({ extraFields });
        for (const step of steps) step(whole);
        for (const softLimit of [1, 700, 2000]) {
          const parted = new Player({ extraFields, softLimit });
          for (const step of steps) step(parted);
          assert.equal(parted.text, whole.text);
          const counts = parted.counts();
          if (softLimit === 1) {
            const lines = whole.text.split("\n").length - 1;
            assert.ok(parted.calls >= lines, `${parted.calls} calls for ${lines} records`);
          }
          // Counted once, however many batches it took.
          const reference = new Player({ extraFields });
          for (const step of steps) step(reference);
          assert.deepEqual(counts, reference.counts());
        }
      });
    }
  }

  it("parts are numbered through", () => {
    const player = new Player({ softLimit: 1 });
    player.open();
    player.frame(peerUp());
    const records = player.frame(
      routeMonitoring({ withdrawn: "080a080b", attributes: MANDATORY, nlri: manyPrefixes }),
    );
    assert.deepEqual(
      records.map(({ data }) => data["part"]),
      Array.from({ length: 42 }, (_, i) => i),
    );
  });
});
