import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RecordLine } from "../../corpus/records.ts";
import {
  addPath,
  attribute,
  MANDATORY,
  mpReach,
  mpUnreach,
  peerUp,
  routeMonitoring,
  uint,
} from "../../building.ts";
import { BGP_LS_VECTORS } from "../../vectors/nlri/071_bgp_ls.ts";
import { playerWith } from "./sessions.ts";

const NEXT_HOP = "c0000202";
const NODE = 8;
const LINK = 9;
const PREFIX = 12;
const SRV6_SID = 13;
const OTHER_NLRI = 1005;
const DECODE_ERROR = 1007;

/** Node of IS-IS level 2, system 9 of AS 65001, identifier 2^63. */
const NODE_NLRI = nlri(
  1,
  "02 8000000000000000 0100 0012 0200 0004 0000fde9 0203 0006 000000000009",
);
/** 10.0.0.9/32 of that node. */
const PREFIX_NLRI = nlri(
  3,
  "02 0000000000000000 0100 0012 0200 0004 0000fde9 0203 0006 000000000009 0109 0005 20 0a000009",
);
const BROKEN_NLRI = nlri(1, "02 0000000000000000 0100 0007 0200 0003 00fde9");
/** Node Name r1. */
const ATTRIBUTE = attribute(0x80, 29, "0402 0002 7231".replaceAll(" ", ""));

function nlri(type: number, body: string): string {
  const hex = body.replaceAll(" ", "");
  return uint(type, 2) + uint(hex.length / 2, 2) + hex;
}

function vector(name: string): string {
  return BGP_LS_VECTORS.good.find((it) => it.name === name)!.nlri;
}

function announce(list: string, safi = 71, before = [peerUp()], options = {}): RecordLine[] {
  const attributes = MANDATORY + ATTRIBUTE + mpReach(16388, safi, NEXT_HOP, list);
  return playerWith(before, options).frame(routeMonitoring({ attributes }));
}

function types(records: readonly RecordLine[]): number[] {
  return records.map(({ type }) => type);
}

describe("link-state records", () => {
  it("are of goBMP's type by NLRI, whatever split-af says", () => {
    const list = [
      "an SRv6 SID",
      "a link of topology 2 with IPv6 addresses",
      "an IPv6 prefix of 120 bits",
      "an IPv4 prefix of universe 700",
    ].map(vector).join("") + NODE_NLRI;
    for (const splitAf of [false, true]) {
      const records = announce(list, 71, [peerUp()], { splitAf });
      assert.deepEqual(types(records), [SRV6_SID, LINK, PREFIX, PREFIX, NODE]);
      for (const { key, data } of records) assert.equal(key, data["router_hash"]);
    }
  });

  it("have our own fields behind goBMP's, unless they are not wanted", () => {
    const before = [
      peerUp({}, { sent: addPath([16388, 71, 3]), received: addPath([16388, 71, 3]) }),
    ];
    const list = `00000007${PREFIX_NLRI}`;
    const [own] = announce(list, 71, before);
    const [plain] = announce(list, 71, before, { extraFields: false });
    const { data } = own!;
    assert.equal(data["path_id"], 7);
    assert.equal(data["family"], "bgp-ls");
    assert.deepEqual(data["nlri"], {
      type: 3,
      protocol_id: 2,
      identifier: 0,
      local_node: { hash: data["local_node_hash"], asn: 65001, igp_router_id: "0000.0000.0009" },
      prefix: { address: "10.0.0.9", length: 32 },
    });
    assert.equal((data["base_attrs"] as { nexthop: string }).nexthop, "192.0.2.1");
    for (const field of ["path_id", "family", "nlri", "base_attrs"]) {
      assert.equal(plain!.data[field], undefined, field);
    }
    assert.equal(plain!.data["prefix"], "10.0.0.9");
  });

  it("read the identifier as a signed number, and say the exact one in nlri", () => {
    const player = playerWith([peerUp()]);
    const attributes = MANDATORY + mpReach(16388, 71, NEXT_HOP, NODE_NLRI);
    player.frame(routeMonitoring({ attributes }));
    assert.match(player.text, /"domain_id":-9223372036854775808[,}]/);
    assert.match(player.text, /"identifier":9223372036854775808[,}]/);
  });

  it("have the attribute's fields and the next hop with announcements, also of VPNs and BGP's shortest paths", () => {
    const rd = "0000fde900000064";
    const vpn = uint(1, 2) + uint(39, 2) + rd + NODE_NLRI.slice(8);
    for (const safi of [72, 128]) {
      const [{ type, data }] = announce(vpn, safi) as [RecordLine];
      assert.equal(type, NODE);
      assert.equal(data["name"], "r1");
      assert.equal(data["route_distinguisher"], "65001:100");
    }
    const [{ type, data }] = announce(PREFIX_NLRI, 80) as [RecordLine];
    assert.equal(type, PREFIX);
    assert.equal(data["nexthop"], "192.0.2.2");
    assert.equal(data["family"], "bgp-ls-spf");
  });

  it("know a route distinguisher before the NLRI type, where goBMP expects it", () => {
    const texts = ["0000fde900000064", "0001c00002010064", "00020000fdea0064"].map((rd) => {
      const records = announce(rd + NODE_NLRI + rd + PREFIX_NLRI, 72);
      assert.deepEqual(types(records), [NODE, PREFIX]);
      return records.map(({ data }) => data["route_distinguisher"]);
    });
    assert.deepEqual(texts.flat(), [
      ...["65001:100", "65001:100"],
      ...["192.0.2.1:100", "192.0.2.1:100"],
      ...["65002:100", "65002:100"],
    ]);
  });

  it("are del records of withdrawals", () => {
    const player = playerWith([peerUp()]);
    const attributes = mpUnreach(16388, 71, NODE_NLRI + PREFIX_NLRI);
    const records = player.frame(routeMonitoring({ attributes }));
    assert.deepEqual(types(records), [NODE, PREFIX]);
    for (const { data } of records) {
      assert.equal(data["action"], "del");
      assert.equal(data["nexthop"], undefined);
      assert.equal(data["igp_router_id"], "0000.0000.0009");
    }
  });

  it("survive a broken neighbour", () => {
    const records = announce(NODE_NLRI + BROKEN_NLRI + PREFIX_NLRI);
    assert.deepEqual(types(records), [NODE, PREFIX, DECODE_ERROR]);
    assert.equal(records[2]!.data["code"], "ls-tlv-value-length");
    assert.equal(records[2]!.data["outcome"], "routes-dropped");
  });

  it("are those before an NLRI without end", () => {
    const records = announce(`${NODE_NLRI}0001ffff00`);
    assert.deepEqual(types(records), [NODE, DECODE_ERROR]);
    assert.equal(records[1]!.data["code"], "ls-nlri-length");
  });

  it("stay when the attribute is broken, which is told once", () => {
    const attributes = MANDATORY + attribute(0x80, 29, "0402ffff") +
      mpReach(16388, 71, NEXT_HOP, NODE_NLRI + PREFIX_NLRI);
    const records = playerWith([peerUp()]).frame(routeMonitoring({ attributes }));
    assert.deepEqual(types(records).slice(0, 2), [NODE, PREFIX]);
    assert.equal(records[0]!.data["name"], undefined);
    assert.deepEqual(types(records).slice(2), [DECODE_ERROR]);
  });
});

describe("a link-state record's fields of both NLRI and attribute", () => {
  const link = (more: string) =>
    nlri(
      2,
      `02 0000000000000000 0100 0008 0203 0004 0a000001 0101 0008 0203 0004 0a000002 ${more}`,
    );
  /** Link identifiers 1 and 2, both router identifiers, IPv4 one of the other end. */
  const values = attribute(
    0x80,
    29,
    ("0102 0008 00000001 00000002 0404 0004 0a000001" +
      "0405 0010 20010db8000000000000000000000001 0406 0004 0a000002").replaceAll(" ", ""),
  );
  const play = (list: string, flags = 0) => {
    const peer = flags === 0 ? {} : { flags, address: "20010db8000000000000000000000002" };
    const attributes = MANDATORY + values + mpReach(16388, 71, NEXT_HOP, list);
    return playerWith([peerUp(peer)]).frame(routeMonitoring({ attributes }, peer))[0]!.data;
  };

  it("are the NLRI's, else the attribute's", () => {
    const ids = (data: RecordLine["data"]) => [data["local_link_id"], data["remote_link_id"]];
    assert.deepEqual(ids(play(link(""))), [1, 2]);
    assert.deepEqual(ids(play(link("0102 0008 00000007 00000000"))), [7, undefined]);
  });

  it("are of the family of the peer, else of the other", () => {
    for (const flags of [0, 0x80]) {
      const data = play(link(""), flags);
      assert.equal(data["router_id"], flags === 0 ? "10.0.0.1" : "2001:db8::1");
      assert.equal(data["remote_router_id"], "10.0.0.2");
    }
  });
});

describe("what goBMP has no link-state record for", () => {
  for (
    const name of [
      "a candidate path of an SR policy, IPv4",
      "a stub link, whose type no standard has",
      "a prefix NLRI without prefix (RFC 9552 section 8.2.2: no malformed one)",
    ]
  ) {
    it(`is of type 1005: ${name}`, () => {
      const [{ type, data }] = announce(vector(name)) as [RecordLine];
      assert.equal(type, OTHER_NLRI);
      assert.equal(data["safi"], 71);
      assert.equal(data["nexthop"], "192.0.2.2");
      const { type: nlriType } = data["nlri"] as { type: number };
      assert.equal(nlriType, Number.parseInt(vector(name).slice(0, 4), 16));
    });
  }

  it("is an End-of-RIB of type 1004", () => {
    const end = playerWith([peerUp()]).frame(routeMonitoring({
      attributes: mpUnreach(16388, 71, ""),
    }));
    assert.deepEqual(types(end), [1004]);
  });
});
