import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import {
  addPath,
  AS_PATH,
  attribute,
  MANDATORY,
  mpReach,
  mpUnreach,
  peerUp,
  routeMonitoring,
} from "../../building.ts";
import type { RecordLine } from "../../corpus/records.ts";
import { playerWith } from "./sessions.ts";

const NEXT_HOP_V6 = "20010db8000000000000000000000001";
const COMPONENTS = "0118c00002038106";
/** To 192.0.2.0/24, TCP. */
const RULE = `08${COMPONENTS}`;
/** As {@linkcode RULE}, RD 65001:100. */
const VPN_RULE = `100000fde900000064${COMPONENTS}`;
/** 33 bits. */
const BROKEN = "070121c000020180";
const RULE_V6 = "0701200020010db8";
const VPN_RULE_V6 = "0f0000fde90000006401200020010db8";
const TARGET = "600000fde90002fde900000064";

function play(attributes: string, options: Parameters<typeof playerWith>[1] = {}): RecordLine[] {
  return playerWith([peerUp()], options).frame(routeMonitoring({ attributes }));
}

function withPathIds(afi: number, safi: number, attributes: string): RecordLine[] {
  const modes = addPath([afi, safi, 3]);
  const player = playerWith([peerUp({}, { sent: modes, received: modes })]);
  return player.frame(routeMonitoring({ attributes }));
}

/** MD5 of text and bytes. */
function hashOf(text: string, hex: string): string {
  return createHash("md5").update(text).update(Buffer.from(hex, "hex")).digest("hex");
}

describe("a Flow Specification", () => {
  it("has a topic by family where that is asked for", () => {
    const attributes = MANDATORY + mpReach(1, 133, "", RULE) + mpReach(1, 134, "", VPN_RULE) +
      mpReach(2, 133, "", RULE_V6) + mpReach(2, 134, "", VPN_RULE_V6);
    const types = (splitAf: boolean) => play(attributes, { splitAf }).map(({ type }) => type);
    assert.deepEqual(types(true), [164, 164, 166, 166]);
    assert.deepEqual(types(false), [16, 16, 16, 16]);
  });

  it("has its hash as key, over RD, AFI and components, the same for add and del", () => {
    const cases = [
      { safi: 133, nlri: RULE, hash: hashOf("\x01", COMPONENTS), rd: undefined },
      { safi: 134, nlri: VPN_RULE, hash: hashOf("65001:100\x01", COMPONENTS), rd: "65001:100" },
      { safi: 133, nlri: `f008${COMPONENTS}`, hash: hashOf("\x01", COMPONENTS), rd: undefined },
    ];
    for (const { safi, nlri, hash, rd } of cases) {
      const [added] = play(MANDATORY + mpReach(1, safi, "", nlri));
      const [deleted] = play(mpUnreach(1, safi, nlri));
      assert.deepEqual([added!.data["action"], deleted!.data["action"]], ["add", "del"]);
      for (const { key, data } of [added!, deleted!]) {
        assert.deepEqual([key, data["spec_hash"], data["rd"]], [hash, hash, rd]);
      }
    }
  });

  it("needs no next hop, and shows one that is there", () => {
    for (
      const [hex, text, isIpv4] of [
        ["", undefined, true],
        ["c0000209", "192.0.2.9", true],
        [NEXT_HOP_V6, "2001:db8::1", false],
      ] as const
    ) {
      const records = play(MANDATORY + mpReach(1, 133, hex, RULE));
      assert.equal(records.length, 1);
      assert.equal(records[0]!.data["nexthop"], text);
      assert.equal(records[0]!.data["is_nexthop_ipv4"], isIpv4);
    }
    const [withdrawn] = play(mpUnreach(1, 133, RULE));
    assert.equal(withdrawn!.data["nexthop"], undefined);
    assert.equal(withdrawn!.data["is_nexthop_ipv4"], true);
  });

  it("is readable by fields of our own, which go with the others", () => {
    const [record] = play(MANDATORY + mpReach(1, 133, "", RULE));
    assert.equal(record!.data["rule"], "dst 192.0.2.0/24 proto =6");
    assert.equal((record!.data["components"] as unknown[]).length, 2);
    const [plain] = play(MANDATORY + mpReach(1, 133, "", RULE), { extraFields: false });
    for (const own of ["rule", "components"]) assert.ok(!(own in plain!.data), own);
  });

  it("has goBMP's names also for the operators of bitmasks", () => {
    // Not all of SYN and ACK, and not any of FIN, in two octets.
    const [record] = play(MANDATORY + mpReach(1, 133, "", "06090312d20001"));
    assert.equal(record!.data["rule"], "tcp-flags !=syn+ack&!fin");
    assert.deepEqual(record!.data["spec"], [{
      type: 9,
      op_val_pairs: [
        { operator: { value_length: 1, greater_than: true, equal: true }, value: "Eg==" },
        {
          operator: {
            end_of_list_bit: true,
            and_bit: true,
            value_length: 2,
            greater_than: true,
          },
          value: "AAE=",
        },
      ],
    }]);
  });

  it("survives a broken neighbour", () => {
    const records = play(MANDATORY + mpReach(1, 133, "", RULE + BROKEN + RULE));
    assert.deepEqual(records.map(({ type, data }) => [type, data["code"], data["outcome"]]), [
      [164, undefined, undefined],
      [164, undefined, undefined],
      [1007, "flowspec-prefix-length", "routes-dropped"],
    ]);
  });

  it("says when its components are not in order", () => {
    const [record] = play(MANDATORY + mpReach(1, 133, "", "080381060118c00002"));
    assert.equal(record!.data["is_out_of_order"], true);
  });

  it("is a withdrawal where attributes ask for it", () => {
    const wrongOrigin = attribute(0x40, 1, "09");
    const [record] = play(wrongOrigin + AS_PATH + mpReach(1, 133, "", RULE));
    assert.equal(record!.data["action"], "del");
    assert.equal(record!.data["error_handling"], "treat-as-withdraw");
  });

  it("has a path identifier where that was negotiated", () => {
    const attributes = MANDATORY + mpReach(1, 133, "", `00000007${RULE}ffffffff${RULE}`);
    const records = withPathIds(1, 133, attributes);
    assert.deepEqual(records.map(({ data }) => data["path_id"]), [7, -1]);
  });

  it("is not made from an End-of-RIB", () => {
    for (const [afi, safi] of [[1, 133], [2, 133], [1, 134], [2, 134], [25, 134]] as const) {
      const records = play(mpUnreach(afi, safi, ""));
      assert.deepEqual(records.map(({ type, data }) => [type, data["afi"], data["safi"]]), [
        [1004, afi, safi],
      ]);
    }
  });

  it("of Ethernet frames is a record of our own", () => {
    const [record] = play(MANDATORY + mpReach(25, 133, "", "040e910800"));
    assert.equal(record!.type, 1005);
    assert.equal((record!.data["nlri"] as { rule: string }).rule, "ethertype =0x800");
  });
});

describe("route target membership", () => {
  it("has a topic by AFI, whatever split-af says", () => {
    for (const splitAf of [true, false]) {
      const attributes = MANDATORY + mpReach(1, 132, "c0000202", TARGET) +
        mpReach(2, 132, NEXT_HOP_V6, TARGET);
      const records = play(attributes, { splitAf });
      assert.deepEqual(records.map(({ type, data }) => [type, data["is_ipv4"]]), [
        [194, true],
        [196, false],
      ]);
    }
  });

  it("shows a whole route target, or our own field its first bits", () => {
    const records = play(
      MANDATORY + mpReach(1, 132, "c0000202", `${TARGET}00200000fde9400000fde90002fde9`),
    );
    assert.deepEqual(
      records.map(({ data }) => [
        data["length"],
        data["origin_as"],
        data["route_target"],
        data["route_target_prefix"],
        data["nexthop"],
      ]),
      [
        [96, 65001, "65001:100", undefined, "192.0.2.2"],
        [undefined, undefined, undefined, undefined, "192.0.2.2"],
        [32, 65001, undefined, undefined, "192.0.2.2"],
        [64, 65001, undefined, "0002fde9/32", "192.0.2.2"],
      ],
    );
    const [plain] = play(MANDATORY + mpReach(1, 132, "c0000202", TARGET), { extraFields: false });
    assert.ok(!("nexthop" in plain!.data));
  });

  it("is withdrawn, survives a broken neighbour, has path identifiers and an End-of-RIB", () => {
    const [withdrawn] = play(mpUnreach(1, 132, TARGET));
    assert.equal(withdrawn!.data["action"], "del");
    const records = play(mpUnreach(1, 132, `${TARGET}0180${TARGET}`));
    assert.deepEqual(records.map(({ type }) => type), [194, 194, 1007]);
    const [path] = withPathIds(
      1,
      132,
      MANDATORY + mpReach(1, 132, "c0000202", `00000007${TARGET}`),
    );
    assert.equal(path!.data["path_id"], 7);
    assert.deepEqual(play(mpUnreach(1, 132, "")).map(({ type }) => type), [1004]);
  });
});

describe("a MUP route", () => {
  /** RD 100:100, 10.0.1.0/24. */
  const SEGMENT = "0100010c0000006400000064180a0001";

  it("is a record of our own, with the names of its fields", () => {
    const [record] = play(MANDATORY + mpReach(1, 85, NEXT_HOP_V6, SEGMENT));
    assert.equal(record!.type, 1005);
    assert.equal(record!.data["family"], "ipv4-mup");
    assert.equal(record!.data["nexthop"], "2001:db8::1");
    assert.deepEqual(record!.data["nlri"], {
      architecture_type: 1,
      route_type: 1,
      route_type_name: "interwork-segment-discovery",
      rd: "100:100",
      prefix: "10.0.1.0",
      prefix_len: 24,
    });
  });

  it("survives a broken neighbour, also in a withdrawal", () => {
    const records = play(mpUnreach(1, 85, `${SEGMENT}01000104deadbeef${SEGMENT}`));
    assert.deepEqual(records.map(({ type, data }) => [type, data["action"], data["code"]]), [
      [1005, "del", undefined],
      [1005, "del", undefined],
      [1007, undefined, "nlri-truncated"],
    ]);
  });
});
