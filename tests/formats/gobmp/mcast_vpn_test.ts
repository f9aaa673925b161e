import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addPath, MANDATORY, mpReach, mpUnreach, peerUp, routeMonitoring } from "../../building.ts";
import type { RecordLine } from "../../corpus/records.ts";
import { playerWith } from "./sessions.ts";

const NEXT_HOP = "c0000201";
const NEXT_HOP_V6 = "20010db8000000000000000000000001";
/** RD 65001:100, source 10.1.1.1, group 239.1.1.1. */
const SOURCE_ACTIVE = "05120000fde900000064200a01010120ef010101";
/** An originator of 3 octets. */
const BROKEN = "010b00000064000000640a0001";
const LEAF = `0412020c0000fde9000000640000fde9${NEXT_HOP}`;

function play(attributes: string, options: Parameters<typeof playerWith>[1] = {}): RecordLine[] {
  return playerWith([peerUp()], options).frame(routeMonitoring({ attributes }));
}

describe("an MCAST-VPN route", () => {
  it("has a topic by AFI, whatever split-af says", () => {
    for (const splitAf of [true, false]) {
      const types = [1, 2].map((afi) =>
        play(MANDATORY + mpReach(afi, 5, NEXT_HOP, SOURCE_ACTIVE), { splitAf })[0]!
      );
      assert.deepEqual(types.map(({ type, data }) => [type, data["is_ipv4"]]), [
        [204, true],
        [206, false],
      ]);
    }
  });

  it("says of which family its next hop is", () => {
    for (const [nextHop, isIpv4] of [[NEXT_HOP, true], [NEXT_HOP_V6, false]] as const) {
      const [route] = play(MANDATORY + mpReach(1, 5, nextHop, SOURCE_ACTIVE));
      assert.equal(route!.data["is_nexthop_ipv4"], isIpv4);
    }
  });

  it("is withdrawn without a next hop", () => {
    const [route, ...more] = play(mpUnreach(1, 5, SOURCE_ACTIVE));
    const { action, nexthop, is_nexthop_ipv4, multicast_group } = route!.data;
    assert.deepEqual(
      { action, nexthop, is_nexthop_ipv4, multicast_group },
      { action: "del", nexthop: undefined, is_nexthop_ipv4: false, multicast_group: "239.1.1.1" },
    );
    assert.deepEqual(more, []);
  });

  it("survives a broken neighbour", () => {
    const records = play(
      MANDATORY + mpReach(1, 5, NEXT_HOP, SOURCE_ACTIVE + BROKEN + SOURCE_ACTIVE),
    );
    assert.deepEqual(records.map(({ type, data }) => [type, data["code"]]), [
      [204, undefined],
      [204, undefined],
      [1007, "nlri-address-length"],
    ]);
  });

  it("has a path identifier where that was negotiated", () => {
    const modes = addPath([1, 5, 3]);
    const player = playerWith([peerUp({}, { sent: modes, received: modes })]);
    const [route] = player.frame(
      routeMonitoring({
        attributes: MANDATORY + mpReach(1, 5, NEXT_HOP, `00000007${SOURCE_ACTIVE}`),
      }),
    );
    assert.equal(route!.data["path_id"], 7);
    assert.equal(route!.data["assumed"], undefined);
  });

  it("has goBMP's fields alone without own fields", () => {
    const [leaf] = play(MANDATORY + mpReach(1, 5, NEXT_HOP, LEAF), { extraFields: false });
    const names = Object.keys(leaf!.data);
    assert.deepEqual(names.slice(names.indexOf("base_attrs")), [
      "base_attrs",
      "route_type",
      "originator_ip",
      "route_key",
      "nexthop",
      "is_ipv4",
      "is_nexthop_ipv4",
    ]);
  });

  it("ends with our End-of-RIB", () => {
    const records = play(mpUnreach(2, 5, ""));
    assert.deepEqual(records.map(({ type, data }) => [type, data["family"]]), [
      [1004, "ipv6-mcast-vpn"],
    ]);
  });
});
