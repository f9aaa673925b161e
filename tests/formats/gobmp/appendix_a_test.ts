// goBMP's records for given bytes (tests/golden/gobmp_appendix_a.json), corrected where goBMP contradicts an RFC.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { familyKey } from "../../../src/bgp/families.ts";
import { FAMILY_BY_KEY } from "../../../src/bgp/nlri/registry.ts";
import { createGobmpFormatter } from "../../../src/formats/gobmp/mod.ts";
import type { JsonObject } from "../../corpus/corpus.ts";
import { canonicalText } from "../../corpus/compare.ts";
import {
  labelsPart,
  md5,
  peerRecordHash,
  ROUTE_HASH_NAMES,
  routeHash,
  routerHash,
} from "../../corpus/hashes.ts";
import type { RecordLine } from "../../corpus/records.ts";
import {
  SR_POLICY_V4_TUNNEL,
  SR_POLICY_V6_TUNNEL,
  SRV6_L3_SERVICE,
  TUNNEL_ENCAP_VXLAN,
} from "./appendix_a_decoded.ts";
import { formatFrames } from "./format_frames.ts";

interface Vector {
  readonly name: string;
  readonly family: string;
  readonly before: readonly string[];
  readonly frame: string;
  /** False: `expected` leaves out {@linkcode SHARED_MEMBERS}, and outside of {@linkcode ATTRIBUTE_GROUP} the common attributes. */
  readonly complete: boolean;
  readonly expected: readonly JsonObject[];
}

interface Correction {
  readonly vectors: readonly string[];
  readonly reason: string;
  readonly apply: (expected: readonly JsonObject[]) => JsonObject[];
}

const GOLDEN = new URL("../../golden/gobmp_appendix_a.json", import.meta.url);
const file: { vectors: Vector[]; pending: Vector[] } = JSON.parse(readFileSync(GOLDEN, "utf8"));
/** Those of families without a decoder wait for it. */
const golden = { vectors: [...file.vectors, ...file.pending.filter(isDecoded)] };
const peerUp = golden.vectors[0]!.frame;

/** ORIGIN, AS_PATH 65001 65002, NEXT_HOP: 24 bytes. */
const ATTRIBUTES = "4001010040020a02020000fde90000fdea400304c0000201";

const SHARED_MEMBERS = [
  "router_hash",
  "router_ip",
  "peer_hash",
  "peer_ip",
  "peer_asn",
  "peer_type",
  "timestamp",
  "remote_bgp_id",
  "is_adj_rib_in_post_policy",
  "is_adj_rib_out_post_policy",
  "is_adj_rib_out",
  "is_loc_rib",
  "is_loc_rib_filtered",
];
const COMMON_ATTRIBUTES = [
  "origin",
  "as_path",
  "as_path_count",
  "as_path_segments",
  "nexthop",
  "is_atomic_agg",
];
/** Vectors that show all of `base_attrs`, but no `hash`. */
const ATTRIBUTE_GROUP = new Set(namesFrom("allattrs", "host bits set"));

/** `00 06 003e81 0a000001`: label 1000, with the members that goBMP has not. */
const PMSI_TUNNEL = {
  flags: 0,
  tunnel_type: 6,
  mpls_label: 1000,
  raw_label: 16001,
  tunnel_identifier: "CgAAAQ==",
  tunnel_type_name: "ingress-replication",
  tunnel: { endpoint: "10.0.0.1" },
};

const CORRECTIONS: readonly Correction[] = [
  {
    vectors: ["IPv4 withdraw"],
    reason: "B2: no End-of-RIB follows a withdrawal (RFC 4724 section 2)",
    apply: (expected) => expected.filter((it) => it["is_eor"] !== true),
  },
  {
    vectors: ["Peer Down reason 1"],
    reason: "B4: the NOTIFICATION's code and subcode have members of their own",
    apply: ([down]) => [{
      ...down,
      bmp_error_code: 6,
      bmp_error_sub_code: 2,
      error_text: "Cease: Administrative Shutdown",
    }],
  },
  {
    vectors: ["reach+unreach+nlri"],
    reason: "B3: every part of an UPDATE counts (RFC 4760 section 3, RFC 7606 section 5.1)",
    apply: ([withdrawn]) => {
      const inIpv4 = { is_ipv4: true, is_nexthop_ipv4: true, nexthop: "192.0.2.1" };
      return [
        withdrawn!,
        { ...withdrawn, ...inIpv4, prefix: "203.0.113.0", prefix_len: 24 },
        { ...withdrawn, ...inIpv4, action: "add", prefix: "198.51.100.0", prefix_len: 24 },
        { ...withdrawn, action: "add", prefix: "2001:db8:1::", nexthop: "2001:db8::1" },
      ].map((route) => withRouteHash(route));
    },
  },
  {
    vectors: ["as_set+confed"],
    reason: "B20: a path that ends in an AS_SET has no single origin",
    apply: ([route]) => [without(route!, ["origin_as"])],
  },
  {
    vectors: ["as2 A flag"],
    reason:
      "B20: AS4_PATH replaces the trailing numbers of a two-octet AS_PATH (RFC 6793 section 4.2.3)",
    apply: ([route]) => [{
      ...withBase(route!, {
        as_path: [65001, 65546],
        as_path_segments: [{ type: 2, asns: [65001, 65546] }],
      }),
      origin_as: 65546,
    }],
  },
  {
    vectors: ["unicast v4 via mp with v6 nh (RFC8950)"],
    reason: "B19: the next hop is an IPv6 address",
    apply: ([route]) => [{ ...route!, is_nexthop_ipv4: false }],
  },
  {
    vectors: ["origin 9"],
    reason: "RFC 7606 section 7.1: an undefined ORIGIN is treated as a withdrawal",
    apply: treatedAsWithdraw(["origin"]),
  },
  {
    vectors: ["bad originator/cluster len"],
    reason: "RFC 7606 section 7.9: ORIGINATOR_ID of an internal peer, length not 4",
    apply: treatedAsWithdraw(["originator_id"]),
  },
  {
    vectors: ["bad med/lp/community/extcomm"],
    reason:
      "RFC 7606 sections 7.4, 7.5, 7.8, 7.14: wrong lengths; section 3 g: of two ORIGINs the first counts",
    apply: ([route]) => treatedAsWithdraw([])([withBase(route!, { origin: "igp" })]),
  },
  {
    vectors: ["bad aspath"],
    reason:
      "RFC 7606 section 7.2: a segment longer than the attribute is treated as a withdrawal; goBMP loses the UPDATE",
    apply: () => [{
      action: "del",
      base_attrs: {
        base_attr_hash: md5Hex("000202ffffc0000201"),
        origin: "igp",
        nexthop: "192.0.2.1",
        is_atomic_agg: false,
      },
      prefix: "198.51.100.0",
      prefix_len: 24,
      is_ipv4: true,
      nexthop: "192.0.2.1",
      is_nexthop_ipv4: true,
    }],
  },
  {
    vectors: ["pmsi"],
    reason:
      "B9: the label field is there whatever the flags (RFC 6514 section 5); of two attributes the first counts (RFC 7606 section 3 g)",
    apply: ([route]) => [withBase(route!, { pmsi_tunnel: PMSI_TUNNEL })],
  },
  {
    vectors: ["vpnv6 add 6vPE"],
    reason: "B19: the next hop is IPv4, mapped (RFC 4659 section 3.2.1.2)",
    apply: ([route]) => [{ ...route!, is_nexthop_ipv4: true }],
  },
  {
    vectors: ["vpnv4 srv6 len"],
    reason: "B18: a label is 20 bits, also beside attribute 40 (RFC 8277 section 2.1)",
    apply: ([route]) => [{ ...route!, labels: [1072] }],
  },
  {
    vectors: ["multicast v4"],
    reason: "goBMP's record has no hash; ours has one as all prefixes have",
    apply: ([route]) => [withRouteHash(route!, 184)],
  },
  {
    vectors: ["t1", "t3 pmsi", "t4", "t6", "t9"],
    reason: "B12: the type of the route distinguisher (RFC 4364 section 4.2)",
    apply: ([route]) => [{ ...route!, vpn_rd_type: 1 }],
  },
  {
    vectors: ["t2 mac only vxlan", "t2 mac ip 2 labels", "t5 v4", "t5 v6 /48", "wd t2 nolabel"],
    reason:
      "B12: these types have an Ethernet tag too (RFC 7432 section 7.2, RFC 9136 section 3.1)",
    apply: ([route]) => [{ ...route!, vpn_rd_type: 1, eth_tag: "AAAD6A==" }],
  },
  {
    vectors: ["t5 v6 /48"],
    reason: "B12: the address is an IPv6 address",
    apply: ([route]) => [{ ...route!, is_ipv4: false }],
  },
  {
    vectors: ["t3 pmsi"],
    reason: "B9: the label field is there whatever the flags (RFC 6514 section 5)",
    apply: ([route]) => [{
      ...withBase(route!, { pmsi_tunnel: PMSI_TUNNEL }),
      pmsi_tunnel: PMSI_TUNNEL,
    }],
  },
  {
    vectors: ["vpls 4761"],
    reason:
      "B14: IANA's name of encapsulation 19; flag 1 is sequenced delivery (RFC 4761 section 3.2.4); goBMP's list has bytes for the community",
    apply: ([route]) => [{
      ...withBase(route!, { ext_community_list: ["l2-info=19:1:1500:0", "rt=65001:100"] }),
      encap_type: "VPLS",
      control_word: false,
      sequenced_delivery: true,
    }],
  },
  {
    vectors: ["tunnel encap vxlan"],
    reason: "sub-TLV 4 is Color (RFC 9012 section 4.3); both are too short for what they are",
    apply: ([route]) => [withBase(route!, { tunnel_encap: TUNNEL_ENCAP_VXLAN })],
  },
  {
    vectors: ["tunnel encap bad"],
    reason: "RFC 9012 section 13: a tunnel past the attribute's end is treated as a withdrawal",
    apply: treatedAsWithdraw([]),
  },
  {
    vectors: ["vpnv4 srv6 len"],
    reason: "own member: what is in the SRv6 service",
    apply: ([route]) => [withBase(route!, { bgp_prefix_sid: { tlvs: [SRV6_L3_SERVICE] } })],
  },
  {
    vectors: ["srpolicy v4"],
    reason: "type 15 is SR Policy (RFC 9830); B15: the reserved octet is no part of the name",
    apply: ([route]) => [{
      ...withBase(route!, { tunnel_encap: SR_POLICY_V4_TUNNEL }),
      policy_path_name: "path",
    }],
  },
  {
    vectors: ["srpolicy v6 noseg"],
    reason: "type 15 is SR Policy (RFC 9830)",
    apply: ([route]) => [withBase(route!, { tunnel_encap: SR_POLICY_V6_TUNNEL })],
  },
  {
    vectors: ["prefix len 40 legacy"],
    reason: "B27: an IPv4 prefix of 40 bits is no route (RFC 7606 section 5.3)",
    apply: () => [],
  },
  {
    vectors: ["fs4", "fs4 multi", "fs6", "fsvpn4"],
    reason: "B16: a next hop of length 0 is none (RFC 8955 section 4)",
    apply: (expected) => expected.map((it) => without(it, ["nexthop"])),
  },
  {
    vectors: ["fs4 eor"],
    reason:
      "B16: an empty MP_UNREACH_NLRI is an End-of-RIB and withdraws nothing (RFC 4724 section 2)",
    apply: () => [],
  },
  {
    vectors: ["adj sid ok + lan"],
    reason: "B21: the node has an IPv6 router identifier, whatever the peer's family",
    apply: ([link]) => [{ ...link!, router_id: "2001:db8::9" }],
  },
  {
    vectors: ["node flags isis multi-area"],
    reason: "B21: two TLVs are two areas, the first of 5 octets (RFC 9552 section 5.3.1.2)",
    apply: ([node]) => [{ ...node!, area_id: "49.0001.0002,49.0003" }],
  },
  {
    vectors: ["link isis"],
    reason: "B21: bandwidths are numbers, not the bits of a float (RFC 8571 section 2.5)",
    apply: ([link]) => [{
      ...link!,
      unidir_residual_bw: 1,
      unidir_available_bw: 1,
      unidir_bw_utilization: 1,
    }],
  },
  {
    vectors: ["link bgp epe"],
    reason:
      "B10: the TLV has 12 octets, 2 of them reserved (RFC 9514 section 7.2); this one has 11",
    apply: ([link]) => [without(link!, ["srv6_bgp_peer_node_sid"])],
  },
  {
    vectors: ["prefix4 isis"],
    reason: "B29: 0x02 is none of the IGP flags (RFC 9552 section 5.3.3.1)",
    apply: ([prefix]) => [{
      ...prefix!,
      igp_flags: { d_flag: false, n_flag: false, l_flag: false, p_flag: false },
    }],
  },
  {
    vectors: ["prefix4 ospf"],
    reason: "B11: goBMP has a member for the forwarding address, and leaves it empty",
    apply: ([prefix]) => [{ ...prefix!, ospf_fwd_addr: "10.9.9.9" }],
  },
];

/** Messages that goBMP drops, and what they are worth; null: the member must be absent. */
const DROPPED: readonly {
  readonly name: string;
  readonly frames: readonly string[];
  readonly expected: readonly JsonObject[];
}[] = [
  {
    name: "CLUSTER_LIST of 2 bytes: a withdrawal (RFC 7606 section 7.10)",
    frames: [routeMonitoring(updateBody(`${ATTRIBUTES}800a020a00`, "18c63364"))],
    expected: [{ action: "del", prefix: "198.51.100.0", prefix_len: 24 }],
  },
  {
    name: "attribute header cut short: a withdrawal (RFC 7606 section 4)",
    frames: [routeMonitoring(updateBody(`${ATTRIBUTES}8004`, "18c63364"))],
    expected: [{ action: "del", prefix: "198.51.100.0", prefix_len: 24 }],
  },
  {
    name: "prefix with 2 bytes of 3: no route (RFC 7606 section 5.3)",
    frames: [routeMonitoring(updateBody(ATTRIBUTES, "18c633"))],
    expected: [],
  },
  {
    name: "empty MP_REACH_NLRI: no route (RFC 7606 section 7.11)",
    frames: [routeMonitoring(updateBody(`${ATTRIBUTES}800e00`, ""))],
    expected: [],
  },
  {
    name: "AFI/SAFI 1/66",
    frames: [routeMonitoring(updateBody(`${ATTRIBUTES}800e0b000142040a000001000100`, ""))],
    expected: [],
  },
  {
    name: "statistics type 7 with 1 byte: the report without it",
    frames: [message(1, `${perPeer()}0000000200070001050001000400000009`)],
    expected: [{ duplicate_prefix: 9, ads_rib_in: null }],
  },
  { name: "Route Mirroring", frames: [message(6, `${perPeer()}000100020000`)], expected: [] },
  { name: "BMP message type 99", frames: [message(99, "abcd")], expected: [] },
  {
    name: "peer type 9",
    frames: [message(0, `09${perPeer().slice(2)}${bgp(2, updateBody(ATTRIBUTES, "18c63364"))}`)],
    expected: [],
  },
  {
    name: "OPEN inside Route Monitoring",
    frames: [message(0, `${perPeer()}${bgp(1, "04fde900b40a00000100")}`)],
    expected: [],
  },
  {
    name: "Initiation with a length past its end; the session goes on",
    frames: [message(4, "000200207272"), routeMonitoring(updateBody(ATTRIBUTES, "18c63364"))],
    expected: [{ action: "add", prefix: "198.51.100.0", prefix_len: 24 }],
  },
];

describe("records are goBMP's, or what the RFCs ask for", () => {
  for (const vector of golden.vectors) {
    const corrections = CORRECTIONS.filter((it) => it.vectors.includes(vector.name));
    const because = corrections.map((it) => ` (${it.reason})`).join("");
    it(`${vector.name}${because}`, () => {
      const records = formatVector(vector);
      for (const record of records) assertHashes(record);
      const all = vector.expected.map((line) => line["msg_data"] as JsonObject);
      const expected = corrections.reduce((lines, correction) => correction.apply(lines), all);
      const shown = records.map(({ data }) => vector.complete ? data : trimmed(data, vector));
      assert.deepEqual(
        inOrder(shown.map(unlabelledHash)),
        inOrder(expected.map(unlabelledHash)),
      );
    });
  }

  it("every correction names vectors that exist", () => {
    const names = golden.vectors.map((it) => it.name);
    assert.deepEqual(
      CORRECTIONS.flatMap((it) => it.vectors).filter((it) => !names.includes(it)),
      [],
    );
  });
});

describe("what goBMP drops costs no more than itself", () => {
  for (const { name, frames, expected } of DROPPED) {
    it(name, () => {
      const records = format([peerUp, ...frames]).slice(1).flat();
      assert.equal(records.length, expected.length);
      expected.forEach((members, i) => {
        for (const [member, value] of Object.entries(members)) {
          assert.equal(records[i]!.data[member] ?? null, value, member);
        }
      });
    });
  }

  it("the session goes on after each of them", () => {
    const route = routeMonitoring(updateBody(ATTRIBUTES, "18c63364"));
    const perFrame = format([peerUp, ...DROPPED.flatMap((it) => it.frames), route]);
    assert.equal(perFrame.at(-1)![0]?.data["prefix"], "198.51.100.0");
  });
});

function format(frames: readonly string[]): RecordLine[][] {
  const formatter = createGobmpFormatter({
    collector: "test",
    routerIdentity: "first-peer-up",
    extraFields: false,
    splitAf: true,
  });
  return formatFrames(formatter, frames.map((frame) => new Uint8Array(Buffer.from(frame, "hex"))));
}

/** The records of the vector's own frame. */
function formatVector(vector: Vector): RecordLine[] {
  return format([...vector.before, vector.frame]).at(-1)!;
}

/** Hashes of every record are what the formulas give for its members. */
function assertHashes({ data, type, key }: RecordLine): void {
  assert.equal(data["router_hash"], routerHash(data));
  assert.equal(key, data["spec_hash"] ?? data["router_hash"]);
  if (type === 10) assert.equal(data["hash"], peerRecordHash(data));
  else if (type in ROUTE_HASH_NAMES && data["is_eor"] !== true) {
    assert.equal(data["hash"], routeHash(data, "", type));
  } else assert.equal(data["hash"], undefined);
}

/** With the hash of a route of the peer that the first vector brings up. */
function withRouteHash(route: JsonObject, type = 74): JsonObject {
  const shared = { router_hash: md5("10.0.0.2"), peer_hash: "5688b06eb7e36501f55922c2d5fe7e99" };
  return { ...route, hash: routeHash({ ...route, ...shared }, "", type) };
}

/** Leaves out the `hash` of a labelled route: goBMP's covers the labels; ours was checked by the formula. */
function unlabelledHash(data: JsonObject): JsonObject {
  return labelsPart(data) === "" ? data : without(data, ["hash"]);
}

/** What a compact vector shows of a record. */
function trimmed(data: JsonObject, vector: Vector): JsonObject {
  const isAttributeGroup = ATTRIBUTE_GROUP.has(vector.name);
  const shown = without(data, isAttributeGroup ? [...SHARED_MEMBERS, "hash"] : SHARED_MEMBERS);
  const base = shown["base_attrs"] as JsonObject | undefined;
  if (isAttributeGroup || base === undefined) return shown;
  return { ...shown, base_attrs: without(base, COMMON_ATTRIBUTES) };
}

/** RFC 7606 section 2: as if the routes had been listed as withdrawn; the members of malformed attributes are absent. */
function treatedAsWithdraw(malformed: readonly string[]): Correction["apply"] {
  return (routes) => routes.map((route) => ({ ...withoutBase(route, malformed), action: "del" }));
}

function withBase(route: JsonObject, members: JsonObject): JsonObject {
  return { ...route, base_attrs: { ...(route["base_attrs"] as JsonObject), ...members } };
}

function withoutBase(route: JsonObject, members: readonly string[]): JsonObject {
  return { ...route, base_attrs: without(route["base_attrs"] as JsonObject, members) };
}

function without(data: JsonObject, members: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !members.includes(name)));
}

function isDecoded({ family }: Vector): boolean {
  return family.split(" ").every((pair) => {
    const [afi, safi] = pair.split("/").map(Number);
    return FAMILY_BY_KEY.has(familyKey(afi!, safi!));
  });
}

/** Sorted: the order of routes within an UPDATE is no part of the comparison. */
function inOrder(lines: JsonObject[]): JsonObject[] {
  return lines.sort((a, b) => canonicalText(a) < canonicalText(b) ? -1 : 1);
}

function namesFrom(first: string, last: string): string[] {
  const names = golden.vectors.map((it) => it.name);
  return names.slice(names.indexOf(first), names.indexOf(last) + 1);
}

/** Per-peer header of the peer that the first vector brings up. */
function perPeer(): string {
  return peerUp.slice(12, 96);
}

/** A Route Monitoring message of that peer with this UPDATE. */
function routeMonitoring(body: string): string {
  return message(0, perPeer() + bgp(2, body));
}

/** An UPDATE without its header: no withdrawn routes. */
function updateBody(attributes: string, nlri: string): string {
  return `0000${hex(attributes.length / 2, 4)}${attributes}${nlri}`;
}

function bgp(type: number, body: string): string {
  return `${"ff".repeat(16)}${hex(19 + body.length / 2, 4)}${hex(type, 2)}${body}`;
}

/** A BMP message of version 3. */
function message(type: number, body: string): string {
  return `03${hex(6 + body.length / 2, 8)}${hex(type, 2)}${body}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

function md5Hex(bytes: string): string {
  return createHash("md5").update(Buffer.from(bytes, "hex")).digest("hex");
}
