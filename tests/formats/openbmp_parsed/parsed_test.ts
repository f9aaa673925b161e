import { describe, it } from "node:test";
import assert from "node:assert/strict";
import {
  addPath,
  AS_PATH,
  attribute,
  bmp,
  initiation,
  MANDATORY,
  mpReach,
  mpUnreach,
  NEXT_HOP,
  ORIGIN,
  peerDown,
  type PeerOptions,
  peerUp,
  perPeer,
  routeMonitoring,
  tlv,
  uint,
} from "../../building.ts";
import { Player, RECEIVED_AT_US, rowsOf } from "./player.ts";

/** The peer of the hashes that the schema's description gives. */
const PEER: PeerOptions = { address: "c6336407", as: 64500, bgpId: "c6336407" };
const POST_POLICY: PeerOptions = { ...PEER, flags: 0x40 };
const LOC_RIB: PeerOptions = { type: 3, as: 64500, bgpId: "c0000201", address: "00000000" };
const COLLECTOR = "a3b0b14c9db1e6210e2a971d7120793d";
const ROUTER = "ab7176b0affb0d89a3955a1791c81dff";
const NAMED_ROUTER = "c1f6f9b4f02389bab405bc3336a24560";
const PEER_HASH = "a57b31d17a5d1a9aa7ea61bd9fd72703";
const BASE = "cdba6c91e5ad12430edc9b7dbf9b9232";
const RECEIVED_AT = "2024-01-01 00:00:00.500000";
const SENT_AT = "2020-09-13 12:26:40.250000";

/** Path 64500 64501, next hop 198.51.100.7, LOCAL_PREF 100, communities 64500:1 64500:2. */
const PATH_ATTRIBUTES = ORIGIN + attribute(0x40, 2, "0202 0000fbf4 0000fbf5") +
  attribute(0x40, 5, "00000064") + attribute(0xc0, 8, "fbf40001 fbf40002");
const ATTRIBUTES = PATH_ATTRIBUTES + attribute(0x40, 3, "c6336407");
const PREFIX = "18cb0071";

/** A player whose session is open and whose peer is up; the peer's address makes the router's hash. */
function playerWithPeer(options: ConstructorParameters<typeof Player>[0] = {}): Player {
  const player = new Player({ routerNaming: "address", ...options });
  player.open();
  player.frame(initiation("r1.example"));
  player.frame(peerUp(PEER));
  return player;
}

describe("rows of collector and router", () => {
  it("tell of the collector's start, of routers that come and go", () => {
    const player = new Player();
    const rows = rowsOf([...player.open(), ...player.close()], "collector");
    assert.deepEqual(rows, [
      ["started", "0", "edge1", COLLECTOR, "", "0", RECEIVED_AT],
      ["change", "1", "edge1", COLLECTOR, "192.0.2.1", "1", RECEIVED_AT],
      ["change", "2", "edge1", COLLECTOR, "", "0", RECEIVED_AT],
    ]);
  });

  it("tell of an Initiation, and hold it behind the rows of the collector", () => {
    const player = new Player();
    player.open();
    const message = bmp(4, tlv(2, "72312e6578616d706c65") + tlv(1, "64657363") + tlv(0, "78"));
    const [record] = player.frame(message);
    assert.deepEqual(record!.rows, [[
      "init",
      "0",
      "r1.example",
      NAMED_ROUTER,
      "192.0.2.1",
      "desc",
      "0",
      "",
      "x",
      "",
      RECEIVED_AT,
      "",
    ]]);
    assert.equal(record!.key, NAMED_ROUTER);
    assert.deepEqual(record!.hold, { after: COLLECTOR, delayMs: 0 });
  });

  it("tell of a Termination once, or of the end of the session", () => {
    const player = new Player();
    player.open();
    player.frame(initiation("r1.example"));
    const [term] = rowsOf(player.frame(bmp(5, tlv(1, "0000") + tlv(0, "627965"))), "router");
    assert.deepEqual(term!.slice(0, 2).concat(term!.slice(6, 10)), [
      "term",
      "1",
      "0",
      "Administratively closed",
      "",
      "bye",
    ]);
    assert.deepEqual(rowsOf(player.close(), "router"), []);
    player.open(2);
    player.frame(initiation("r2"), 2);
    const [end] = rowsOf(player.close(2), "router");
    assert.deepEqual(end!.slice(6, 8), ["65533", "Connection closed"]);
  });

  it("make a router known that sends no Initiation", () => {
    const player = new Player();
    player.open();
    const [router] = rowsOf(player.frame(peerUp(PEER)), "router");
    assert.deepEqual(router!.slice(0, 5), ["first", "0", "", ROUTER, "192.0.2.1"]);
  });

  it("end what was known by another name", () => {
    const player = new Player();
    player.open();
    player.frame(initiation("one"));
    player.frame(peerUp(PEER));
    const rows = player.frame(initiation("two"));
    assert.deepEqual(rows.map(({ type, rows }) => [type, rows[0]![0]]), [
      ["peer", "down"],
      ["router", "term"],
      ["router", "init"],
    ]);
    assert.notEqual(rows[1]!.key, rows[2]!.key);
  });

  it("can be written without an entry", () => {
    const player = new Player();
    const [heartbeat] = player.collect((out) => {
      player.formatter.writeCollector("heartbeat", RECEIVED_AT_US, out);
      return -1;
    });
    assert.equal(heartbeat!.rows[0]![0], "heartbeat");
  });
});

describe("peer rows", () => {
  it("tell of a Peer Up", () => {
    const player = new Player({ routerNaming: "address" });
    player.open();
    player.frame(initiation("r1.example"));
    const sent = "0104 00010001" + "0200" + addPath([1, 1, 3]) + "4000" + "fa00";
    const [record] = player.frame(peerUp(PEER, { sent: sent.replaceAll(" ", "") }));
    assert.equal(record!.key, PEER_HASH);
    assert.equal(record!.hold, undefined);
    assert.deepEqual(record!.rows, [[
      "up",
      "0",
      PEER_HASH,
      ROUTER,
      "",
      "198.51.100.7",
      "192.0.2.1",
      SENT_AT,
      "64500",
      "198.51.100.7",
      "0:0",
      "49152",
      "65000",
      "192.0.2.1",
      "179",
      "192.0.2.1",
      "",
      "4 Octet ASN (65), MPBGP (1) : afi=1 safi=1 : Unicast IPv4, Route Refresh (2), " +
      "ADD Path (69) : afi=1 safi=1 send/receive=3 : Unicast IPv4 Send/Receive, Graceful Restart (64), 250",
      "4 Octet ASN (65)",
      "180",
      "180",
      "",
      "",
      "",
      "",
      "0",
      "1",
      "1",
      "0",
      "0",
      "",
    ]]);
  });

  it("have a hold time that fits the database", () => {
    const player = new Player();
    player.open();
    const message = peerUp(PEER).replaceAll("00b4c0000201", "ffffc0000201");
    assert.deepEqual(rowsOf(player.frame(message), "peer")[0]!.slice(19, 21), ["180", "32767"]);
  });

  it("tell of a Loc-RIB and its table", () => {
    const player = new Player({ routerNaming: "address" });
    player.open();
    const up = peerUp(LOC_RIB, { tlvs: tlv(3, "676c6f62616c"), localAddress: "00000000" });
    const [row] = rowsOf(player.frame(up), "peer");
    assert.equal(row![2], "becc470f02afc65b1c6ac85f071d03ba");
    assert.deepEqual([row![9], row![13], ...row!.slice(25)], [
      "::",
      "::",
      "0",
      "0",
      "0",
      "1",
      "0",
      "global",
    ]);
  });

  it("tell of a Peer Down, which waits for the peer's routes", () => {
    const player = playerWithPeer();
    player.frame(routeMonitoring({ attributes: ATTRIBUTES, nlri: PREFIX }, PEER));
    const text = "6f7574";
    const notification = "ff".repeat(16) + "0019" + "03" + "0602" + "03" + text;
    const [down] = player.frame(peerDown(PEER, `03${notification}`));
    assert.deepEqual(down!.hold, { after: PEER_HASH, delayMs: 1000 });
    assert.deepEqual(down!.rows[0]!.slice(21, 25), [
      "3",
      "6",
      "2",
      "Administrative Shutdown: out",
    ]);
    assert.equal(down!.rows[0]![30], "");
  });

  it("tell of a peer that is heard of first by its routes, once", () => {
    const player = new Player();
    player.open();
    const message = routeMonitoring({ attributes: ATTRIBUTES, nlri: PREFIX }, PEER);
    assert.deepEqual(rowsOf(player.frame(message), "peer").map(([action]) => action), ["first"]);
    assert.deepEqual(rowsOf(player.frame(message), "peer"), []);
  });

  it("take all peers down when a session ends", () => {
    const player = playerWithPeer();
    const records = player.close(1, { reason: "error", detail: "reset" });
    assert.deepEqual(records.map(({ type, rows }) => [type, rows[0]![0]]), [
      ["peer", "down"],
      ["router", "term"],
      ["collector", "change"],
    ]);
    assert.equal(records[0]!.rows[0]![24], "BMP session: Connection lost");
    assert.deepEqual(records[0]!.hold, { after: PEER_HASH, delayMs: 1000 });
  });

  it("leave a peer up that a newer session of the router has", () => {
    const player = playerWithPeer();
    player.open(2);
    player.frame(initiation("r1.example"), 2);
    const taken = rowsOf(player.frame(peerUp(PEER), 2), "peer");
    assert.deepEqual(taken.map(([action]) => action), ["down", "up"]);
    assert.ok(taken[1]![7]! >= taken[0]![7]!, "the up is not older");
    const closed = player.close(1);
    assert.deepEqual(closed.map(({ type }) => type), ["collector"]);
  });
});

describe("times", () => {
  const route = (seconds: number) =>
    routeMonitoring({ attributes: ATTRIBUTES, nlri: PREFIX }, { ...PEER, seconds });

  it("of routes are not older than their Peer Up, and a down is later than all", () => {
    const player = playerWithPeer();
    const old = rowsOf(player.frame(route(1_500_000_000)), "unicast_prefix");
    assert.equal(old[0]![9], SENT_AT);
    const late = rowsOf(player.frame(route(1_700_000_000)), "unicast_prefix");
    assert.equal(late[0]![9], "2023-11-14 22:13:20.250000");
    const [down] = rowsOf(player.frame(peerDown(PEER)), "peer");
    assert.equal(down![7], "2023-11-14 22:13:20.250001");
    const [up] = rowsOf(player.frame(peerUp(PEER)), "peer");
    assert.equal(up![7], down![7]);
  });

  it("rise from session to session: routes of the next one come after the end of the last", () => {
    const player = playerWithPeer();
    const [down] = rowsOf(player.close(), "peer");
    assert.equal(down![7], RECEIVED_AT);
    player.open(2);
    player.frame(initiation("r1"), 2);
    const [up] = rowsOf(player.frame(peerUp(PEER), 2), "peer");
    assert.equal(up![7], RECEIVED_AT);
    assert.equal(
      rowsOf(player.frame(route(1_600_000_000), 2), "unicast_prefix")[0]![9],
      RECEIVED_AT,
    );
  });

  it("of a further Peer Up stay, because a later one deletes routes", () => {
    const player = playerWithPeer();
    const [again] = rowsOf(player.frame(peerUp({ ...PEER, seconds: 1_700_000_000 })), "peer");
    assert.equal(again![7], SENT_AT);
  });

  it("are those of receipt where the router has none, or where that is wanted", () => {
    const [first] = rowsOf(playerWithPeer().frame(route(5)), "unicast_prefix");
    assert.equal(first![9], RECEIVED_AT);
    const player = playerWithPeer({ times: "collector" });
    assert.equal(rowsOf(player.frame(route(1_700_000_000)), "unicast_prefix")[0]![9], RECEIVED_AT);
  });
});

describe("base_attribute rows", () => {
  it("stand before the routes that need them", () => {
    const records = playerWithPeer().frame(
      routeMonitoring({ attributes: ATTRIBUTES, nlri: PREFIX + "080a" }, PEER),
    );
    assert.deepEqual(records.map(({ type, key }) => [type, key]), [
      ["base_attribute", PEER_HASH],
      ["unicast_prefix", PEER_HASH],
    ]);
    assert.deepEqual(records[0]!.rows, [[
      "add",
      "0",
      BASE,
      ROUTER,
      "192.0.2.1",
      PEER_HASH,
      "198.51.100.7",
      "64500",
      SENT_AT,
      "igp",
      " 64500 64501",
      "2",
      "64501",
      "198.51.100.7",
      "0",
      "100",
      "",
      "64500:1 64500:2",
      "",
      "",
      "0",
      "1",
      "",
      "",
    ]]);
  });

  it("have all attributes that have a column", () => {
    const attributes = attribute(0x40, 1, "02") +
      attribute(0x40, 2, "0201 0000fbf4 0102 0000fbf5 0000fbf6") +
      attribute(0x40, 3, "c6336407") + attribute(0x80, 4, "00000007") +
      attribute(0x40, 6, "") + attribute(0xc0, 7, "0000fbf5 c0000209") +
      attribute(0x80, 9, "c0000204") + attribute(0x80, 10, "c0000203 c0000205") +
      attribute(0xc0, 16, EXTENDED.map(([hex]) => hex).join("")) +
      attribute(0xc0, 32, "0000fbf4 00000001 00000002");
    const records = playerWithPeer().frame(routeMonitoring({ attributes, nlri: PREFIX }, PEER));
    const [row] = rowsOf(records, "base_attribute");
    assert.deepEqual(row!.slice(9), [
      "incomplete",
      " 64500 { 64501 64502 }",
      "3",
      "64502",
      "198.51.100.7",
      "7",
      "0",
      "64501 192.0.2.9",
      "",
      EXTENDED.map(([, text]) => text).join(" "),
      "192.0.2.3 192.0.2.5 ",
      "1",
      "1",
      "192.0.2.4",
      "64500:1:2",
    ]);
    // What a route row repeats is the same.
    const [route] = rowsOf(records, "unicast_prefix");
    assert.deepEqual(route!.slice(13, 27), row!.slice(9, 23));
    assert.equal(route![31], row![23]);
    assert.equal(route![5], row![2]);
  });

  it("have no aggregator of AS 0, and are none of a path with it (RFC 7607 section 2)", () => {
    const frame = (attributes: string) =>
      playerWithPeer().frame(routeMonitoring({ attributes, nlri: PREFIX }, PEER));
    const aggregated = frame(ATTRIBUTES + attribute(0xc0, 7, "00000000 c0000209"));
    assert.equal(rowsOf(aggregated, "base_attribute")[0]![16], "");
    const reserved = frame(
      attribute(0x40, 1, "00") + attribute(0x40, 2, "0202 0000fbf4 00000000") +
        attribute(0x40, 3, "c6336407"),
    );
    assert.deepEqual(rowsOf(reserved, "base_attribute"), []);
    assert.deepEqual(rowsOf(reserved, "unicast_prefix").map(([action]) => action), ["del"]);
  });

  it("are sent again after a while, and not before", () => {
    const player = playerWithPeer({ resendMs: 60_000 });
    const message = routeMonitoring({ attributes: ATTRIBUTES, nlri: PREFIX }, PEER);
    const send = () => rowsOf(player.frame(message), "base_attribute").length;
    assert.deepEqual([send(), send()], [1, 0]);
    player.receivedAtUs += 59_000_000;
    assert.equal(send(), 0);
    player.receivedAtUs += 1_000_000;
    assert.deepEqual([send(), send()], [1, 0]);
  });

  it("are apart for each peer", () => {
    const player = playerWithPeer();
    const other = { ...PEER, address: "c6336408" };
    const send = (peer: PeerOptions) =>
      rowsOf(
        player.frame(routeMonitoring({ attributes: ATTRIBUTES, nlri: PREFIX }, peer)),
        "base_attribute",
      ).map((row) => row[2]);
    assert.notDeepEqual(send(PEER), send(other));
  });

  it("have hashes of their own for what openbmpd's hash leaves out, if wanted", () => {
    const hashes = (policy: "compat" | "complete") =>
      ["0000fbf40000000100000002", "0000fbf40000000100000003"].map((large) => {
        const attributes = ATTRIBUTES + attribute(0xc0, 32, large);
        const records = playerWithPeer({ hashes: policy }).frame(
          routeMonitoring({ attributes, nlri: PREFIX }, PEER),
        );
        return rowsOf(records, "base_attribute")[0]![2];
      });
    const [a, b] = hashes("compat");
    assert.equal(a, b);
    const [c, d] = hashes("complete");
    assert.notEqual(c, d);
  });

  it("have the four-octet path of a two-octet speaker (RFC 6793 section 4.2.3)", () => {
    const two = attribute(0x40, 2, "0202 fde8 5ba0");
    const four = attribute(0xc0, 17, "0201 00030d40");
    const as2 = { ...PEER, flags: 0x20 };
    const player = playerWithPeer();
    const attributes = ORIGIN + two + NEXT_HOP + four;
    const [row] = rowsOf(
      player.frame(routeMonitoring({ attributes, nlri: PREFIX }, as2)),
      "base_attribute",
    );
    assert.deepEqual(row!.slice(10, 13), [" 65000 200000", "2", "200000"]);
  });

  it("are there for routes without a next hop", () => {
    const records = playerWithPeer().frame(
      routeMonitoring({ attributes: PATH_ATTRIBUTES, nlri: PREFIX }, PEER),
    );
    const [base] = rowsOf(records, "base_attribute");
    assert.equal(base![13], "0.0.0.0");
    assert.equal(rowsOf(records, "unicast_prefix")[0]![5], base![2]);
  });
});

/** Extended communities and their texts. */
const EXTENDED: readonly (readonly [hex: string, text: string])[] = [
  ["0002fbf400000064", "rt=64500:100"],
  ["0103c00002010064", "soo=192.0.2.1:100"],
  ["02020000fbf40064", "rt=64500:100"],
  ["4004fbf400000064", "link-bw=64500:100"],
  ["000afbf4000000ff", "vpn-id=64500:0xff"],
  ["0105c00002010200", "ospf-did=192.0.2.1:512"],
  ["0306000000000501", "ospf-rt=area-0:E:1"],
  ["0301810100000007", "cost=igp:1:7"],
  ["030b000000000064", "color=100"],
  ["030c000000000008", "encap=8"],
  ["030d000000000000", "default-gw"],
  ["0600010000000005", "mac_mob_flags=1 mac_mob_seq_num=5"],
  ["0601010000000010", "esi_label_flags=1 esi_label=16"],
  ["0602020000000001", "es_import=02:00:00:00:00:01"],
  ["0603020000000001", "router_mac=02:00:00:00:00:01"],
  ["8006fbf447c35000", "flow-rate=64500:100000"],
  ["8007000000000003", "flow-act=ST"],
  ["8008fbf400000064", "flow-redir=64500:100"],
  ["8108c00002010064", "flow-redir=192.0.2.1:100"],
  ["800900000000000a", "flow-remark=10"],
  ["800a130005dc0000", "l2info=vpls:0:mtu:1500"],
  ["4300000000000002", "0x4300000000000002"],
];

describe("unicast_prefix rows", () => {
  const HASHES = {
    plain: "2cb12ac55fb13c5cacf3126e91a98fe7",
    pathId: "d94b56c06241058c12daffc6d28cd1b5",
    labelled: "5c89fd2e922f9957a2d313caed1aa530",
    postPolicy: "7339f67f8e75e4ca81768c7ad1524d38",
  };

  it("announce and withdraw by the same hash", () => {
    const player = playerWithPeer();
    const [add] = rowsOf(
      player.frame(routeMonitoring({ attributes: ATTRIBUTES, nlri: PREFIX }, PEER)),
      "unicast_prefix",
    );
    const [del] = rowsOf(
      player.frame(routeMonitoring({ withdrawn: PREFIX }, PEER)),
      "unicast_prefix",
    );
    assert.deepEqual(add, [
      "add",
      "0",
      HASHES.plain,
      ROUTER,
      "192.0.2.1",
      BASE,
      PEER_HASH,
      "198.51.100.7",
      "64500",
      SENT_AT,
      "203.0.113.0",
      "24",
      "1",
      "igp",
      " 64500 64501",
      "2",
      "64501",
      "198.51.100.7",
      "0",
      "100",
      "",
      "64500:1 64500:2",
      "",
      "",
      "0",
      "1",
      "",
      "0",
      "",
      "1",
      "1",
      "",
    ]);
    const empty = add!.map((value, i) =>
      i === 0 ? "del" : i === 1 ? "1" : i === 5 || (i > 12 && i < 27) || i === 31 ? "" : value
    );
    assert.deepEqual(del, empty);
  });

  it("tell the RIBs apart, of withdrawals too", () => {
    for (
      const [peer, expected] of [[POST_POLICY, HASHES.postPolicy], [LOC_RIB, undefined]] as const
    ) {
      const player = playerWithPeer();
      const [add] = rowsOf(
        player.frame(routeMonitoring({ attributes: ATTRIBUTES, nlri: PREFIX }, peer)),
        "unicast_prefix",
      );
      const rows = rowsOf(
        player.frame(routeMonitoring({ withdrawn: PREFIX + "080a" }, peer)),
        "unicast_prefix",
      );
      if (expected !== undefined) assert.equal(add![2], expected);
      assert.equal(rows[0]![2], add![2]);
      assert.notEqual(rows[1]![2], add![2]);
      assert.equal(add![29], "0");
    }
  });

  it("have path identifiers, also above 2^31", () => {
    const player = new Player({ routerNaming: "address" });
    player.open();
    const both = addPath([1, 1, 3]);
    player.frame(peerUp(PEER, { sent: both, received: both }));
    const send = (nlri: string) =>
      rowsOf(
        player.frame(routeMonitoring({ attributes: ATTRIBUTES, nlri }, PEER)),
        "unicast_prefix",
      );
    const [row] = send("00000007" + PREFIX);
    assert.deepEqual([row![2], row![27]], [HASHES.pathId, "7"]);
    const rows = send("00000007" + PREFIX + "fffffffe" + "1808080800".slice(0, 8));
    assert.deepEqual(rows.map((row) => row[27]), ["7", "4294967294"]);
  });

  it("have labels, which count in the hash only by being there", () => {
    const player = playerWithPeer();
    const labelled = mpReach(1, 4, "c6336407", "30 00064 1".replaceAll(" ", "") + "cb0071");
    const [add] = rowsOf(
      player.frame(routeMonitoring({ attributes: PATH_ATTRIBUTES + labelled }, PEER)),
      "unicast_prefix",
    );
    assert.deepEqual([add![2], add![28]], [HASHES.labelled, "100"]);
    const withdrawn = mpUnreach(1, 4, "30800000cb0071");
    const [del] = rowsOf(
      player.frame(routeMonitoring({ attributes: withdrawn }, PEER)),
      "unicast_prefix",
    );
    assert.equal(del![2], add![2]);
  });

  it("have IPv6 prefixes and next hops as PostgreSQL takes them", () => {
    const send = (nextHop: string, nlri: string) => {
      const attributes = PATH_ATTRIBUTES + mpReach(2, 1, nextHop, nlri);
      return rowsOf(
        playerWithPeer().frame(routeMonitoring({ attributes }, PEER)),
        "unicast_prefix",
      )[0]!;
    };
    const global = "20010db8000000000000000000000001";
    const local = "fe800000000000000000000000000001";
    const plain = send(global + local, "30 20010db80001".replaceAll(" ", ""));
    assert.deepEqual([plain[10], plain[11], plain[12], plain[17], plain[25]], [
      "2001:db8:1::",
      "48",
      "0",
      "2001:db8::1",
      "0",
    ]);
    const mapped = send("00000000000000000000ffffc0000201", "7800000000000000000000ffffc00002");
    assert.deepEqual([mapped[10], mapped[17], mapped[25]], [
      "::ffff:192.0.2.0",
      "::ffff:192.0.2.1",
      "0",
    ]);
  });

  it("leave out bits behind the prefix", () => {
    const player = playerWithPeer();
    const send = (nlri: string) =>
      rowsOf(
        player.frame(routeMonitoring({ attributes: ATTRIBUTES, nlri }, PEER)),
        "unicast_prefix",
      )[0]!;
    assert.deepEqual(send("150a0aff").slice(2, 12).join(), send("150a0af8").slice(2, 12).join());
  });

  it("are withdrawals where RFC 7606 makes them so", () => {
    const broken = ORIGIN + AS_PATH + NEXT_HOP + attribute(0xc0, 8, "00");
    const records = playerWithPeer().frame(
      routeMonitoring({ attributes: broken, nlri: PREFIX }, PEER),
    );
    assert.deepEqual(records.map(({ type, rows }) => [type, rows[0]![0]]), [[
      "unicast_prefix",
      "del",
    ]]);
  });

  it("are split over records before these are too long for a broker", () => {
    const nlri = Array.from({ length: 4000 }, (_, i) => "18" + uint(0x0a0000 + i, 3)).join("");
    const communities = Array.from({ length: 300 }, (_, i) => uint(i, 4)).join("");
    const attributes = MANDATORY + attribute(0xc0, 8, communities);
    const records = playerWithPeer().frame(routeMonitoring({ attributes, nlri }, PEER))
      .filter(({ type }) => type === "unicast_prefix");
    assert.ok(records.length > 1);
    assert.ok(records.every(({ bytes }) => bytes < 300_000));
    assert.equal(new Set(rowsOf(records, "unicast_prefix").map((row) => row[2])).size, 4000);
    assert.deepEqual(rowsOf(records, "unicast_prefix").map((row) => Number(row[1])), [
      ...Array(4000).keys(),
    ]);
  });
});

describe("other rows", () => {
  it("l3vpn: prefix, distinguisher, labels", () => {
    const player = playerWithPeer();
    const route = "68" + "0bb911" + "0000fbf400000008" + "0a09";
    const attributes = PATH_ATTRIBUTES + mpReach(1, 128, "0000000000000000c6336408", route);
    const [add] = rowsOf(player.frame(routeMonitoring({ attributes }, PEER)), "l3vpn");
    assert.deepEqual([add![10], add![11], add![17], add![28], ...add!.slice(29)], [
      "10.9.0.0",
      "16",
      "198.51.100.8",
      "48017",
      "1",
      "1",
      "64500:8",
      "0",
      "",
    ]);
    const withdrawn = mpUnreach(1, 128, "68" + "800000" + "0000fbf400000008" + "0a09");
    const [del] = rowsOf(player.frame(routeMonitoring({ attributes: withdrawn }, PEER)), "l3vpn");
    assert.deepEqual([del![0], del![2]], ["del", add![2]]);
  });

  it("evpn: types 1 to 5", () => {
    const rd = "0000fbf400000008";
    const esi = "00".repeat(10);
    const macIp = rd + esi + "00000201" + "30020000000001" + "20c0000201" + "000641";
    const prefix = rd + esi + "00000000" + "18" + "0a010200" + "00000000" + "000641";
    const nlri = ["01" + "19" + rd + "03" + "020000000001" + "00000c" + "00000000" + "000641"]
      .concat("02" + uint(macIp.length / 2, 1) + macIp)
      .concat("03" + "11" + rd + "00000000" + "20c0000201")
      .concat("04" + "17" + rd + esi + "20c0000201")
      .concat("05" + uint(prefix.length / 2, 1) + prefix).join("");
    const player = playerWithPeer();
    const attributes = PATH_ATTRIBUTES + mpReach(25, 70, "c6336408", nlri);
    const adds = rowsOf(player.frame(routeMonitoring({ attributes }, PEER)), "evpn");
    assert.deepEqual(adds.map((row) => row.slice(27)), [
      [
        "64500:8",
        "0",
        "0",
        "",
        "00000000",
        "3 02:00:00:00:00:01 12",
        "0",
        "",
        "0",
        "",
        "1601",
        "0",
        "",
      ],
      [
        "64500:8",
        "0",
        "0",
        "",
        "00000201",
        "0 000000000000000000",
        "48",
        "02:00:00:00:00:01",
        "32",
        "192.0.2.1",
        "1601",
        "0",
        "",
      ],
      ["64500:8", "0", "32", "192.0.2.1", "00000000", "", "0", "", "0", "", "0", "0", ""],
      [
        "64500:8",
        "0",
        "32",
        "192.0.2.1",
        "",
        "0 000000000000000000",
        "0",
        "",
        "0",
        "",
        "0",
        "0",
        "",
      ],
      [
        "64500:8",
        "0",
        "0",
        "",
        "00000000",
        "0 000000000000000000",
        "0",
        "",
        "24",
        "10.1.2.0",
        "1601",
        "0",
        "",
      ],
    ]);
    assert.deepEqual(adds[0]!.slice(10, 24), [
      "igp",
      " 64500 64501",
      "2",
      "64501",
      "198.51.100.8",
      "0",
      "100",
      "",
      "64500:1 64500:2",
      "",
      "",
      "0",
      "1",
      "",
    ]);
    const dels = rowsOf(
      player.frame(routeMonitoring({ attributes: mpUnreach(25, 70, nlri) }, PEER)),
      "evpn",
    );
    assert.deepEqual(dels.map((row) => row[2]), adds.map((row) => row[2]));
    const complete = rowsOf(
      playerWithPeer({ hashes: "complete" }).frame(routeMonitoring({ attributes }, PEER)),
      "evpn",
    );
    assert.equal(new Set(complete.map((row) => row[2])).size, 5);
  });

  it("ls_node, ls_link, ls_prefix", () => {
    const sub = (type: number, value: string) => uint(type, 2) + uint(value.length / 2, 2) + value;
    const node = (system: string) => sub(512, "0000fbf4") + sub(513, "0000001f") + sub(515, system);
    const head = "02" + "0000000000000000";
    const local = sub(256, node("000000000001"));
    const object = (type: number, body: string) =>
      uint(type, 2) + uint((head + body).length / 2, 2) + head + body;
    const nlri = object(1, local) +
      object(
        2,
        local + sub(257, node("000000000002")) + sub(259, "0a000001") + sub(260, "0a000002") +
          sub(263, "0002"),
      ) +
      object(3, local + sub(263, "0002") + sub(265, "180a0100"));
    const linkState = attribute(
      0x80,
      29,
      sub(1024, "c0") + sub(1026, "6e31") + sub(1027, "490001") + sub(1028, "c0000201") +
        sub(263, "00000002") + sub(1034, "c000" + "001f40" + sub(1161, "003e80")) +
        sub(1095, "00000a") + sub(1089, "4b189680") + sub(1091, "4b189680".repeat(8)) +
        sub(1099, "30000000" + "005dc1") + sub(1094, "80") + sub(1155, "0000000a") +
        sub(1158, "4000000000000065"),
    );
    const player = playerWithPeer();
    const attributes = PATH_ATTRIBUTES + linkState + mpReach(16388, 71, "c6336407", nlri);
    const adds = player.frame(routeMonitoring({ attributes }, PEER));
    const [base] = rowsOf(adds, "base_attribute");
    const [nodeRow] = rowsOf(adds, "ls_node");
    const [linkRow] = rowsOf(adds, "ls_link");
    const [prefixRow] = rowsOf(adds, "ls_prefix");
    assert.equal(nodeRow![3], base![2]);
    assert.deepEqual(nodeRow!.slice(10), [
      "0000.0000.0001.0000",
      "192.0.2.1",
      "0",
      "1f",
      "0, 2",
      "",
      "49.0001",
      "IS-IS_L2",
      "OT",
      " 64500 64501",
      "100",
      "0",
      "198.51.100.7",
      "n1",
      "1",
      "1",
      "IV 8000 16000",
    ]);
    assert.deepEqual(linkRow!.slice(10), [
      "0000.0000.0001.0000",
      "192.0.2.1",
      "0",
      "1f",
      "",
      "49.0001",
      "IS-IS_L2",
      " 64500 64501",
      "100",
      "0",
      "198.51.100.7",
      "2",
      "0",
      "0",
      "10.0.0.1",
      "10.0.0.2",
      "10",
      "0",
      "80000",
      "0",
      Array(8).fill("80000").join(", "),
      "0",
      "",
      "LDP",
      "",
      "",
      linkRow![36],
      nodeRow![2],
      "0000.0000.0002.0000",
      "0.0.0.0",
      "64500",
      "64500",
      "",
      "1",
      "1",
      "VL 0 24001",
    ]);
    assert.notEqual(linkRow![36], nodeRow![2]);
    assert.deepEqual(prefixRow!.slice(10), [
      "0000.0000.0001.0000",
      "192.0.2.1",
      "0",
      "1f",
      "",
      "49.0001",
      "IS-IS_L2",
      " 64500 64501",
      "100",
      "0",
      "198.51.100.7",
      nodeRow![2],
      "2",
      "",
      "",
      "0",
      "0",
      "0.0.0.0",
      "10",
      "10.1.0.0",
      "24",
      "1",
      "1",
      "N SPF 101",
    ]);
    const dels = player.frame(routeMonitoring({ attributes: mpUnreach(16388, 71, nlri) }, PEER));
    for (const type of ["ls_node", "ls_link", "ls_prefix"] as const) {
      const [add] = rowsOf(adds, type);
      const [del] = rowsOf(dels, type);
      assert.deepEqual([del![0], del![2], del![3]], ["del", add![2], ""]);
    }
  });

  it("bmp_stat: nine statistics", () => {
    const stats = Array.from({ length: 7 }, (_, i) => tlv(i, uint(i + 1, 4))).join("") +
      tlv(7, "ffffffffffffffff") + tlv(8, "0000000000000009") + tlv(11, "00000001");
    const [row] = rowsOf(
      playerWithPeer().frame(bmp(1, perPeer(PEER) + uint(10, 4) + stats)),
      "bmp_stat",
    );
    assert.deepEqual(row, [
      "add",
      "0",
      ROUTER,
      "192.0.2.1",
      PEER_HASH,
      "198.51.100.7",
      "64500",
      SENT_AT,
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
      "7",
      "9223372036854775807",
      "9",
    ]);
  });

  it("are none for End-of-RIB, mirrored messages, other families", () => {
    const player = playerWithPeer();
    assert.deepEqual(player.frame(routeMonitoring({}, PEER)), []);
    assert.deepEqual(player.frame(bmp(6, perPeer(PEER) + tlv(1, "0001"))), []);
    const multicast = PATH_ATTRIBUTES + mpReach(1, 2, "c6336407", PREFIX);
    assert.deepEqual(player.frame(routeMonitoring({ attributes: multicast }, PEER)), []);
  });
});
