import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  addPath,
  attribute,
  MANDATORY,
  mpReach,
  mpUnreach,
  peerUp,
  routeMonitoring,
} from "../../building.ts";
import type { JsonObject } from "../../corpus/corpus.ts";
import type { RecordLine } from "../../corpus/records.ts";
import { FAMILY_VECTORS } from "../../vectors/nlri/index.ts";
import { playerWith } from "./sessions.ts";

const NEXT_HOP = "c0000201";
const NEXT_HOP_V6 = "20010db8000000000000000000000001";
const RD = "0001c00002010064";
const ESI = "01112233445566000700";
const MAC_IP = `0225${RD}${ESI}0000006430aabbccddeeff200a01010100271a`;
const MAC_IPV6 = `0231${RD}${ESI}0000006430aabbccddeeff80${NEXT_HOP_V6}00271a`;
const INCLUSIVE = `0311${RD}00000064200a000001`;
const SELECTIVE = `061c${RD}00000064200a01010120ef010101200a00000102`;
const LEAF = `0b18${INCLUSIVE}200a000002`;
/** A MAC address of 8 bits. */
const BROKEN = `0221${RD}${ESI}0000006408aabbccddeeff0000271a`;
/** Ingress replication, VNI 10010, endpoint 10.0.0.1. */
const PMSI_TUNNEL = attribute(0xc0, 22, "000600271a0a000001");

const VPLS = `0011${RD}0005000100080f4240`;
const AUTO_DISCOVERY = `000c${RD}0a000001`;
const LAYER_2_VPN = `0015${RD}0005000100080f424001000840`;
const UNSIZED = `0013${RD}000500010f424001000840`;

function play(attributes: string, options: Parameters<typeof playerWith>[1] = {}): RecordLine[] {
  return playerWith([peerUp()], options).frame(routeMonitoring({ attributes }));
}

function evpn(nlri: string, options: Parameters<typeof playerWith>[1] = {}): RecordLine[] {
  return play(MANDATORY + PMSI_TUNNEL + mpReach(25, 70, NEXT_HOP, nlri), options);
}

/** A VPLS record beside these extended communities. */
function vpls(nlri: string, communities = "", options = {}): JsonObject {
  const beside = communities === "" ? "" : attribute(0xc0, 16, communities);
  return play(MANDATORY + beside + mpReach(25, 65, NEXT_HOP, nlri), options)[0]!.data;
}

/** The members of `record` that `expected` has. */
function assertMembers(record: JsonObject, expected: Readonly<Record<string, unknown>>): void {
  assert.deepEqual(
    Object.fromEntries(Object.keys(expected).map((name) => [name, record[name]])),
    expected,
  );
}

describe("an EVPN route", () => {
  it("has one topic, and the router's key", () => {
    for (const splitAf of [true, false]) {
      const records = evpn(MAC_IP + MAC_IPV6, { splitAf });
      assert.deepEqual(records.map(({ type }) => type), [14, 14]);
      for (const { key, data } of records) assert.equal(key, data["router_hash"]);
    }
  });

  it("has goBMP's fields in goBMP's forms", () => {
    assertMembers(evpn(MAC_IP)[0]!.data, {
      action: "add",
      remote_bgp_id: "192.0.2.2",
      is_ipv4: true,
      origin_as: 65002,
      nexthop: "192.0.2.1",
      is_nexthop_ipv4: true,
      labels: [625],
      rawlabels: [10010],
      vpn_rd: "192.0.2.1:100",
      vpn_rd_type: 1,
      eth_segment_id: "01:11:22:33:44:55:66:00:07:00",
      eth_tag: "AAAAZA==",
      ip_address: "10.1.1.1",
      ip_len: 32,
      mac: "aa:bb:cc:dd:ee:ff",
      mac_len: 48,
      route_type: 2,
    });
  });

  it("says of which family its address and its next hop are", () => {
    const [host] = play(MANDATORY + mpReach(25, 70, NEXT_HOP_V6, MAC_IPV6));
    assertMembers(host!.data, { is_ipv4: false, is_nexthop_ipv4: false, ip_len: 128 });
  });

  it("has the PMSI tunnel on type 3 alone", () => {
    const [inclusive, selective] = evpn(INCLUSIVE + SELECTIVE);
    const base = inclusive!.data["base_attrs"] as JsonObject;
    assert.deepEqual(inclusive!.data["pmsi_tunnel"], base["pmsi_tunnel"]);
    assertMembers(inclusive!.data, { ip_address: "10.0.0.1", ip_len: 32, originator: undefined });
    assert.equal(selective!.data["pmsi_tunnel"], undefined);
  });

  it("goes out without a malformed PMSI tunnel", () => {
    const tunnel = attribute(0xc0, 22, "0006");
    const records = play(MANDATORY + tunnel + mpReach(25, 70, NEXT_HOP, INCLUSIVE));
    assert.deepEqual(records.map(({ type, data }) => [type, data["code"] ?? data["pmsi_tunnel"]]), [
      [14, undefined],
      [1007, "pmsi-tunnel-length"],
    ]);
  });

  it("has own fields for what goBMP cannot say", () => {
    const [host, selective, leaf] = evpn(MAC_IP + SELECTIVE + LEAF);
    assertMembers(host!.data, {
      route_type_name: "mac-ip-advertisement",
      eth_segment: { type: 1, name: "lacp", system_mac: "11:22:33:44:55:66", port_key: 7 },
    });
    assertMembers(selective!.data, {
      multicast_source: "10.1.1.1",
      multicast_group: "239.1.1.1",
      originator: "10.0.0.1",
      membership: { flags: 2, versions: ["igmpv2"] },
    });
    assertMembers(leaf!.data, {
      vpn_rd_type: 0,
      originator: "10.0.0.2",
      route_key: {
        route_type: 3,
        name: "inclusive-multicast-ethernet-tag",
        rd: "192.0.2.1:100",
        rd_type: 1,
        ethernet_tag: 100,
        originator: "10.0.0.1",
      },
    });
  });

  it("has goBMP's fields alone without own fields", () => {
    const [leaf] = evpn(LEAF, { extraFields: false });
    const names = Object.keys(leaf!.data);
    assert.deepEqual(names.slice(names.indexOf("base_attrs")), [
      "base_attrs",
      "remote_bgp_id",
      "is_ipv4",
      "origin_as",
      "nexthop",
      "is_nexthop_ipv4",
      "vpn_rd_type",
      "route_type",
    ]);
  });

  it("of an unknown type is a record with its bytes", () => {
    const [unknown, host] = evpn(`6302beef${MAC_IP}`);
    assertMembers(unknown!.data, { route_type: 99, nlri_hex: "beef", vpn_rd: undefined });
    assert.equal(host!.data["route_type"], 2);
  });

  it("is withdrawn by what it was announced with", () => {
    const [withdrawn, ...more] = play(mpUnreach(25, 70, MAC_IP));
    assertMembers(withdrawn!.data, {
      action: "del",
      nexthop: undefined,
      is_nexthop_ipv4: true,
      mac: "aa:bb:cc:dd:ee:ff",
      ip_address: "10.1.1.1",
    });
    assert.deepEqual(more, []);
  });

  it("survives a broken neighbour", () => {
    const records = evpn(MAC_IP + BROKEN + INCLUSIVE);
    assert.deepEqual(records.map(({ type, data }) => [type, data["code"] ?? data["route_type"]]), [
      [14, 2],
      [14, 3],
      [1007, "evpn-mac-length"],
    ]);
  });

  it("has a path identifier where that was negotiated", () => {
    const modes = addPath([25, 70, 3]);
    const player = playerWith([peerUp({}, { sent: modes, received: modes })]);
    const nlri = `ffffffff${MAC_IP}00000007${INCLUSIVE}`;
    const records = player.frame(
      routeMonitoring({ attributes: MANDATORY + mpReach(25, 70, NEXT_HOP, nlri) }),
    );
    assert.deepEqual(records.map(({ data }) => data["path_id"]), [-1, 7]);
  });

  it("ends with our End-of-RIB", () => {
    const records = play(mpUnreach(25, 70, ""));
    assert.deepEqual(records.map(({ type, data }) => [type, data["family"]]), [
      [1004, "l2vpn-evpn"],
    ]);
  });
});

describe("a VPLS route", () => {
  it("has the form that its length tells", () => {
    assertMembers(vpls(VPLS), {
      vpn_rd: "192.0.2.1:100",
      rfc_type: "RFC4761",
      ve_id: 5,
      ve_block_offset: 1,
      ve_block_size: 8,
      label_base: 62500,
      label_block_end: 62507,
      pe_address: undefined,
    });
    assertMembers(vpls(AUTO_DISCOVERY), {
      rfc_type: "RFC6074",
      pe_address: "10.0.0.1",
      ve_id: undefined,
      label_base: undefined,
    });
    assertMembers(vpls(LAYER_2_VPN), {
      rfc_type: "RFC6624",
      label_block_end: 62507,
      l2vpn_tlvs: [{ type: 1, name: "circuit-status-vector", bits: 8, hex: "40" }],
    });
    assertMembers(vpls(UNSIZED), {
      rfc_type: "RFC6624",
      label_base: 62500,
      ve_block_size: undefined,
      label_block_end: undefined,
    });
  });

  it("shows numbers of its label block that are 0, but no last label of an empty one", () => {
    assertMembers(vpls(`0011${RD}00000000000000000f`), {
      ve_id: 0,
      ve_block_offset: 0,
      ve_block_size: 0,
      label_base: 0,
      label_block_end: undefined,
    });
  });

  it("takes encapsulation, flags and MTU from the first Layer2 Info community", () => {
    const flags: readonly (readonly [string, boolean, boolean])[] = [
      ["00", false, false],
      ["01", false, true],
      ["02", true, false],
      ["83", true, true],
    ];
    for (const [octet, controlWord, sequenced] of flags) {
      assertMembers(vpls(VPLS, `800a04${octet}05dc0000 800a130105dd0000`), {
        encap_type: "Ethernet (VLAN) Tagged mode",
        encap_code: 4,
        control_word: controlWord,
        sequenced_delivery: sequenced,
        mtu: 1500,
        preference: undefined,
      });
    }
    assertMembers(vpls(VPLS, "800ac8000000006f"), {
      encap_type: "Unknown (200)",
      mtu: 0,
      preference: 111,
    });
    assertMembers(vpls(VPLS), { encap_type: undefined, control_word: undefined, mtu: undefined });
  });

  it("lists its route targets of all three forms", () => {
    const communities = "0002fde900000064 01020a0000010007 0202000100000008 0003fde900000064";
    assert.deepEqual(vpls(VPLS, communities)["route_targets"], [
      "RT:65001:100",
      "RT:10.0.0.1:7",
      "RT:65536:8",
    ]);
  });

  it("has goBMP's fields alone without own fields", () => {
    const names = Object.keys(vpls(LAYER_2_VPN, "800a130005dc006f", { extraFields: false }));
    const own = ["vpn_rd_type", "encap_code", "preference", "l2vpn_tlvs", "session"];
    assert.deepEqual(names.filter((name) => own.includes(name)), []);
    assert.ok(names.includes("encap_type"));
  });

  it("survives a broken neighbour, and is withdrawn", () => {
    const records = play(mpUnreach(25, 65, `${VPLS}000d${RD}0a00000100${AUTO_DISCOVERY}`));
    assert.deepEqual(records.map(({ type, data }) => [type, data["code"] ?? data["action"]]), [
      [17, "del"],
      [17, "del"],
      [1007, "vpls-length"],
    ]);
  });
});

describe("routes of layer 2 families without a record of goBMP's", () => {
  for (const [safi, family] of [[6, "ms-pw"], [8, "mcast-vpls"], [128, "kompella"]] as const) {
    it(`${family}: one record each`, () => {
      const nlri = FAMILY_VECTORS[`25/${safi}`]!.good.slice(0, 2).map((it) => it.nlri).join("");
      const records = play(MANDATORY + mpReach(25, safi, NEXT_HOP, nlri));
      assert.deepEqual(
        records.map(({ type, data }) => [type, data["family"], (data["nlri"] as JsonObject)["rd"]]),
        Array(2).fill([1005, `l2vpn-${family}`, "65001:100"]),
      );
    });
  }
});
