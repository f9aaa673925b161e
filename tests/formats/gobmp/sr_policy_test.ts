import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../../corpus/corpus.ts";
import {
  addPath,
  AS_PATH,
  attribute,
  mpReach,
  mpUnreach,
  ORIGIN,
  peerUp,
  routeMonitoring,
} from "../../building.ts";
import type { RecordLine } from "../../corpus/records.ts";
import { TUNNEL_ENCAPSULATION_VECTORS } from "../../vectors/attributes/023_tunnel_encapsulation.ts";
import { playerWith } from "./sessions.ts";

const NEXT_HOP = "c0000201";
/** Distinguisher 1, color 100, endpoint 10.0.0.9. */
const POLICY = "6000000001000000640a000009";
const POLICY_2 = "6000000002000000c80a000009";
const POLICY_V6 = "c0000000010000006420010db8000000000000000000000009";
/** Preference 100, segment type A. */
const TUNNEL = "000f001c 0c06000000000064 800011 00 0906000000000001 0106000003e81000";

function play(
  attributes: string,
  options: Parameters<typeof playerWith>[1] = {},
  withPaths = false,
): RecordLine[] {
  const modes = addPath([1, 73, 3]);
  const player = playerWith([
    withPaths ? peerUp({}, { sent: modes, received: modes }) : peerUp(),
  ], options);
  return player.frame(routeMonitoring({ attributes: ORIGIN + AS_PATH + attributes }));
}

function tunnels(value: string): string {
  return attribute(0xc0, 23, value);
}

function reach(nlri: string, afi = 1): string {
  return mpReach(afi, 73, NEXT_HOP, nlri);
}

describe("an SR policy", () => {
  it("has a topic by AFI, or one for both", () => {
    const types = (splitAf: boolean) =>
      [reach(POLICY), reach(POLICY_V6, 2)].map((it) =>
        play(tunnels(TUNNEL) + it, { splitAf })[0]!.type
      );
    assert.deepEqual(types(true), [154, 156]);
    assert.deepEqual(types(false), [15, 15]);
  });

  it("is one record per NLRI (B15)", () => {
    const records = play(tunnels(TUNNEL) + reach(POLICY + POLICY_2));
    const shown = records.map(({ data }) => [
      data["distinguisher"],
      data["color"],
      data["endpoint_address"],
      data["preference_subtlv"],
    ]);
    const preference = { flags: 0, preference: 100 };
    assert.deepEqual(shown, [
      [1, 100, "10.0.0.9", preference],
      [2, 200, "10.0.0.9", preference],
    ]);
  });

  it("is withdrawn without its path", () => {
    const [route, ...more] = play(mpUnreach(1, 73, POLICY));
    assert.deepEqual(more, []);
    assert.equal(route!.data["action"], "del");
    assert.equal(route!.data["endpoint"], "CgAACQ==");
    assert.equal(route!.data["is_nexthop_ipv4"], true);
    assert.equal(route!.data["segment_list_subtlv"], undefined);
  });

  it("survives a broken neighbour", () => {
    const records = play(tunnels(TUNNEL) + reach(POLICY + POLICY_V6 + POLICY_2));
    assert.deepEqual(records.map(({ type, data }) => [type, data["code"] ?? data["color"]]), [
      [154, 100],
      [154, 200],
      [1007, "sr-policy-length"],
    ]);
  });

  it("has a path identifier where that was negotiated", () => {
    const [route] = play(tunnels(TUNNEL) + reach(`00000007${POLICY}`), {}, true);
    assert.equal(route!.data["path_id"], 7);
    assert.equal(route!.data["assumed"], undefined);
  });

  it("is withdrawn by a malformed path (RFC 9830 section 5)", () => {
    const records = play(tunnels("000f00060c0400000064") + reach(POLICY));
    const [route, error] = records;
    assert.equal(records.length, 2);
    assert.equal(route!.data["action"], "del");
    assert.equal(route!.data["error_handling"], "treat-as-withdraw");
    assert.equal(route!.data["preference_subtlv"], undefined);
    assert.equal(error!.data["code"], "sr-policy-preference-length");
  });

  it("has no path without the attribute, or in a tunnel of another type", () => {
    for (const path of ["", tunnels("000800040702 0000")]) {
      const [route] = play(path + reach(POLICY));
      assert.equal(route!.data["action"], "add");
      assert.equal(route!.data["preference_subtlv"], undefined);
    }
  });

  it("has own fields only where these are wanted", () => {
    const [route] = play(tunnels(TUNNEL) + reach(POLICY), { extraFields: false });
    assert.equal(route!.data["endpoint_address"], undefined);
    assert.notEqual(route!.data["segment_list_subtlv"], undefined);
  });
});

describe("the path of an SR policy", () => {
  function path(name: string): JsonObject {
    const { value } = TUNNEL_ENCAPSULATION_VECTORS.good.find((it) => it.name === name)!;
    return play(tunnels(value) + reach(POLICY))[0]!.data;
  }

  function firstSegment(name: string): unknown {
    const [list] = path(name)["segment_list_subtlv"] as unknown as { segments: unknown[] }[];
    return list!.segments[0];
  }

  const noFlags = { v_flag: false, a_flag: false, s_flag: false, b_flag: false };

  it("has both names without their reserved octet, and sub-TLV 20 as binding SID (B15)", () => {
    const data = path("SR policy: SRv6 binding SID, segment type B with behavior, both names");
    assert.equal(data["policy_name"], "my-policy");
    assert.equal(data["policy_path_name"], "primary");
    assert.deepEqual(data["binding_sid"], {
      bsid_type: 3,
      bsid: { srv6_bsid: "/AAAAAAAAAAAAAAAAAAAAQ==" },
    });
    assert.deepEqual(data["srv6_binding_sids"], [
      { flags: 0, s_flag: false, i_flag: false, b_flag: false, srv6_sid: "fc00::1" },
    ]);
  });

  it("has segments of type B with behavior (B15)", () => {
    assert.deepEqual(
      firstSegment("SR policy: SRv6 binding SID, segment type B with behavior, both names"),
      {
        segment_type: 13,
        flags: { ...noFlags, b_flag: true },
        srv6_sid: "/AAAAAAAAAAAAAAAAAAAAQ==",
        srv6_endpoint_behavior: "AEEAACAAEAA=",
      },
    );
  });

  it("has segments in goBMP's form", () => {
    assert.deepEqual(firstSegment("segment type C with SID"), {
      segment_type: 3,
      flags: { ...noFlags, v_flag: true },
      sr_algorithm: 1,
      ipv4_address: "CgAAAQ==",
      sid: 1000,
    });
    assert.deepEqual(firstSegment("segment type C without SID"), {
      segment_type: 3,
      flags: noFlags,
      ipv4_address: "wAACAQ==",
    });
    assert.deepEqual(firstSegment("segment type I with SID, behavior and structure"), {
      segment_type: 14,
      flags: { v_flag: false, a_flag: true, s_flag: true, b_flag: true },
      sr_algorithm: 128,
      ipv6_node_address: "IAENuAABAAAAAAAAAAAAAQ==",
      srv6_sid: "IAENuP//AAAAAAAAAAAAAQ==",
      srv6_endpoint_behavior: "AAEAABAAAAA=",
    });
  });

  it("keeps an unknown segment (B15)", () => {
    assert.deepEqual(firstSegment("a segment of unknown type, kept"), {
      segment_type: 221,
      value: "00000264",
    });
  });

  it("has the first of sub-TLVs that may stand once, and label 0", () => {
    const value =
      "000f0020 0c0600000000000a 0c06000000000014 0d06 0000 00000100 0f02 0500 0f02 0900";
    const { data } = play(tunnels(value) + reach(POLICY))[0]!;
    assert.deepEqual(data["preference_subtlv"], { flags: 0, preference: 10 });
    assert.deepEqual(data["binding_sid"], { bsid_type: 2, bsid: {} });
    assert.equal(data["priority_subtlv"], 5);
  });

  it("has a binding SID that the headend chooses", () => {
    assert.deepEqual(path("SR policy: no binding SID")["binding_sid"], {
      bsid_type: 1,
      bsid: { flags: 192 },
    });
  });
});

describe("End-of-RIB of SR policies", () => {
  it("is a record of its own", () => {
    const player = playerWith([peerUp()]);
    const records = player.frame(routeMonitoring({ attributes: mpUnreach(1, 73, "") }));
    assert.deepEqual(records.map(({ type, data }) => [type, data["family"]]), [
      [1004, "ipv4-sr-policy"],
    ]);
  });
});
