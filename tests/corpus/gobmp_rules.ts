/** The accepted differences between goBMP's records (commit 4f81daa) and ours. B1 to B29 are goBMP's known defects. */
import { Buffer } from "node:buffer";
import type { Json, JsonObject } from "./corpus.ts";
import { canonicalText, type MemberDifference, type Rule } from "./compare.ts";
import { labelsPart, peerRecordHash, routeHash, routerHash } from "./hashes.ts";
import { isRoute, type RecordLine } from "./records.ts";
import { addressBytes, hex } from "./routes.ts";

/** Members of attributes that goBMP neither decodes nor lists as unknown. */
const LEFT_OUT_BY_GOBMP: ReadonlySet<string> = new Set(
  [
    "connector",
    "as_pathlimit",
    "traffic_engineering",
    "pe_distinguisher_labels",
    "bgpsec_path",
    "d_path",
    "sfp",
    "bfd_discriminator",
    "next_hop_characteristics",
    "bier",
  ].map((name) => `base_attrs.${name}`),
);

export const RULES: readonly Rule[] = [
  {
    name: "bogus IPv4 End-of-RIB",
    reason: "B2; RFC 4724 section 2: End-of-RIB is an UPDATE without withdrawn routes",
    onlyTheirs: ({ type, data }, facts) =>
      type === 74 && data["is_eor"] === true && data["action"] === "add" &&
      facts.withdrawOnly.has(keyOf(data)),
  },
  {
    name: "router identity",
    reason:
      "goBMP takes the local address of whichever Peer Up it saw first; varies where there are several",
    member: (it, facts) =>
      isIdentity(it.member) && facts.localAddresses.size > 1 &&
      facts.localAddresses.has(localAddressHex(it.theirRecord)) &&
      it.ourRecord["router_hash"] === routerHash(it.ourRecord),
  },
  {
    name: "router identity before the first Peer Up",
    reason: "goBMP knows none; B5: the TCP source stands in",
    member: (it) =>
      isIdentity(it.member) && it.theirRecord["router_ip"] === undefined &&
      it.ourRecord["router_ip"] === "127.0.0.1",
  },
  {
    name: "hash over other router_hash",
    reason: "follows from router identity",
    member: (it) =>
      it.member === "hash" && it.theirRecord["router_hash"] !== it.ourRecord["router_hash"] &&
      labelsPart(it.ourRecord) === "" && hashesFollow(it),
  },
  {
    name: "hash without labels",
    reason:
      "B18: a withdrawal's label differs from the announcement's (RFC 8277 section 2.4), its identity must not",
    member: (it) => it.member === "hash" && labelsPart(it.ourRecord) !== "" && hashesFollow(it),
  },
  {
    name: "label beside attribute 40",
    reason: "B18: a label is the upper 20 bits of its 3 bytes, also then (RFC 8277 section 2.1)",
    member: ({ member, ours, theirs }) =>
      member === "labels" && Array.isArray(ours) && Array.isArray(theirs) &&
      ours.length === 1 && theirs.length === 1 && theirs[0] === Number(ours[0]) * 16,
  },
  {
    name: "next hop family",
    reason: "B19; RFC 8950 and RFC 4798: the next hop's family is its own",
    member: (it) =>
      it.member === "is_nexthop_ipv4" && it.ours === isDotted(it.ourRecord["nexthop"]) &&
      it.theirs === it.ourRecord["is_ipv4"],
  },
  {
    name: "next hop of FlowSpec",
    reason: "B16; RFC 8955 section 4: a next hop of length 0 is none",
    member: (it) =>
      it.member === "nexthop" && it.ours === undefined &&
      it.theirs === "invalid next hop address length: 0" && it.ourRecord["spec"] !== undefined,
  },
  {
    name: "peer of FlowSpec",
    reason: "goBMP's record does not say by its hash of which peer it is",
    member: (it) =>
      it.member === "peer_hash" && it.theirs === undefined && it.ourRecord["spec"] !== undefined,
  },
  {
    name: "origin of an aggregated path",
    reason:
      "B20; RFC 4271 section 9.2.2.2: the members of an AS_SET are not ordered, none of them is the origin",
    member: (it) => it.member === "origin_as" && it.ours === undefined && endsInSet(it.ourRecord),
  },
  {
    name: "two-octet path without A flag",
    reason: "B26: the path's bytes are whole only as two-octet numbers",
    member: (it) => isPathMember(it.member) && sameBytes(it.theirRecord, it.ourRecord),
  },
  {
    name: "path id read out of a prefix",
    reason: "B6: a /32 without path identifier read as path identifier and 0.0.0.0/0",
    onlyTheirs: (it, _, rest) => rest.ours.some((ours) => isMisreadPathId(it, ours)),
    onlyOurs: (it, _, rest) => rest.theirs.some((theirs) => isMisreadPathId(theirs, it)),
  },
  {
    name: "bytes after the UPDATE",
    reason:
      "goBMP refuses Route Monitoring whose UPDATE does not fill it; Huawei appends enterprise TLVs",
    onlyOurs: (it, facts) => isRoute(it) && facts.bytesAfterUpdate.has(keyOf(it.data)),
  },
  {
    name: "VPN label without a bottom-of-stack bit",
    reason:
      "goBMP takes octets of the route distinguisher for labels and drops the route; RFC 8277 section 2.2: one label",
    onlyOurs: ({ data }) => data["vpn_rd"] === "4226809914:19" && String(data["labels"]) === "16",
  },
  {
    name: "Peer Up with BGP identifier 0",
    reason:
      "goBMP drops it; FRR makes up such an OPEN for its Loc-RIB (RFC 9069 section 4.4 asks for one)",
    onlyOurs: ({ type, data }) =>
      type === 10 && data["action"] === "add" && data["local_bgp_id"] === "0.0.0.0",
  },
  {
    name: "RIB flags of a Peer Down",
    reason: "B4: goBMP clears them",
    member: (it) =>
      /^is_(adj_rib|loc_rib)/.test(it.member) && it.ourRecord["action"] === "down" &&
      it.theirs === false && it.ours === true,
  },
  {
    name: "NOTIFICATION of a Peer Down",
    reason: "B4: goBMP has members for code, subcode and text, and leaves them empty",
    member: (it) =>
      it.theirs === undefined &&
      canonicalText(it.ours) === canonicalText(notificationMembers(it.ourRecord)[it.member]),
  },
  {
    name: "peer-down at the end of the session",
    reason: "B24: a lost session's peers are down (synthetic)",
    onlyOurs: (record) => isSyntheticDown(record),
  },
  {
    name: "SRv6 service",
    reason:
      "goBMP shows TLVs 5 and 6 of the BGP Prefix-SID as bytes; ours says what is in them too",
    member: (it) =>
      it.member === "base_attrs.bgp_prefix_sid" &&
      canonicalText(withoutService(it.ours)) === canonicalText(it.theirs),
  },
  {
    name: "EVPN: type of the route distinguisher, Ethernet tag",
    reason: "B12; RFC 4364 section 4.2, RFC 7432 section 7.2, RFC 9136 section 3.1",
    member: (it) =>
      it.ourRecord["route_type"] !== undefined && it.ourRecord["vpn_rd"] !== undefined &&
      ((it.member === "vpn_rd_type" && it.theirs === 0) ||
        (it.member === "eth_tag" && it.theirs === undefined)),
  },
  {
    name: "EVPN Layer 2 Attributes as a number",
    reason: "the community has flags and an MTU (RFC 8214 section 3.1)",
    member: (it) =>
      it.member === "base_attrs.ext_community_list" &&
      canonicalText(withoutText(it.theirs, /^l2attr=\d+$/)) ===
        canonicalText(withoutText(it.ours, /^l2attr=\d+:\d+$/)),
  },
  {
    name: "attribute that goBMP leaves out",
    reason: "goBMP drops these codes, most of them have a decoder here",
    member: (it) => LEFT_OUT_BY_GOBMP.has(it.member) && it.theirs === undefined,
  },
];

/** `bgp_prefix_sid` without what we add to it. */
function withoutService(prefixSid: Json | undefined): Json {
  const { tlvs } = prefixSid as unknown as { tlvs: JsonObject[] };
  return { tlvs: tlvs.map(({ srv6_service: _, ...tlv }) => tlv) } as unknown as Json;
}

/** The elements of a list of texts that do not match. */
function withoutText(list: Json | undefined, pattern: RegExp): Json {
  return Array.isArray(list) ? list.filter((it) => !pattern.test(String(it))) : [];
}

function keyOf(data: JsonObject): string {
  return `${data["timestamp"]} ${data["peer_asn"] ?? 0}`;
}

/** A Peer Down that no router sent: it has no reason. */
export function isSyntheticDown({ type, data }: RecordLine): boolean {
  return type === 10 && data["action"] === "down" && data["bmp_reason"] === undefined;
}

/** The record's key is its router_hash. */
function isIdentity(member: string): boolean {
  return member === "router_ip" || member === "router_hash" || member === "msg_hash";
}

/** Both hashes are what the formula gives for the printed members. */
function hashesFollow(it: MemberDifference): boolean {
  const { theirRecord, ourRecord } = it;
  if (ourRecord["remote_ip"] !== undefined) {
    return it.ours === peerRecordHash(ourRecord) && it.theirs === peerRecordHash(theirRecord);
  }
  return it.ours === routeHash(ourRecord, "") &&
    it.theirs === routeHash(theirRecord, labelsPart(theirRecord));
}

/** `router_ip` in the 16 bytes of a Peer Up's Local Address. */
function localAddressHex(record: JsonObject): string {
  return hex(addressBytes(String(record["router_ip"]))).padStart(32, "0");
}

function isDotted(address: Json | undefined): boolean {
  return /^[\d.]+$/.test(String(address));
}

interface Segment {
  readonly type: number;
  readonly asns: readonly number[];
}

function segments(record: JsonObject): Segment[] {
  const base = record["base_attrs"] as JsonObject | undefined;
  return (base?.["as_path_segments"] ?? []) as unknown as Segment[];
}

const SEQUENCE = 2;

function endsInSet(record: JsonObject): boolean {
  const last = segments(record).at(-1);
  return last !== undefined && last.type !== SEQUENCE;
}

function isPathMember(member: string): boolean {
  return /^(origin_as|base_attrs\.as_path(_count|_segments)?)$/.test(member);
}

/** Whether the paths are one and the same byte string, read with four-octet numbers there and two-octet ones here. */
function sameBytes(theirs: JsonObject, ours: JsonObject): boolean {
  return pathBytes(segments(theirs), 8) === pathBytes(segments(ours), 4) &&
    segments(ours).length > 0;
}

function pathBytes(path: readonly Segment[], digits: number): string {
  const number = (value: number, width: number) => value.toString(16).padStart(width, "0");
  return path.map(({ type, asns }) =>
    number(type, 2) + number(asns.length, 2) + asns.map((asn) => number(asn, digits)).join("")
  ).join("");
}

/** 192.0.2.0/32 is `20 c0 00 02 00`: path identifier 0x20c00002, then a prefix of length 0. */
function isMisreadPathId(theirs: RecordLine, ours: RecordLine): boolean {
  const [a, b, c, d] = String(ours.data["prefix"]).split(".").map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return theirs.type === 74 && ours.type === 74 && theirs.data["prefix"] === "0.0.0.0" &&
    theirs.data["prefix_len"] === undefined &&
    ours.data["prefix_len"] === 32 && d === 0 &&
    theirs.data["path_id"] === (0x20000000 | (a << 16) | (b << 8) | c) &&
    theirs.data["action"] === ours.data["action"] &&
    theirs.data["timestamp"] === ours.data["timestamp"] &&
    theirs.data["peer_hash"] === ours.data["peer_hash"];
}

const CEASE = 6;
const CEASE_TEXTS: Readonly<Record<number, string>> = {
  2: "Cease: Administrative Shutdown",
  3: "Cease: Peer De-configured",
  4: "Cease: Administrative Reset",
};

/** Members that follow from the NOTIFICATION in `info_data`: marker 16, length 2, type 1, code, subcode. */
function notificationMembers(record: JsonObject): JsonObject {
  const message = Buffer.from(String(record["info_data"] ?? ""), "base64");
  if (![1, 3].includes(Number(record["bmp_reason"])) || message.length !== 21) return {};
  const [code, subcode] = [message[19]!, message[20]!];
  const text = code === CEASE ? CEASE_TEXTS[subcode] : undefined;
  return {
    bmp_error_code: code,
    bmp_error_sub_code: subcode,
    ...(text === undefined ? {} : { error_text: text }),
  };
}
