/**
 * One session with a record of every type and with every field that a stream can give: `tests/data/every-record.bmp`, which
 * docs/records.md takes its examples from. Nothing in it is a real route.
 */
import {
  AS_PATH,
  attribute,
  bgp,
  bmp,
  MANDATORY,
  mpReach,
  mpUnreach,
  NEXT_HOP,
  ORIGIN,
  type PeerOptions,
  peerUp,
  perPeer,
  routeMonitoring,
  uint,
  update,
} from "../building.ts";
import { fromHex } from "../decoding.ts";

const RouteMonitoring = 0;
const StatisticsReport = 1;
const PeerDown = 2;
const Initiation = 4;
const Termination = 5;
const RouteMirroring = 6;

/** 192.0.2.2, AS 65001. */
const PEER: PeerOptions = {};
/** 2001:db8::2, AS 65002, in a VRF. */
const VRF_PEER: PeerOptions = {
  type: 1,
  flags: 0x80,
  distinguisher: "0000fde900000064",
  address: "20010db8000000000000000000000002",
  as: 65002,
  bgpId: "c0000203",
};
/** The Loc-RIB, filtered. */
const LOC_RIB: PeerOptions = { type: 3, flags: 0x80, address: "00000000", as: 65000 };
/** A peer whose Peer Up never comes. */
const STRANGER: PeerOptions = { address: "c0000209", as: 65009 };

/** Preference, label as binding SID, ENLP, priority, a segment list of weight 5, both names. */
const SR_POLICY = srPolicy(
  "0c06 0000 00000064" + "0d06 4000 05dc0100" + "0e03 010002" + "0f02 0a00",
  ["0906 0000 00000005", "0106 0000 03e81100", "0106 8000 03e82b40"],
  "82 0007 00 706f6c696379" + "81 0005 00 70617468",
);
/** Segments of all types, with SRv6 binding SIDs. */
const SR_POLICY_OF_ALL_SEGMENTS = srPolicy(
  `141a a000 ${"20010db8".padEnd(32, "0")} 0041 0000 20001000`,
  [
    "0906 0100 00000001",
    "030a 8001 0a000001 03e81100",
    `0416 8001 ${"20010db8".padEnd(32, "0")} 03e81100`,
    "050e 8000 0000000a 0a000001 03e81100",
    "060e 8000 0a000001 0a000002 03e81100",
    `072e 8000 00000001 ${"20010db8".padEnd(32, "1")} 00000002 ${
      "20010db8".padEnd(32, "2")
    } 03e81100`,
    `0826 8000 ${"20010db8".padEnd(32, "1")} ${"20010db8".padEnd(32, "2")} 03e81100`,
    `0d1a 1000 ${"20010db8".padEnd(32, "0")} 0041 0000 20001000`,
    `0e2a 7080 ${"20010db8".padEnd(32, "1")} ${"20010db8".padEnd(32, "3")} 0041 0000 20001000`,
    "dd01 07",
  ],
  "",
);

/** The value of a Tunnel Encapsulation attribute with one SR policy: sub-TLVs before its segment list, the list, those behind it. */
function srPolicy(before: string, segments: readonly string[], behind: string): string {
  return (uint(15, 2) + counted(`${before}80${counted(`00${segments.join("")}`, 2)}${behind}`, 2))
    .replaceAll(" ", "");
}

function text(value: string): string {
  return Array.from(new TextEncoder().encode(value), (octet) => uint(octet, 1)).join("");
}

function counted(value: string, bytes: number): string {
  return uint(value.replace(/\s/g, "").length / 2, bytes) + value;
}

/** A TLV of BMP version 3. */
function tlv(type: number, value: string): string {
  return uint(type, 2) + counted(value, 2);
}

/** A TLV of draft-ietf-grow-bmp-tlv. */
function indexedTlv(type: number, index: number, value: string): string {
  return uint(type, 2) + uint(value.length / 2, 2) + uint(index, 2) + value;
}

function capability(code: number, value: string): string {
  return uint(code, 1) + counted(value.replace(/\s/g, ""), 1);
}

const CAPABILITIES = [
  capability(1, "0001 00 01"),
  capability(2, ""),
  capability(3, "0001 00 01 01 40 03"),
  capability(5, "0001 0001 0002"),
  capability(7, "08 0001"),
  capability(8, "0001 04 03"),
  capability(9, "03"),
  capability(64, "c078 0001 01 80"),
  capability(67, "0102"),
  capability(68, "8001"),
  capability(69, "0001 04 03"),
  capability(71, "0001 01 80 000e10"),
  capability(73, counted(text("r1"), 1) + counted(text("example.net"), 1)),
  capability(75, counted(text("routerd 1.0"), 1)),
  capability(76, "0001 01 0004"),
  capability(200, "01"),
].join("");

const EVERY_ATTRIBUTE = [
  MANDATORY,
  attribute(0x80, 4, uint(50, 4)),
  attribute(0x40, 5, uint(200, 4)),
  attribute(0x40, 6, ""),
  attribute(0xc0, 7, "0000fde9c0000202"),
  attribute(0xc0, 8, "fde90064ffffff01"),
  attribute(0x80, 9, "c0000202"),
  attribute(0x80, 10, "0a0000010a000002"),
  attribute(0xc0, 16, "0002fde900000064"),
  attribute(0xc0, 17, "02010000fdea"),
  attribute(0xc0, 18, "0000fde9c0000202"),
  attribute(0xc0, 32, "0000fde90000000100000002"),
  attribute(0xc0, 35, "0000fdea"),
  attribute(0xc0, 128, `0000fde9${ORIGIN}${attribute(0x40, 5, uint(100, 4))}`),
  attribute(0xc0, 99, "0102"),
].join("");

const NEXT_HOP_V6 = "20010db8000000000000000000000002";
/** 2001:db8:1::/48. */
const PREFIX_V6 = "3020010db80001";
/** Colour 100, origin validation state "not found". */
const COLOR_AND_STATE = attribute(0xc0, 16, "030b000000000064 4300000000000001".replace(/\s/g, ""));
/** Label 100, bottom of stack, 10.9.9.9/32. */
const LABELLED = "38 000641 0a090909".replace(/\s/g, "");
/** 198.51.100.0/24. */
const PREFIX = "18c63364";
/** 10.1.0.0/16 in VPN 65001:100, its label field 0x004300; the SID of RFC 9252 that the label field completes. */
const VPN = "68 004300 0000fde900000064 0a01".replace(/\s/g, "");
const SRV6_SID = attribute(
  0xc0,
  40,
  "05 0022 00 01 001e 00 20010db8f00300000000000000000000 01 0011 00 010006281810001040",
);
/** Label index 100 and an SRGB of 8000 labels from 16000 on. */
const LABEL_INDEX = attribute(0xc0, 40, "010007 00 0001 00000064 030008 0001 003e80 001f40");
const CLASSFUL = "78 003e81 0001c000020100ff c0000207".replace(/\s/g, "");
/** To 192.0.2.0/24, TCP, port 80 or 8000 to 8088: dropped. */
const FLOW_SPEC = attribute(0xc0, 16, "8006000000000000") +
  mpReach(1, 133, "", "110118c00002 038106 050150131f40d51f98".replace(/\s/g, ""));
/** Routes of AS 65001 with route target 65001:100. */
const MEMBERSHIP = mpReach(1, 132, "c0000202", "600000fde90002fde900000064");
const WRONG_ORIGIN = attribute(0x40, 1, "09");
/** A family without a decoder. */
const KEY_VALUE = mpReach(16397, 241, "c0000202", "0001020304ff");
/** A next hop of 5 octets. */
const ODD_NEXT_HOP = mpReach(16397, 241, "c000020201", "0001020304ff");

/** BGP-LS: a Node Descriptors TLV of AS 65001, an IS-IS system, and what else an NLRI of this type has. */
function linkStateNode(type: number, system: number): string {
  return tlv(type, tlv(512, uint(65001, 4)) + tlv(515, uint(system, 6)));
}

function linkState(nlriType: number, descriptors: string): string {
  return tlv(nlriType, `02${uint(0, 8)}${linkStateNode(256, 1)}${descriptors}`);
}

/** IPv4 Router-ID, maximum bandwidth of 1 Gbit/s, IGP metric, link name, Adjacency-SID 24001. */
const LINK_ATTRIBUTE = attribute(
  0x80,
  29,
  tlv(1028, "0a000001") + tlv(1089, "4cee6b28") + tlv(1095, "00000a") + tlv(1098, text("r1-r2")) +
    tlv(1099, "30000000005dc1"),
);
/** A node of IS-IS level 2, its link to another, its prefix, its SID. */
const LINK_STATE = [
  linkState(1, ""),
  linkState(2, linkStateNode(257, 2) + tlv(259, "0a000001") + tlv(260, "0a000002")),
  linkState(3, tlv(263, "0002") + tlv(265, "180a0909")),
  linkState(6, tlv(518, "20010db8f00900110000000000000000")),
].join("");
const SHUTDOWN = bgp(3, `0602${counted(text("maintenance"), 1)}`);

const STATISTICS: readonly (readonly [type: number, value: string])[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 11, 12, 13].map((type) => [type, uint(type + 1, 4)] as const),
  ...[7, 8, 14, 15].map((type) => [type, uint(1000 + type, 8)] as const),
  ...[9, 10, 16, 17].map((type) => [type, `000101${uint(2000 + type, 8)}`] as const),
  [18, uint(3000, 8)],
  [19, `000201${uint(3001, 8)}`],
  [999, "0102"],
];

function statistics(): string {
  const tlvs = STATISTICS.map(([type, value]) => tlv(type, value)).join("");
  return uint(STATISTICS.length, 4) + tlvs;
}

/** The messages, in order. */
const MESSAGES: readonly string[] = [
  bmp(
    Initiation,
    tlv(2, text("r1.example.net")) + tlv(1, text("routerd 1.0")) + tlv(0, text("rack 4")) +
      tlv(9, "ff"),
  ),
  peerUp(PEER, {
    sent: CAPABILITIES,
    received: capability(1, "0001 00 01"),
    tlvs: tlv(0, text("to the exchange")) + tlv(4, text("edge")) + tlv(9, "00"),
  }),
  peerUp(VRF_PEER, { localAddress: "20010db8000000000000000000000001" }),
  peerUp(LOC_RIB, { localAddress: "", tlvs: tlv(3, text("global")) }),
  routeMonitoring({ attributes: EVERY_ATTRIBUTE, nlri: PREFIX }, PEER),
  routeMonitoring({ attributes: MANDATORY, nlri: PREFIX }, LOC_RIB),
  routeMonitoring({ withdrawn: PREFIX }, PEER),
  routeMonitoring({
    attributes: ORIGIN + AS_PATH + COLOR_AND_STATE + mpReach(2, 1, NEXT_HOP_V6, PREFIX_V6),
  }, VRF_PEER),
  routeMonitoring({ attributes: mpUnreach(2, 1, PREFIX_V6) }, VRF_PEER),
  // ADD-PATH was not negotiated here: the path identifier is found in the bytes.
  routeMonitoring({ attributes: ORIGIN + AS_PATH + mpReach(1, 4, "c0000202", LABELLED) }, PEER),
  routeMonitoring({ attributes: MANDATORY, nlri: `00000007${PREFIX}00000008${PREFIX}` }, PEER),
  routeMonitoring({
    attributes: ORIGIN + AS_PATH + SRV6_SID + mpReach(1, 128, `${uint(0, 8)}c0000202`, VPN),
  }, PEER),
  routeMonitoring({ attributes: mpUnreach(1, 128, VPN) }, PEER),
  routeMonitoring({
    attributes: WRONG_ORIGIN + AS_PATH +
      mpReach(1, 128, `${uint(0, 8)}c0000202`, `00000007${VPN}`),
  }, PEER),
  routeMonitoring({
    attributes: ORIGIN + AS_PATH + SRV6_SID + mpReach(1, 4, "c0000202", LABELLED),
  }, PEER),
  routeMonitoring({
    attributes: ORIGIN + AS_PATH + LABEL_INDEX + mpReach(1, 4, "c0000202", LABELLED),
  }, PEER),
  routeMonitoring({
    attributes: ORIGIN + AS_PATH + COLOR_AND_STATE +
      mpReach(1, 76, `${uint(0, 8)}c0000202`, CLASSFUL),
  }, PEER),
  routeMonitoring({}, PEER),
  ...[SR_POLICY, SR_POLICY_OF_ALL_SEGMENTS].flatMap((path) =>
    [[1, "60", "0a000009"], [2, "c0", "20010db8000000000000000000000009"]].map(
      ([afi, bits, endpoint]) =>
        routeMonitoring({
          attributes: ORIGIN + AS_PATH + attribute(0xd0, 23, path) +
            mpReach(Number(afi), 73, "c0000202", `${bits}0000000100000064${endpoint}`),
        }, PEER),
    )
  ),
  routeMonitoring({ attributes: ORIGIN + AS_PATH + FLOW_SPEC }, PEER),
  routeMonitoring({ attributes: ORIGIN + AS_PATH + MEMBERSHIP }, PEER),
  routeMonitoring({ attributes: mpUnreach(1, 4, "") }, PEER),
  routeMonitoring({ attributes: mpUnreach(1, 128, "") }, PEER),
  routeMonitoring({ attributes: ORIGIN + AS_PATH + KEY_VALUE }, PEER),
  routeMonitoring({
    attributes: ORIGIN + AS_PATH + LINK_ATTRIBUTE + mpReach(16388, 71, "c0000202", LINK_STATE),
  }, PEER),
  routeMonitoring({ attributes: WRONG_ORIGIN + AS_PATH + KEY_VALUE }, PEER),
  routeMonitoring({ attributes: ORIGIN + AS_PATH + ODD_NEXT_HOP }, PEER),
  routeMonitoring({ attributes: WRONG_ORIGIN + AS_PATH + NEXT_HOP, nlri: PREFIX }, PEER),
  routeMonitoring({ attributes: MANDATORY, nlri: PREFIX }, STRANGER),
  bmp(
    RouteMonitoring,
    perPeer(PEER) + update({ attributes: MANDATORY, nlri: PREFIX }) + tlv(60002, "0000000a"),
  ),
  // Revision 21 of the TLV draft, then Path Marking beside revision 19.
  bmp(
    RouteMonitoring,
    perPeer(PEER) +
      indexedTlv(1, 0x8001, "00010002") +
      indexedTlv(2, 0, text("global")) +
      indexedTlv(3, 0, capability(69, "00010103")) +
      indexedTlv(4, 0, update({ attributes: MANDATORY, nlri: `00000001${PREFIX}` })) +
      indexedTlv(5, 0, uint(7, 8)) +
      indexedTlv(6, 0, "00") +
      indexedTlv(7, 0, `00${uint(1_600_000_000, 4)}${uint(5, 4)}`) +
      indexedTlv(0x8001, 0, "00007ed9ff"),
    4,
  ),
  bmp(
    RouteMonitoring,
    perPeer(PEER) +
      indexedTlv(3, 0, text("global")) +
      indexedTlv(4, 0, update({ attributes: MANDATORY, nlri: PREFIX })) +
      indexedTlv(5, 1, "000000020003"),
    4,
  ),
  bmp(StatisticsReport, perPeer(PEER) + statistics()),
  bmp(StatisticsReport, perPeer(PEER) + tlv(1, statistics()) + tlv(9, "ff"), 4),
  bmp(
    RouteMirroring,
    perPeer(PEER) + tlv(1, "0000") + tlv(0, update({ attributes: MANDATORY, nlri: PREFIX })) +
      tlv(9, "ff"),
  ),
  bmp(200, "c0ffee"),
  bmp(PeerDown, "0000"),
  bmp(PeerDown, `${perPeer(PEER)}01${SHUTDOWN}`),
  bmp(PeerDown, `${perPeer(VRF_PEER)}020018`),
  bmp(PeerDown, `${perPeer(LOC_RIB)}06${tlv(3, text("global"))}`),
  bmp(
    Termination,
    tlv(1, "0000") + tlv(0, text("upgrade")) + tlv(9, "ff"),
  ),
];

/** The stream. */
export function everyRecord(): Uint8Array {
  return fromHex(MESSAGES.join(""));
}
