import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VECTORS } from "../../bgp/attributes/vectors.ts";
import { md5, routeHash } from "../../corpus/hashes.ts";
import type { RecordLine } from "../../corpus/records.ts";
import {
  addPath,
  AS_PATH,
  attribute,
  bmp,
  indexedTlv,
  MANDATORY,
  mpReach,
  mpUnreach,
  NEXT_HOP,
  ORIGIN,
  peerUp,
  perPeer,
  routeMonitoring,
  tlv,
  uint,
  update,
} from "../../building.ts";
import { playerWith, RECEIVED_AT } from "./sessions.ts";

/** 2001:db8::1 */
const NEXT_HOP_V6 = "20010db8000000000000000000000001";
const ROUTES = new Set([7, 74, 76]);
const DECODE_ERROR = 1007;

function play(hex: string, before: readonly string[] = [peerUp()]): RecordLine[] {
  return playerWith(before).frame(hex);
}

/** `+ prefix/bits` or `- prefix/bits` of all routes, `eor` for an End-of-RIB, `! code` for an error. */
function summary(records: readonly RecordLine[]): string[] {
  return records.flatMap(({ type, data }) => {
    if (type === DECODE_ERROR) return [`! ${data["code"]} ${data["outcome"]}`];
    if (!ROUTES.has(type)) return [];
    if (data["is_eor"] === true) return [`eor ${data["is_ipv4"] ? "IPv4" : "IPv6"}`];
    const id = data["path_id"] === undefined ? "" : ` #${data["path_id"]}`;
    const sign = data["action"] === "add" ? "+" : "-";
    return [`${sign} ${data["prefix"]}/${data["prefix_len"] ?? 0}${id}`];
  });
}

describe("a unicast route", () => {
  it("has the flags of its own RIB view and the fields of its own session, whatever came before it in one read", () => {
    const player = playerWith([peerUp()]);
    player.open(2);
    const route = { attributes: MANDATORY, nlri: "18c63364" };
    const sent = [[0x40, 1], [0x00, 1], [0x40, 2], [0x40, 1]] as const;
    const said = sent.map(([flags, session]) => {
      const [record] = player.frame(routeMonitoring(route, { flags }), session);
      return [record!.data["is_adj_rib_in_post_policy"], record!.data["session"]];
    });
    assert.deepEqual(said, [[true, "s1"], [false, "s1"], [true, "s2"], [true, "s1"]]);
  });

  it("has goBMP's members, then our own", () => {
    const player = playerWith([peerUp()]);
    const [route] = player.frame(routeMonitoring({ attributes: MANDATORY, nlri: "18c63364" }));
    const { data } = route!;
    const base = data["base_attrs"];
    assert.equal(route!.type, 74);
    assert.equal(route!.key, md5("192.0.2.1"));
    assert.deepEqual(data, {
      action: "add",
      hash: routeHash(data, ""),
      router_hash: md5("192.0.2.1"),
      router_ip: "192.0.2.1",
      base_attrs: base,
      peer_hash: data["peer_hash"],
      peer_ip: "192.0.2.2",
      peer_type: 0,
      peer_asn: 65001,
      timestamp: "2020-09-13T12:26:40.25Z",
      prefix: "198.51.100.0",
      prefix_len: 24,
      is_ipv4: true,
      origin_as: 65002,
      nexthop: "192.0.2.1",
      is_nexthop_ipv4: true,
      is_adj_rib_in_post_policy: false,
      is_adj_rib_out_post_policy: false,
      is_adj_rib_out: false,
      is_loc_rib: false,
      is_loc_rib_filtered: false,
      session: "s1",
      collector: "edge-1",
      router_source: "198.51.100.1",
      sequence: 2,
      received_at: RECEIVED_AT,
      part: 0,
    });
  });

  it("has no member of our own without extra fields", () => {
    const player = playerWith([peerUp()], { extraFields: false });
    const [route] = player.frame(routeMonitoring({ attributes: MANDATORY, nlri: "18c63364" }));
    const names = Object.keys(route!.data);
    assert.equal(names.at(-1), "is_loc_rib_filtered");
    assert.equal(names.length, 21);
  });

  it("goes on one topic for both families without split-af", () => {
    const player = playerWith([peerUp()], { splitAf: false });
    const attributes = MANDATORY + mpReach(2, 1, NEXT_HOP_V6, "2020010db8");
    const records = player.frame(routeMonitoring({ attributes, nlri: "18c63364" }));
    assert.deepEqual(records.map(({ type }) => type), [7, 7]);
  });

  it("hash is the contract's, for every length and path identifier, and the same in the withdrawal", () => {
    const modes = addPath([1, 1, 3], [2, 1, 3]);
    const player = playerWith([peerUp({}, { sent: modes, received: modes })]);
    const ids = [0, 1, 0x7fffffff];
    const v4 = ids.flatMap((id) =>
      ["08c6", "18c63364", "20c6336401"].map((prefix) => uint(id, 4) + prefix)
    ).join("");
    const v6 = ids.flatMap((id) =>
      ["2020010db8", "00", `80${"2001".repeat(8)}`].map((prefix) => uint(id, 4) + prefix)
    ).join("");
    const announced = player.frame(routeMonitoring({
      attributes: MANDATORY + mpReach(2, 1, NEXT_HOP_V6, v6),
      nlri: v4,
    }));
    const withdrawn = player.frame(routeMonitoring({
      withdrawn: v4,
      attributes: mpUnreach(2, 1, v6),
    }));
    assert.equal(announced.length, 18);
    for (const { data } of announced) {
      assert.equal(data["hash"], routeHash(data, ""));
      assert.equal(data["action"], "add");
    }
    const hashes = (records: RecordLine[]): unknown[] =>
      records.map(({ data }) => data["hash"]).sort();
    assert.equal(new Set(hashes(announced)).size, 18);
    assert.deepEqual(hashes(withdrawn), hashes(announced));
  });

  it("path identifiers are signed 32-bit numbers", () => {
    const modes = addPath([1, 1, 3]);
    const player = playerWith([peerUp({}, { sent: modes, received: modes })]);
    const ids = ["00000000", "00000001", "7fffffff", "80000000", "ffffffff"];
    const nlri = ids.map((id) => `${id}18c63364`).join("");
    const records = player.frame(routeMonitoring({ attributes: MANDATORY, nlri }));
    assert.deepEqual(
      records.map(({ data }) => data["path_id"]),
      [undefined, 1, 2147483647, -2147483648, -1],
    );
    for (const { data } of records) assert.equal(data["hash"], routeHash(data, ""));
  });

  it("prefixes keep their host bits; a zero length is absent", () => {
    const nlri = "00 01ff 09c6ff 17c63365 20ffffffff";
    const records = play(routeMonitoring({ attributes: MANDATORY, nlri }));
    assert.deepEqual(summary(records), [
      "+ 0.0.0.0/0",
      "+ 255.0.0.0/1",
      "+ 198.255.0.0/9",
      "+ 198.51.101.0/23",
      "+ 255.255.255.255/32",
    ]);
    assert.equal("prefix_len" in records[0]!.data, false);
  });

  it("labels are 20 bits each; a placeholder is none; the hash has none", () => {
    const nlri = "30003e81c63364 48003e80003e91c63364 30800000c63364 30000000c63364";
    const attributes = ORIGIN + AS_PATH + mpReach(1, 4, "c0000209", nlri);
    const records = play(routeMonitoring({ attributes }));
    assert.deepEqual(
      records.map(({ data }) => data["labels"]),
      [[1000], [1000, 1001], undefined, undefined],
    );
    assert.equal(new Set(records.map(({ data }) => data["hash"])).size, 1);
    assert.equal(records[0]!.data["hash"], routeHash(records[0]!.data, ""));
    assert.equal(records[0]!.data["prefix"], "198.51.100.0");
    assert.equal(records[0]!.data["nexthop"], "192.0.2.9");
  });

  it("colour and validation state come with MP routes only", () => {
    const communities = attribute(0xc0, 16, "030b0000000000004300000000000001");
    const attributes = MANDATORY + communities + mpReach(2, 1, NEXT_HOP_V6, "2020010db8");
    const records = play(routeMonitoring({ attributes, nlri: "18c63364" }));
    const shown = records.map(({ data }) => [data["color"], data["origin_validation"]]);
    assert.deepEqual(shown, [[0, "not-found"], [undefined, undefined]]);
  });

  const nextHops: [name: string, hex: string, text: string, isIpv4: boolean][] = [
    ["IPv4", "c0000201", "192.0.2.1", true],
    ["IPv4 behind a route distinguisher", "0000000000000000c0000201", "192.0.2.1", true],
    ["IPv6", NEXT_HOP_V6, "2001:db8::1", false],
    ["IPv4-mapped (6PE)", "00000000000000000000ffffc0000201", "192.0.2.1", true],
    ["IPv6 behind a route distinguisher", `0000000000000000${NEXT_HOP_V6}`, "2001:db8::1", false],
    [
      "global and link-local",
      `${NEXT_HOP_V6}fe80${"0".repeat(26)}02`,
      "2001:db8::1,fe80::2",
      false,
    ],
  ];
  for (const [name, hex, text, isIpv4] of nextHops) {
    it(`next hop: ${name}`, () => {
      for (const [afi, nlri] of [[1, "18c63364"], [2, "2020010db8"]] as const) {
        const attributes = ORIGIN + AS_PATH + mpReach(afi, 1, hex, nlri);
        const [route] = play(routeMonitoring({ attributes }));
        assert.equal(route!.data["nexthop"], text);
        assert.equal(route!.data["is_nexthop_ipv4"], isIpv4);
        assert.equal(route!.data["is_ipv4"], afi === 1);
      }
    });
  }

  it("RIB flags and table name", () => {
    const flagsOf = (peer: Parameters<typeof perPeer>[0]): unknown[] => {
      const table = peer?.type === 3 ? tlv(3, "626c7565") : "";
      const [route] = play(
        routeMonitoring({ attributes: MANDATORY, nlri: "18c63364" }, peer),
        [peerUp(peer, { tlvs: table })],
      );
      const { data } = route!;
      return [
        data["is_adj_rib_in_post_policy"],
        data["is_adj_rib_out_post_policy"],
        data["is_adj_rib_out"],
        data["is_loc_rib"],
        data["is_loc_rib_filtered"],
        data["table_name"],
      ];
    };
    const [no, yes, none] = [false, true, undefined];
    assert.deepEqual(flagsOf({ flags: 0x00 }), [no, no, no, no, no, none]);
    assert.deepEqual(flagsOf({ flags: 0x40 }), [yes, no, no, no, no, none]);
    assert.deepEqual(flagsOf({ flags: 0x10 }), [no, no, yes, no, no, none]);
    assert.deepEqual(flagsOf({ flags: 0x50 }), [no, yes, yes, no, no, none]);
    const locRib = { type: 3, address: "00000000" };
    assert.deepEqual(flagsOf({ ...locRib }), [no, no, no, yes, no, "blue"]);
    assert.deepEqual(flagsOf({ ...locRib, flags: 0x80 }), [no, no, no, yes, yes, "blue"]);
  });
});

describe("an UPDATE with several lists", () => {
  it("withdrawals first, then announcements; every MP attribute and both fields count", () => {
    const attributes = ORIGIN + mpReach(2, 1, NEXT_HOP_V6, "2020010db8") + AS_PATH +
      mpUnreach(2, 1, "2020010db9") + mpReach(1, 1, "c0000209", "18cb0071") + NEXT_HOP +
      mpUnreach(1, 4, "30800000cb0071") + mpReach(2, 1, NEXT_HOP_V6, "2020010dba");
    const records = play(routeMonitoring({
      withdrawn: "080a 080b",
      attributes,
      nlri: "18c63364 18c63365",
    }));
    assert.deepEqual(summary(records), [
      "- 10.0.0.0/8",
      "- 11.0.0.0/8",
      "- 2001:db9::/32",
      "- 203.0.113.0/24",
      "+ 2001:db8::/32",
      "+ 203.0.113.0/24",
      "+ 2001:dba::/32",
      "+ 198.51.100.0/24",
      "+ 198.51.101.0/24",
    ]);
    assert.deepEqual(records.map(({ data }) => data["part"]), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const nextHops = records.map(({ data }) => data["nexthop"]);
    assert.deepEqual(nextHops.slice(4), [
      "2001:db8::1",
      "192.0.2.9",
      "2001:db8::1",
      "192.0.2.1",
      "192.0.2.1",
    ]);
  });

  it("MP withdrawals have no next hop, those of a legacy UPDATE its own", () => {
    const attributes = MANDATORY + mpUnreach(2, 1, "2020010db9");
    const [legacy, mp] = play(routeMonitoring({ withdrawn: "080a", attributes, nlri: "080b" }));
    assert.equal(legacy!.data["nexthop"], "192.0.2.1");
    assert.equal(legacy!.data["origin_as"], 65002);
    assert.equal(mp!.data["nexthop"], undefined);
    assert.equal(mp!.data["is_nexthop_ipv4"], false);
  });

  it("withdrawals alone make no End-of-RIB", () => {
    assert.deepEqual(summary(play(routeMonitoring({ withdrawn: "080a" }))), ["- 10.0.0.0/8"]);
  });

  it("routes are counted by family", () => {
    const player = playerWith([peerUp()]);
    player.frame(routeMonitoring({
      withdrawn: "080a 080b",
      attributes: MANDATORY + mpReach(2, 1, NEXT_HOP_V6, "2020010db8"),
      nlri: "080c",
    }));
    assert.deepEqual(player.counts(), {
      "routes_withdrawn ipv4-unicast": 2,
      "routes_announced ipv6-unicast": 1,
      "routes_announced ipv4-unicast": 1,
    });
  });
});

describe("End-of-RIB (RFC 4724 section 2)", () => {
  const END_OF_RIB = 1004;

  it("of IPv4 unicast is an empty UPDATE", () => {
    const records = play(routeMonitoring({}));
    assert.deepEqual(records.map(({ type }) => type), [74, END_OF_RIB]);
    const { data } = records[0]!;
    assert.equal(data["action"], "add");
    assert.equal(data["is_eor"], true);
    for (const absent of ["hash", "base_attrs", "prefix", "nexthop"]) assert.ok(!(absent in data));
    assert.equal(records[1]!.data["family"], "ipv4-unicast");
  });

  it("of another family is an empty MP_UNREACH_NLRI", () => {
    const records = play(routeMonitoring({ attributes: mpUnreach(2, 1, "") }));
    assert.deepEqual(records.map(({ type }) => type), [76, END_OF_RIB]);
    assert.equal(records[0]!.data["action"], "del");
    const evpn = play(routeMonitoring({ attributes: mpUnreach(25, 70, "") }));
    assert.deepEqual(evpn.map(({ type }) => type), [END_OF_RIB]);
    assert.equal(evpn[0]!.data["afi"], 25);
    assert.equal(evpn[0]!.data["safi"], 70);
  });

  it("of several families in one UPDATE: each has its own", () => {
    const attributes = mpUnreach(2, 1, "") + mpUnreach(1, 4, "") + mpUnreach(25, 70, "");
    const records = play(routeMonitoring({ attributes }));
    assert.deepEqual(
      records.filter(({ type }) => type === END_OF_RIB).map(({ data }) => data["family"]),
      ["ipv6-unicast", "ipv4-labelled-unicast", "l2vpn-evpn"],
    );
    assert.deepEqual(summary(records), ["eor IPv6", "eor IPv4"]);
  });

  const none: [name: string, parts: Parameters<typeof routeMonitoring>[0]][] = [
    ["attributes that do not fit", { attributes: "4001" }],
    ["an empty MP_UNREACH_NLRI before attributes that do not fit", {
      attributes: `${mpUnreach(2, 1, "")}40`,
    }],
    ["an MP_UNREACH_NLRI with wrong flags", { attributes: attribute(0xc0, 15, "000201") }],
    ["a malformed MP_UNREACH_NLRI", { attributes: attribute(0x80, 15, "0002") }],
    ["attributes without routes", { attributes: MANDATORY }],
    ["an empty MP_REACH_NLRI", { attributes: MANDATORY + mpReach(2, 1, NEXT_HOP_V6, "") }],
    ["a prefix that does not read", { nlri: "ff" }],
  ];
  for (const [name, parts] of none) {
    it(`is not: ${name}`, () => {
      const records = play(routeMonitoring(parts));
      assert.ok(records.every(({ type, data }) => type !== END_OF_RIB && !data["is_eor"]));
    });
  }
});

describe("malformed attributes (RFC 7606)", () => {
  const badOrigin = attribute(0x40, 1, "09");

  it("treat-as-withdraw: announced routes of all lists are withdrawn, the session goes on", () => {
    const player = playerWith([peerUp()]);
    const attributes = badOrigin + AS_PATH + NEXT_HOP + mpReach(2, 1, NEXT_HOP_V6, "2020010db8") +
      mpUnreach(2, 1, "2020010db9");
    const records = player.frame(routeMonitoring({ withdrawn: "080a", attributes, nlri: "080b" }));
    assert.deepEqual(summary(records), [
      "- 10.0.0.0/8",
      "- 2001:db9::/32",
      "- 2001:db8::/32",
      "- 11.0.0.0/8",
      "! origin-value treat-as-withdraw",
    ]);
    assert.deepEqual(
      records.map(({ data }) => data["error_handling"]),
      [undefined, undefined, "treat-as-withdraw", "treat-as-withdraw", undefined],
    );
    assert.deepEqual(player.counts(), {
      "routes_withdrawn ipv4-unicast": 2,
      "routes_withdrawn ipv6-unicast": 2,
      "decode_errors origin-value": 1,
    });
    const next = player.frame(routeMonitoring({ attributes: MANDATORY, nlri: "080b" }));
    assert.deepEqual(summary(next), ["+ 11.0.0.0/8"]);
  });

  it("attribute discard: the routes stay", () => {
    const attributes = MANDATORY + attribute(0xc0, 7, "00");
    const records = play(routeMonitoring({ attributes, nlri: "080b" }));
    assert.deepEqual(summary(records), ["+ 11.0.0.0/8", "! aggregator-length attribute-discard"]);
  });

  it("LOCAL_PREF of an external peer is discarded, of an internal one it makes a withdrawal", () => {
    const attributes = MANDATORY + attribute(0x40, 5, "00");
    const frame = routeMonitoring({ attributes, nlri: "080b" });
    const external = play(frame, [peerUp({}, { localAs: 65000 })]);
    assert.deepEqual(summary(external), ["+ 11.0.0.0/8", "! local-pref-length attribute-discard"]);
    const internal = play(frame, [peerUp({}, { localAs: 65001 })]);
    assert.deepEqual(summary(internal), ["- 11.0.0.0/8", "! local-pref-length treat-as-withdraw"]);
  });

  it("missing mandatory ones (section 3 d)", () => {
    const nlri = "080b";
    const withdrawn = ["- 11.0.0.0/8", "! attribute-missing treat-as-withdraw"];
    assert.deepEqual(
      summary(play(routeMonitoring({ attributes: ORIGIN + NEXT_HOP, nlri }))),
      withdrawn,
    );
    assert.deepEqual(
      summary(play(routeMonitoring({ attributes: AS_PATH + NEXT_HOP, nlri }))),
      withdrawn,
    );
    const mp = mpReach(2, 1, NEXT_HOP_V6, "2020010db8");
    assert.deepEqual(summary(play(routeMonitoring({ attributes: ORIGIN + AS_PATH + mp }))), [
      "+ 2001:db8::/32",
    ]);
    // BGPsec_Path stands in the place of AS_PATH (RFC 8205 section 3).
    const { value } = VECTORS[33]!.good[0]!;
    const signed = ORIGIN + attribute(0x80, 33, value) + mp;
    assert.deepEqual(summary(play(routeMonitoring({ attributes: signed }))), ["+ 2001:db8::/32"]);
    assert.deepEqual(summary(play(routeMonitoring({ attributes: mp }))), [
      "- 2001:db8::/32",
      "! attribute-missing treat-as-withdraw",
      "! attribute-missing treat-as-withdraw",
    ]);
  });

  it("a malformed MP attribute loses its own routes only", () => {
    const cases: [attribute: string, code: string][] = [
      [attribute(0x80, 14, "00"), "mp-reach-length"],
      [attribute(0x80, 14, "000201ff00"), "mp-next-hop-length"],
      [mpReach(2, 1, "c00002", "2020010db8"), "mp-next-hop-length"],
      [attribute(0x80, 15, "0002"), "mp-unreach-length"],
    ];
    for (const [broken, code] of cases) {
      const attributes = MANDATORY + broken + mpReach(2, 1, NEXT_HOP_V6, "2020010db8");
      const records = play(routeMonitoring({ attributes, nlri: "080b" }));
      const routes = ["+ 2001:db8::/32", "+ 11.0.0.0/8"];
      assert.deepEqual(summary(records), [...routes, `! ${code} routes-dropped`]);
    }
  });

  it("MP routes with an empty next hop are kept without one", () => {
    const attributes = ORIGIN + AS_PATH + mpReach(2, 1, "", "2020010db8");
    const records = play(routeMonitoring({ attributes }));
    assert.deepEqual(summary(records), ["+ 2001:db8::/32", "! mp-next-hop-length route-kept"]);
    assert.equal("nexthop" in records[0]!.data, false);
    assert.equal(records[0]!.data["is_nexthop_ipv4"], false);
  });

  it("a broken list keeps the routes before the break", () => {
    const records = play(
      routeMonitoring({ attributes: MANDATORY, nlri: "080b 18c63364 21c6336401" }),
    );
    assert.deepEqual(summary(records), [
      "+ 11.0.0.0/8",
      "+ 198.51.100.0/24",
      "! nlri-prefix-length routes-dropped",
    ]);
  });

  it("a default route is never made up out of a broken list", () => {
    for (const nlri of ["000000", "00000001", "28c6336405", "0000000118c633", "ff00", "1800"]) {
      for (const modes of ["", addPath([1, 1, 3])]) {
        const before = [peerUp({}, { sent: modes, received: modes })];
        const frame = routeMonitoring({ attributes: MANDATORY, nlri });
        const routes = summary(play(frame, before)).filter((it) => it.startsWith("+"));
        // Three zero octets are three default routes, where path identifiers are not expected.
        const expected = nlri === "000000" && modes === "" ? new Array(3).fill("+ 0.0.0.0/0") : [];
        assert.deepEqual(routes.filter((it) => it.includes("0.0.0.0/0")), expected, nlri);
      }
    }
  });
});

describe("the record of an error", () => {
  it("has code, place from the start of the message, whose it is, and the message", () => {
    const frame = routeMonitoring({ attributes: attribute(0x40, 1, "09") + AS_PATH, nlri: "" });
    const [error] = play(frame);
    const { data } = error!;
    assert.equal(error!.type, DECODE_ERROR);
    assert.equal(data["code"], "origin-value");
    // 6 common header, 42 per-peer header, 19 BGP header, 4 lengths, 3 attribute header
    assert.equal(data["offset"], 6 + 42 + 19 + 4 + 3);
    assert.equal(
      data["error"],
      "in path attribute 1 (ORIGIN): origin-value at byte 74, expected 0, 1 or 2",
    );
    assert.equal(data["outcome"], "treat-as-withdraw");
    assert.equal(data["bmp_type"], 0);
    assert.equal(data["message"], frame.replace(/ /g, ""));
    assert.equal(data["peer_ip"], "192.0.2.2");
    assert.equal(data["sequence"], 2);
  });

  it("comes for the first 16 faults; all are counted", () => {
    const player = playerWith([peerUp()]);
    const attributes = attribute(0x00, 15, "000201").repeat(50);
    const records = player.frame(routeMonitoring({ attributes }));
    assert.equal(records.filter(({ type }) => type === DECODE_ERROR).length, 16);
    assert.equal(records.filter(({ data }) => "message" in data).length, 1);
    assert.equal(player.counts()["decode_errors attribute-flags"], 50);
  });

  const dropped: [name: string, frame: string, code: string, offset: number][] = [
    ["no UPDATE", bmp(0, `${perPeer()}${"ff".repeat(16)}001304`), "not-an-update", 66],
    ["no marker", bmp(0, `${perPeer()}00${update({}).slice(2)}`), "bgp-marker", 48],
    ["a length past the end", bmp(0, `${perPeer()}${"ff".repeat(16)}ffff02`), "bgp-length", 64],
    ["nothing", bmp(0, perPeer()), "bgp-length", 48],
    ["a short UPDATE", bmp(0, `${perPeer()}${"ff".repeat(16)}00150200`), "bgp-length", 64],
    ["no room for lengths", bmp(0, `${perPeer()}${"ff".repeat(16)}00140200`), "update-length", 67],
    ["no per-peer header", bmp(0, "00"), "per-peer-header", 6],
    ["an empty Peer Up", bmp(3, ""), "per-peer-header", 6],
    ["41 bytes of per-peer header", bmp(2, perPeer().slice(2)), "per-peer-header", 6],
    ["a Peer Up without addresses", bmp(3, perPeer()), "peer-up-length", 48],
    ["a Peer Down without reason", bmp(2, perPeer()), "peer-down-length", 48],
    ["a report without count", bmp(1, `${perPeer()}0000`), "statistics-length", 48],
  ];
  for (const [name, frame, code, offset] of dropped) {
    it(`${name}: the message is dropped, kept as bytes, and counted`, () => {
      const player = playerWith([peerUp()]);
      const records = player.frame(frame);
      assert.deepEqual(records.map(({ data }) => [data["code"], data["offset"], data["outcome"]]), [
        [code, offset, "message-dropped"],
      ]);
      assert.equal(records[0]!.data["message"], frame);
      assert.equal(player.counts()[`decode_errors ${code}`], 1);
    });
  }
});

describe("what was assumed is said", () => {
  const route = { attributes: MANDATORY, nlri: "18c63364" };

  it("no Peer Up", () => {
    const player = playerWith([]);
    const [record] = player.frame(routeMonitoring(route));
    assert.deepEqual(record!.data["assumed"], ["no_peer_up"]);
    assert.equal(record!.data["router_ip"], "198.51.100.1");
    assert.equal(player.counts()["assumed_readings no_peer_up"], 1);
  });

  it("path identifiers that nobody negotiated, and the AS width", () => {
    const narrow = attribute(0x40, 2, "0203 fde9 fdea fdeb");
    const [record] = play(routeMonitoring({
      attributes: ORIGIN + narrow + NEXT_HOP,
      nlri: "0000000118c63364 0000000218c63364",
    }));
    assert.deepEqual(record!.data["assumed"], ["as_width", "add_path"]);
    assert.equal(record!.data["path_id"], 1);
  });

  it("the A flag is no assumption", () => {
    const narrow = attribute(0x40, 2, "0203 fde9 fdea fdeb");
    const frame = { attributes: ORIGIN + narrow + NEXT_HOP, nlri: "18c63364" };
    const [record] = play(routeMonitoring(frame, { flags: 0x20 }));
    assert.equal(record!.data["assumed"], undefined);
    assert.equal(record!.data["origin_as"], 65003);
  });
});

describe("TLVs beside the UPDATE", () => {
  it("of Huawei behind it, in version 3", () => {
    const body = perPeer() + update({ attributes: MANDATORY, nlri: "18c63364" }) +
      tlv(0xea62, "00000001") + tlv(1, "");
    const [record] = play(bmp(0, body));
    assert.deepEqual(record!.data["bmp_tlvs"], [{ type: 0xea62, hex: "00000001" }, {
      type: 1,
      hex: "",
    }]);
  });

  it("other bytes behind it are an error, and the routes are kept", () => {
    const body = perPeer() + update({ attributes: MANDATORY, nlri: "18c63364" }) + "000100";
    assert.deepEqual(summary(play(bmp(0, body))), [
      "+ 198.51.100.0/24",
      "! bytes-after-update tlv-ignored",
    ]);
  });

  it("of version 4, with a capability that holds for the message alone", () => {
    const pdu = update({ attributes: MANDATORY, nlri: "0000000718c63364" });
    const body = perPeer() + indexedTlv(3, 0, "626c7565") + indexedTlv(1, 0, addPath([1, 1, 3])) +
      indexedTlv(4, 0, pdu);
    const player = playerWith([peerUp()]);
    const [record] = player.frame(bmp(0, body, 4));
    assert.equal(record!.data["path_id"], 7);
    assert.equal(record!.data["assumed"], undefined);
    const tlvs = record!.data["bmp_tlvs"] as unknown as { kind: string; text?: string }[];
    assert.deepEqual(tlvs.map(({ kind }) => kind), ["table-name", "stateless-parsing"]);
    assert.equal(tlvs[0]!.text, "blue");
    // The next message knows nothing of it.
    const [next] = player.frame(routeMonitoring({ attributes: MANDATORY, nlri: "18c63364" }));
    assert.equal(next!.data["path_id"], undefined);
    assert.equal("bmp_tlvs" in next!.data, false);
  });

  it("of version 4: the UPDATE ends where its TLV does", () => {
    const parts = { attributes: MANDATORY, nlri: "18c63364" };
    const pdu = update(parts).replace(/\s/g, "");
    // A BGP length that takes in the next TLV: 6 bytes of header that would read as routes.
    const longer = pdu.slice(0, 32) + uint(pdu.length / 2 + 6, 2) + pdu.slice(36);
    const body = perPeer() + indexedTlv(4, 0, longer) + indexedTlv(0, 0, "");
    assert.deepEqual(summary(play(bmp(0, body, 4))), ["! bgp-length message-dropped"]);
    const trailing = perPeer() + indexedTlv(4, 0, `${pdu}aabb`);
    assert.deepEqual(summary(play(bmp(0, trailing, 4))), [
      "+ 198.51.100.0/24",
      "! bytes-after-update tlv-ignored",
    ]);
  });

  it("are bounded in what they become, not only in what they are", () => {
    const capabilities = "0200".repeat(3000);
    const body = perPeer() + indexedTlv(1, 0, capabilities) +
      indexedTlv(4, 0, update({ attributes: MANDATORY, nlri: "18c63364" }));
    const records = play(bmp(0, body, 4));
    assert.deepEqual(summary(records), ["+ 198.51.100.0/24", "! tlvs-too-long tlv-ignored"]);
    assert.equal("bmp_tlvs" in records[0]!.data, false);
  });

  it("more than records can carry are left out, which the record of an error says", () => {
    const parts = { attributes: MANDATORY, nlri: "18c63364 18c63365" };
    const behind = bmp(0, perPeer() + update(parts) + tlv(1, "").repeat(300));
    const beside = bmp(
      0,
      perPeer() + indexedTlv(9, 0, "ab".repeat(9000)) + indexedTlv(4, 0, update(parts)),
      4,
    );
    for (const frame of [behind, beside]) {
      const records = play(frame);
      assert.deepEqual(summary(records), [
        "+ 198.51.100.0/24",
        "+ 198.51.101.0/24",
        "! tlvs-too-long tlv-ignored",
      ]);
      assert.equal("bmp_tlvs" in records[0]!.data, false);
      assert.equal(records[2]!.data["message"], frame.replace(/\s/g, ""));
    }
  });

  it("of version 4 without an UPDATE", () => {
    const records = play(bmp(0, perPeer() + indexedTlv(3, 0, "626c7565"), 4));
    assert.deepEqual(summary(records), ["! bgp-message-tlv message-dropped"]);
  });
});

describe("families without a decoder", () => {
  it("keep their bytes", () => {
    const player = playerWith([peerUp()]);
    const attributes = ORIGIN + AS_PATH + mpReach(57, 65, "c0000201", "0011aabb");
    const [record] = player.frame(routeMonitoring({ attributes }));
    assert.equal(record!.type, 1005);
    assert.equal(record!.data["action"], "add");
    assert.equal(record!.data["afi"], 57);
    assert.equal(record!.data["safi"], 65);
    assert.deepEqual(record!.data["nlri"], { hex: "0011aabb" });
    assert.equal(record!.data["nexthop"], "192.0.2.1");
    assert.deepEqual(player.counts(), { "unknown_families other": 1 });
  });

  it("keep a next hop of a length that no RFC has, as bytes", () => {
    const attributes = ORIGIN + AS_PATH + mpReach(57, 65, "c000020107", "0011aabb");
    const records = play(routeMonitoring({ attributes }));
    assert.deepEqual(records.map(({ type }) => type), [1005, DECODE_ERROR]);
    const { data } = records[0]!;
    assert.equal(data["nexthop_hex"], "c000020107");
    assert.equal("nexthop" in data, false);
    assert.deepEqual(data["nlri"], { hex: "0011aabb" });
    assert.deepEqual(summary(records), ["! mp-next-hop-length field-ignored"]);
  });

  it("the reserved family 0/0 is named too", () => {
    const records = [
      ...play(routeMonitoring({ attributes: mpUnreach(0, 0, "00") })),
      ...play(routeMonitoring({ attributes: mpUnreach(0, 0, "") })),
    ];
    assert.deepEqual(
      records.map(({ type, data }) => [type, data["afi"], data["safi"], data["family"]]),
      [[1005, 0, 0, "afi-0-safi-0"], [1004, 0, 0, "afi-0-safi-0"]],
    );
  });

  it("are counted under few names, however many a router makes up", () => {
    const player = playerWith([peerUp()]);
    for (let afi = 100; afi < 400; afi++) {
      player.frame(routeMonitoring({ attributes: mpUnreach(afi, 99, "") }));
      player.frame(routeMonitoring({ attributes: mpUnreach(afi, 99, "00") }));
    }
    assert.deepEqual(player.counts(), { "end_of_rib other": 300, "unknown_families other": 300 });
  });
});
