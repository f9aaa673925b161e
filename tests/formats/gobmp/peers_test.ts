import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GobmpOptions } from "../../../src/formats/gobmp/mod.ts";
import { md5, peerRecordHash } from "../../corpus/hashes.ts";
import type { RecordLine } from "../../corpus/records.ts";
import {
  addPath,
  bmp,
  initiation,
  MANDATORY,
  peerDown,
  type PeerOptions,
  peerUp,
  perPeer,
  routeMonitoring,
  tlv,
  uint,
  update,
} from "../../building.ts";
import { Player, playerWith, RECEIVED_AT } from "./sessions.ts";

const PEER = 10;
const SESSION = 1000;
const SECOND: PeerOptions = { address: "c0000203", as: 65009, bgpId: "c0000203" };
const LOC_RIB: PeerOptions = { type: 3, address: "00000000", as: 65000, bgpId: "c0000201" };
const ROUTE = { attributes: MANDATORY, nlri: "18c63364" };

/** `up address`, `down address`, with `*` for a down that the collector made. */
function events(records: readonly RecordLine[]): string[] {
  return records.filter(({ type }) => type === PEER).map(({ data }) =>
    `${data["action"] === "add" ? "up" : "down"} ${data["remote_ip"]}${
      data["synthetic"] === true ? "*" : ""
    }`
  );
}

describe("Peer Up", () => {
  it("has goBMP's members, then our own", () => {
    const sent = addPath([1, 1, 3]);
    const player = playerWith([initiation("r1")]);
    const [up] = player.frame(peerUp({}, { sent, tlvs: tlv(4, "6c61") + tlv(9, "00ff") }));
    const { data } = up!;
    assert.equal(up!.key, md5("192.0.2.1"));
    assert.deepEqual(data["adv_cap"], {
      65: [{
        capability_value: "AAD96A==",
        capability_descr: "Support for 4-octet AS number capability",
        decoded: { kind: "four-octet-as", asn: 65000 },
      }],
      69: [{
        capability_value: "AAEBAw==",
        capability_descr: "ADD-PATH Capability",
        decoded: { kind: "add-path", entries: [{ afi: 1, safi: 1, mode: 3 }] },
      }],
    });
    const { adv_cap: _sent, recv_cap: _received, peer_hash: _hash, ...others } = data;
    assert.deepEqual(others, {
      action: "add",
      hash: peerRecordHash(data),
      router_hash: md5("192.0.2.1"),
      remote_bgp_id: "192.0.2.2",
      router_ip: "192.0.2.1",
      timestamp: "2020-09-13T12:26:40.25Z",
      remote_asn: 65001,
      remote_ip: "192.0.2.2",
      peer_type: 0,
      peer_rd: "0:0",
      remote_port: 49152,
      local_asn: 65000,
      local_ip: "192.0.2.1",
      local_port: 179,
      local_bgp_id: "192.0.2.1",
      remote_holddown: 180,
      adv_holddown: 180,
      is_l: false,
      is_prepolicy: false,
      is_ipv4: true,
      is_adj_rib_in_post_policy: false,
      is_adj_rib_out_post_policy: false,
      is_adj_rib_out: false,
      is_loc_rib: false,
      is_loc_rib_filtered: false,
      admin_label: "la",
      unknown_tlvs: [{ type: 9, hex: "00ff" }],
      session: "s1",
      collector: "edge-1",
      router_source: "198.51.100.1",
      router_name: "r1",
      sequence: 2,
      received_at: RECEIVED_AT,
      part: 0,
    });
  });

  it("has goBMP's members only without extra fields", () => {
    const player = playerWith([], { extraFields: false });
    const [up] = player.frame(peerUp({}, { tlvs: tlv(4, "6c61") + tlv(9, "00ff") }));
    assert.equal(Object.keys(up!.data).at(-1), "is_loc_rib_filtered");
    assert.deepEqual(up!.data["recv_cap"], {
      65: [{
        capability_value: "AAD96Q==",
        capability_descr: "Support for 4-octet AS number capability",
      }],
    });
  });

  it("of an IPv6 peer, and of an instance with a distinguisher", () => {
    const address = "20010db8000000000000000000000002";
    const peer = { type: 1, flags: 0x80, distinguisher: "0000fde900000064", address };
    const localAddress = "20010db8000000000000000000000001";
    const [up] = playerWith([]).frame(peerUp(peer, { localAddress }));
    const { data } = up!;
    assert.equal(data["remote_ip"], "2001:db8::2");
    assert.equal(data["local_ip"], "2001:db8::1");
    assert.equal(data["router_ip"], "2001:db8::1");
    assert.equal(data["peer_rd"], "65001:100");
    assert.equal(data["is_ipv4"], false);
    assert.equal(data["hash"], peerRecordHash(data));
  });

  const distinguishers: [type: number, hex: string, text: string][] = [
    [0, "0000fde900000064", "0:0"],
    [1, "0001c00002010064", "192.0.2.1:100"],
    [1, "0007000000000000", "0:0"],
    [2, "0000000000000007", "7"],
    [2, "ffffffffffffffff", "-1"],
    [3, "0002000100000064", "65536:100"],
  ];
  for (const [type, distinguisher, text] of distinguishers) {
    it(`distinguisher ${distinguisher} of type ${type} reads ${text}`, () => {
      const [up] = playerWith([]).frame(peerUp({ type, distinguisher }));
      assert.equal(up!.data["peer_rd"], text);
    });
  }
});

describe("Peer Down", () => {
  const notification = `${"ff".repeat(16)}00150306${"02"}`;
  const cases: [name: string, data: string, members: object][] = [
    ["local NOTIFICATION", `01${notification}`, {
      bmp_reason: 1,
      bmp_error_code: 6,
      bmp_error_sub_code: 2,
      error_text: "Cease: Administrative Shutdown",
    }],
    ["FSM event", "020018", { bmp_reason: 2, info_data: "ABg=", fsm_event: 24 }],
    ["no data", "04", { bmp_reason: 4, info_data: undefined }],
    ["unknown reason", "c8abcd", { bmp_reason: 200, info_data: "q80=" }],
  ];
  const goodbye = "0602036c6f6c".length / 2;
  const hardReset = `${"ff".repeat(16)}${uint(21 + goodbye, 2)}030609${"0602036c6f6c"}`;
  cases.push(["Hard Reset (RFC 8538), whose reason is inside", `03${hardReset}`, {
    bmp_error_code: 6,
    bmp_error_sub_code: 9,
    error_text: "Cease: Hard Reset: Cease: Administrative Shutdown: lol",
  }]);
  for (const [name, data, members] of cases) {
    it(name, () => {
      const player = playerWith([peerUp()]);
      const [down] = player.frame(peerDown({}, data));
      assert.equal(down!.data["action"], "down");
      assert.equal(down!.data["timestamp"], "2020-09-13T12:26:40.25Z");
      for (const [member, value] of Object.entries(members)) {
        assert.deepEqual(down!.data[member], value, member);
      }
      assert.equal(down!.data["hash"], peerRecordHash(down!.data));
      assert.deepEqual(events(player.close()), []);
    });
  }

  it("of a peer that nobody knows", () => {
    const player = playerWith([]);
    assert.deepEqual(events(player.frame(peerDown())), ["down 192.0.2.2"]);
    assert.deepEqual(events(player.close()), []);
  });

  it("ends what the Peer Up said", () => {
    const modes = addPath([1, 1, 3]);
    const player = playerWith([peerUp({}, { sent: modes, received: modes }), peerDown()]);
    const [route] = player.frame(routeMonitoring(ROUTE));
    assert.deepEqual(route!.data["assumed"], ["no_peer_up"]);
  });
});

describe("the end of a session", () => {
  it("takes down its peers, those known by routes alone too", () => {
    const player = playerWith([
      initiation("r1"),
      peerUp(),
      peerUp(SECOND),
      peerDown(SECOND),
      peerUp(LOC_RIB, { tlvs: tlv(3, "626c7565") }),
      routeMonitoring(ROUTE, { address: "c0000204", flags: 0x40 }),
    ]);
    const records = player.close(1, { reason: "error", detail: "reset" });
    assert.deepEqual(events(records), ["down 192.0.2.2*", "down 192.0.2.4*", "down 0.0.0.0*"]);
    const [first] = records;
    assert.equal(first!.data["timestamp"], RECEIVED_AT);
    assert.equal(first!.data["router_ip"], "192.0.2.1");
    assert.equal(first!.data["hash"], peerRecordHash(first!.data));
    assert.equal(first!.data["sequence"], 7);
    assert.deepEqual(records.map(({ data }) => data["part"]), [0, 1, 2, 3]);
    const last = records.at(-1)!;
    assert.equal(last.type, SESSION);
    assert.equal(last.data["action"], "closed");
    assert.equal(last.data["reason"], "error");
    assert.equal(last.data["detail"], "reset");
    assert.equal(player.counts()["peer_events down_synthetic"], 3);
  });

  it("the same peer has one hash up, down and made down", () => {
    const player = playerWith([]);
    const [up] = player.frame(peerUp());
    const [again] = player.frame(peerUp());
    const [made] = player.close();
    assert.equal(up!.data["hash"], made!.data["hash"]);
    assert.equal(up!.data["hash"], again!.data["hash"]);
    assert.equal(up!.key, made!.key);
  });

  it("without extra fields: downs without mark, no record of our own", () => {
    const player = playerWith([initiation("r1"), peerUp(), bmp(99, "00"), bmp(0, "00")], {
      extraFields: false,
    });
    assert.equal(player.text.split("\n").length, 2);
    const records = player.close();
    assert.deepEqual(events(records), ["down 192.0.2.2"]);
    assert.equal(records.length, 1);
    assert.equal(Object.keys(records[0]!.data).at(-1), "is_loc_rib_filtered");
  });

  it("nothing is left of it", () => {
    const player = playerWith([initiation("r1"), peerUp()]);
    player.close();
    player.open(2);
    const [route] = player.frame(routeMonitoring(ROUTE), 2);
    assert.deepEqual(route!.data["assumed"], ["no_peer_up"]);
    assert.deepEqual(events(player.frame(peerUp(), 2)), ["up 192.0.2.2"]);
  });
});

describe("a router that comes back before its old connection is known to be dead", () => {
  /** Sessions 1 and 2 of one router, both peers up in session 1; then the first comes up in session 2. */
  function comeBack(
    second: Parameters<Player["open"]>[1] = {},
    name = "r1",
    first: Parameters<Player["open"]>[1] = {},
  ): { player: Player; records: RecordLine[] } {
    const player = new Player();
    player.open(1, first);
    player.frame(initiation("r1"));
    player.frame(peerUp());
    player.frame(peerUp(SECOND));
    player.open(2, second);
    player.frame(initiation(name), 2);
    return { player, records: player.frame(peerUp({}, { localAddress: "c0000209" }), 2) };
  }

  it("the old session's peer goes down first, in the new one's entry", () => {
    const { records } = comeBack();
    assert.deepEqual(events(records), ["down 192.0.2.2*", "up 192.0.2.2"]);
    const [down, up] = records;
    assert.deepEqual([down!.data["part"], up!.data["part"]], [0, 1]);
    assert.deepEqual([down!.data["sequence"], up!.data["sequence"]], [2, 2]);
    assert.deepEqual([down!.data["session"], up!.data["session"]], ["s2", "s2"]);
    // Of the old session's router and time of receipt of the new one's Peer Up.
    assert.equal(down!.data["router_ip"], "192.0.2.1");
    assert.equal(down!.data["timestamp"], RECEIVED_AT);
    assert.equal(up!.data["router_ip"], "192.0.2.9");
    assert.equal(up!.data["timestamp"], "2020-09-13T12:26:40.25Z");
  });

  it("the old session's end says nothing of it, and takes the others down", () => {
    const { player } = comeBack();
    assert.deepEqual(events(player.close(1)), ["down 192.0.2.3*"]);
    assert.deepEqual(events(player.close(2)), ["down 192.0.2.2*"]);
  });

  it("a second Peer Up says nothing more", () => {
    const { player } = comeBack();
    assert.deepEqual(events(player.frame(peerUp(), 2)), ["up 192.0.2.2"]);
    assert.deepEqual(events(player.frame(peerUp(SECOND), 2)), ["down 192.0.2.3*", "up 192.0.2.3"]);
    assert.deepEqual(events(player.close(1)), []);
  });

  it("a peer that the old session held by routes alone goes down too", () => {
    const player = playerWith([initiation("r1"), routeMonitoring(ROUTE)]);
    player.open(2);
    player.frame(initiation("r1"), 2);
    assert.deepEqual(events(player.frame(peerUp(), 2)), ["down 192.0.2.2*", "up 192.0.2.2"]);
  });

  it("what the old session still had to say makes no peer of it that its end would take down", () => {
    const { player } = comeBack();
    const late = player.frame(routeMonitoring(ROUTE), 1);
    // Its Peer Up still says how its messages read.
    assert.deepEqual(late.map(({ data }) => data["assumed"]), [undefined]);
    assert.deepEqual(events(player.close(1)), ["down 192.0.2.3*"]);
  });

  it("a Peer Up on the old session makes it the session's own again, unless the new one has it too", () => {
    const { player } = comeBack();
    player.frame(peerUp(), 1);
    player.frame(peerDown(), 2);
    assert.deepEqual(events(player.close(1)), ["down 192.0.2.2*", "down 192.0.2.3*"]);
    const again = comeBack().player;
    again.frame(peerUp(), 1);
    assert.deepEqual(events(again.close(1)), ["down 192.0.2.3*"]);
    assert.deepEqual(events(again.close(2)), ["down 192.0.2.2*"]);
  });

  it("the old session's end takes no peer down that both sessions know by routes alone", () => {
    const player = playerWith([initiation("r1"), routeMonitoring(ROUTE)]);
    player.open(2);
    player.frame(initiation("r1"), 2);
    player.frame(routeMonitoring(ROUTE), 2);
    assert.deepEqual(events(player.close(1)), []);
    assert.deepEqual(events(player.close(2)), ["down 192.0.2.2*"]);
  });

  it("several old sessions", () => {
    const { player } = comeBack();
    player.open(3);
    player.frame(initiation("r1"), 3);
    assert.deepEqual(events(player.frame(peerUp(), 3)), ["down 192.0.2.2*", "up 192.0.2.2"]);
    assert.deepEqual(events(player.frame(peerUp(SECOND), 3)), [
      "down 192.0.2.3*",
      "up 192.0.2.3",
    ]);
    assert.deepEqual([1, 2].flatMap((it) => events(player.close(it))), []);
  });

  it("an old session takes nothing from a new one", () => {
    const { player } = comeBack();
    assert.deepEqual(events(player.frame(peerUp(), 1)), ["up 192.0.2.2"]);
    assert.deepEqual(events(player.close(2)), ["down 192.0.2.2*"]);
  });

  const others: [name: string, ...Parameters<typeof comeBack>][] = [
    ["another source", { source: "198.51.100.2" }],
    ["another listener", { listener: "[::]:5001" }],
    ["another sysName", {}, "r2"],
    ["a parallel session", { parallel: true }],
    ["beside a parallel session", {}, "r1", { parallel: true }],
  ];
  for (const [name, ...how] of others) {
    it(`is not: ${name}`, () => {
      const { player, records } = comeBack(...how);
      assert.deepEqual(events(records), ["up 192.0.2.2"]);
      assert.deepEqual(events(player.close(1)), ["down 192.0.2.2*", "down 192.0.2.3*"]);
    });
  }
});

describe("who the router is", () => {
  const identities: readonly GobmpOptions["routerIdentity"][] = [
    "peer-local",
    "first-peer-up",
    "tcp-source",
    "sysname",
  ];

  /** `router_ip` and the text behind `router_hash` of a Loc-RIB's Peer Up, a peer's, another's, and of a record about the session. */
  function identity(routerIdentity: GobmpOptions["routerIdentity"], name = "r1"): string[] {
    const player = new Player({ routerIdentity });
    player.open();
    player.frame(initiation(name));
    const records = [
      ...player.frame(peerUp(LOC_RIB, { localAddress: "00000000" })),
      ...player.frame(peerUp()),
      ...player.frame(peerUp(SECOND, { localAddress: "c0000209" })),
      ...player.frame(routeMonitoring(ROUTE, SECOND)),
    ];
    const texts = ["198.51.100.1", "192.0.2.1", "192.0.2.9", "0.0.0.0", "r1"];
    return records.map(({ key, data }) => {
      assert.equal(key, data["router_hash"]);
      return `${data["router_ip"]} ${texts.find((text) => md5(text) === key)}`;
    });
  }

  const source = "198.51.100.1";
  const expected: Readonly<Record<string, string[]>> = {
    "peer-local": [
      `${source} ${source}`,
      "192.0.2.1 192.0.2.1",
      "192.0.2.9 192.0.2.9",
      "192.0.2.9 192.0.2.9",
    ],
    "first-peer-up": new Array(4).fill("0.0.0.0 0.0.0.0"),
    "tcp-source": new Array(4).fill(`${source} ${source}`),
    sysname: new Array(4).fill(`${source} r1`),
  };
  for (const routerIdentity of identities) {
    it(routerIdentity, () => assert.deepEqual(identity(routerIdentity), expected[routerIdentity]));
  }

  it("sysname without one is the source", () => {
    assert.deepEqual(identity("sysname", ""), new Array(4).fill(`${source} ${source}`));
  });

  it("a new sysName holds from its Initiation on", () => {
    const player = playerWith([initiation("r1"), peerUp()]);
    const names = (): unknown =>
      player.frame(routeMonitoring(ROUTE)).map(({ data }) => data["router_name"])[0];
    assert.equal(names(), "r1");
    player.frame(initiation("r2"));
    assert.equal(names(), "r2");
    player.frame(initiation());
    assert.equal(names(), "r2");
    player.frame(initiation(""));
    assert.equal(names(), undefined);
  });

  it("a sysName that needs escapes, and one that is no UTF-8", () => {
    for (const [hex, name] of [["225c0a", '"\\\n'], ["61ff62", "a\ufffdb"]] as const) {
      const player = playerWith([bmp(4, tlv(2, hex)), peerUp()]);
      const [route] = player.frame(routeMonitoring(ROUTE));
      assert.equal(route!.data["router_name"], name);
    }
  });

  it("names longer than 255 bytes are no names: every record would have them", () => {
    const long = "61".repeat(256);
    const player = playerWith([initiation("r1")]);
    const records = player.frame(bmp(4, tlv(2, long)));
    assert.deepEqual(records.map(({ type, data }) => [type, data["code"], data["router_name"]]), [
      [1001, undefined, "r1"],
      [1007, "name-length", "r1"],
    ]);
    assert.equal("sys_name" in records[0]!.data, false);
    player.frame(bmp(4, tlv(2, long.slice(2))));
    const up = player.frame(peerUp(LOC_RIB, { tlvs: tlv(3, long) }));
    assert.equal(up[0]!.data["router_name"], "a".repeat(255));
    assert.equal("table_name" in up[0]!.data, false);
    assert.equal(up[1]!.data["code"], "name-length");
    const [route] = player.frame(routeMonitoring(ROUTE, LOC_RIB));
    assert.equal("table_name" in route!.data, false);
  });

  it("routes follow a Peer Up with another local address", () => {
    const player = playerWith([peerUp()]);
    player.frame(peerUp({}, { localAddress: "c0000209" }));
    const [route] = player.frame(routeMonitoring(ROUTE));
    assert.equal(route!.data["router_ip"], "192.0.2.9");
  });
});

describe("many peers", () => {
  it("more than are kept rendered: all stay right", () => {
    const count = 3000;
    const player = new Player();
    player.open();
    const peer = (i: number): PeerOptions => ({ address: uint(0x0a000000 + i, 4), as: i + 1 });
    for (let i = 0; i < count; i++) {
      player.frame(peerUp(peer(i), { localAddress: uint(0x0b000000 + i, 4) }));
    }
    for (const i of [0, 1, count - 1, 0, 1500]) {
      const [route] = player.frame(routeMonitoring(ROUTE, peer(i)));
      assert.equal(route!.data["peer_asn"], i + 1);
      assert.equal(route!.data["router_ip"], `11.0.${i >> 8}.${i & 255}`);
      assert.equal(route!.data["assumed"], undefined);
    }
    assert.equal(events(player.close()).length, count);
  });
});

describe("messages that are not about routes or peers", () => {
  it("a session's opening", () => {
    const [opened] = new Player().open(1, { source: "2001:db8::9" });
    assert.equal(opened!.type, SESSION);
    assert.equal(opened!.data["action"], "opened");
    assert.equal(opened!.data["source_port"], 4242);
    assert.equal(opened!.data["listener"], "[::]:5000");
    assert.equal(opened!.data["router_source"], "2001:db8::9");
    assert.equal(opened!.key, md5("2001:db8::9"));
    assert.equal(opened!.data["sequence"], 0);
  });

  it("an Initiation, whose name its own record has", () => {
    const [record] = playerWith([]).frame(
      bmp(4, tlv(1, "6431") + tlv(2, "7231") + tlv(0, "68") + tlv(0, "69") + tlv(77, "ff")),
    );
    const { data } = record!;
    assert.equal(record!.type, 1001);
    assert.equal(data["sys_name"], "r1");
    assert.equal(data["router_name"], "r1");
    assert.equal(data["sys_descr"], "d1");
    assert.deepEqual(data["information"], ["h", "i"]);
    assert.deepEqual(data["unknown_tlvs"], [{ type: 77, hex: "ff" }]);
  });

  it("a Termination", () => {
    const [record] = playerWith([]).frame(bmp(5, tlv(1, "0000") + tlv(0, "6279")));
    assert.equal(record!.type, 1002);
    assert.equal(record!.data["reason_code"], 0);
    assert.deepEqual(record!.data["information"], ["by"]);
  });

  it("a mirrored message is kept as bytes and makes no route", () => {
    const pdu = update({ attributes: MANDATORY, nlri: "18c63364" });
    const player = playerWith([peerUp()]);
    const records = player.frame(bmp(6, perPeer() + tlv(0, pdu) + tlv(1, "0001")));
    assert.deepEqual(records.map(({ type }) => type), [1003]);
    assert.deepEqual(records[0]!.data["messages"], [{ type: 2, type_text: "UPDATE", hex: pdu }]);
    assert.equal(records[0]!.data["peer_ip"], "192.0.2.2");
  });

  for (const type of [7, 99, 100, 255]) {
    it(`type ${type} is kept whole`, () => {
      const frame = bmp(type, "abcdef");
      const [record] = playerWith([]).frame(frame);
      assert.equal(record!.type, 1006);
      assert.equal(record!.data["bmp_version"], 3);
      assert.equal(record!.data["bmp_type"], type);
      assert.equal(record!.data["hex"], frame);
    });
  }

  it("a message about a peer of an unknown type is kept whole", () => {
    for (const type of [0, 1, 2, 3, 6]) {
      const player = playerWith([]);
      const records = player.frame(bmp(type, `${perPeer({ type: 4 })}00000000`));
      assert.deepEqual(records.map(({ type }) => type), [1006]);
      assert.deepEqual(events(player.close()), []);
    }
  });
});
