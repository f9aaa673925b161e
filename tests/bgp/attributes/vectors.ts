/** Values of every registered path attribute: what they say, and what is wrong with the others. */
import { EXTENDED_COMMUNITIES_VECTORS } from "../../vectors/attributes/016_extended_communities.ts";
import { CONNECTOR_VECTORS } from "../../vectors/attributes/020_connector.ts";
import { AS_PATHLIMIT_VECTORS } from "../../vectors/attributes/021_as_pathlimit.ts";
import { PMSI_TUNNEL_VECTORS } from "../../vectors/attributes/022_pmsi_tunnel.ts";
import { TUNNEL_ENCAPSULATION_VECTORS } from "../../vectors/attributes/023_tunnel_encapsulation.ts";
import { TRAFFIC_ENGINEERING_VECTORS } from "../../vectors/attributes/024_traffic_engineering.ts";
import { IPV6_EXTENDED_COMMUNITIES_VECTORS } from "../../vectors/attributes/025_ipv6_extended_communities.ts";
import { AIGP_VECTORS } from "../../vectors/attributes/026_aigp.ts";
import { PE_DISTINGUISHER_LABELS_VECTORS } from "../../vectors/attributes/027_pe_distinguisher_labels.ts";
import { BGP_LS_VECTORS } from "../../vectors/attributes/029_bgp_ls.ts";
import { BGPSEC_PATH_VECTORS } from "../../vectors/attributes/033_bgpsec_path.ts";
import { D_PATH_VECTORS } from "../../vectors/attributes/036_d_path.ts";
import { SFP_VECTORS } from "../../vectors/attributes/037_sfp.ts";
import { BFD_DISCRIMINATOR_VECTORS } from "../../vectors/attributes/038_bfd_discriminator.ts";
import { NEXT_HOP_CHARACTERISTICS_VECTORS } from "../../vectors/attributes/039_next_hop_characteristics.ts";
import { PREFIX_SID_VECTORS } from "../../vectors/attributes/040_prefix_sid.ts";
import { BIER_VECTORS } from "../../vectors/attributes/041_bier.ts";
import type { BlockOptions } from "./blocks.ts";

/** A sound value. */
export interface GoodVector {
  readonly name: string;
  /**
   * Where bytes and meaning come from, e.g. `RFC 9012 section 13`, `gobgp`, `exabgp`, `tshark`; absent: made here from the RFC's layout.
   * Self-made ones are counted apart in the support matrix.
   */
  readonly source?: string;
  readonly value: string;
  /** Members of `base_attrs`, without those that every block has. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly options?: BlockOptions;
  readonly isAtomic?: true;
}

/** A malformed value. */
export interface MalformedVector {
  readonly name: string;
  readonly value: string;
  /** `code@offset`, the offset from the start of the value. */
  readonly fault: string;
  readonly options?: BlockOptions;
  /** What it costs, where that is not what others of the attribute do. */
  readonly outcome?: AttributeVectors["outcome"];
}

export interface AttributeVectors {
  /** Optional and Transitive bits. */
  readonly flags: number;
  /** What a malformed value costs, and the RFC section that says so. */
  readonly outcome: "treatAsWithdraw" | "attributeDiscard";
  readonly section: string;
  /** From an external peer a malformed value costs itself only. */
  readonly discardIfExternal?: true;
  /** A set Transitive bit costs the attribute only. */
  readonly discardIfTransitive?: true;
  /** Members that a malformed value, in hex, gives all the same. */
  readonly membersOfMalformed?: (value: string) => Readonly<Record<string, unknown>>;
  readonly good: readonly GoodVector[];
  readonly malformed: readonly MalformedVector[];
}

const SEQUENCE = 2;
const SET = 1;

/** Members of a path. */
function path(...segments: readonly (readonly [number, readonly number[]])[]): object {
  const flat = segments.flatMap(([, asns]) => asns);
  return {
    as_path: flat,
    as_path_count: flat.length,
    as_path_segments: segments.map(([type, asns]) => ({ type, asns })),
  };
}

/** By type code. */
export const VECTORS: Readonly<Record<number, AttributeVectors>> = {
  1: {
    flags: 0x40,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 7.1",
    good: [
      { name: "IGP", value: "00", members: { origin: "igp" } },
      { name: "EGP", value: "01", members: { origin: "egp" } },
      { name: "INCOMPLETE", value: "02", members: { origin: "incomplete" } },
    ],
    malformed: [
      { name: "empty", value: "", fault: "origin-length@0" },
      { name: "two octets", value: "0000", fault: "origin-length@0" },
      { name: "value 3", value: "03", fault: "origin-value@0" },
      { name: "value 255", value: "ff", fault: "origin-value@0" },
    ],
  },
  2: {
    flags: 0x40,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 7.2",
    good: [
      { name: "empty", value: "", members: {} },
      {
        name: "a sequence",
        value: "0202 0000fde9 fffffffe",
        members: { ...path([SEQUENCE, [65001, 4294967294]]) },
      },
      {
        name: "a set, and both kinds of confederation",
        value: "0301 0000fde9 0402 0000fdea 0000fdeb 0201 00000001 0102 00000002 00000003",
        members: {
          ...path([3, [65001]], [4, [65002, 65003]], [SEQUENCE, [1]], [SET, [2, 3]]),
        },
      },
      {
        name: "two octets an AS",
        value: "0202 fde9 0001 0101 ffff",
        members: { ...path([SEQUENCE, [65001, 1]], [SET, [65535]]) },
        options: { asWidth: 2 },
      },
      {
        name: "255 in one segment",
        value: `02ff${"0000fde9".repeat(255)}`,
        members: { ...path([SEQUENCE, new Array(255).fill(65001)]) },
      },
    ],
    malformed: [
      { name: "type 0", value: "0001 0000fde9", fault: "as-path-segment-type@0" },
      { name: "type 5", value: "0501 0000fde9", fault: "as-path-segment-type@0" },
      { name: "no AS in a segment", value: "0200", fault: "as-path-segment-count@1" },
      { name: "one octet", value: "02", fault: "as-path-segment-header@0" },
      { name: "too short", value: "0202 0000fde9 0000fd", fault: "as-path-segment-length@1" },
      { name: "one octet left", value: "0201 0000fde9 02", fault: "as-path-segment-header@6" },
      {
        name: "a bad second segment",
        value: "0201 0000fde9 0900",
        fault: "as-path-segment-type@6",
      },
      {
        name: "two octets, too short",
        value: "0201 fde9 0202 fde9",
        fault: "as-path-segment-length@5",
        options: { asWidth: 2 },
      },
      { name: "AS 0", value: "0203 0000fde9 00000000 0000fdea", fault: "as-zero@6" },
      {
        name: "AS 0 in a later set",
        value: "0201 0000fde9 0102 00000001 00000000",
        fault: "as-zero@12",
      },
      {
        name: "AS 0 of two octets",
        value: "0202 fde9 0000",
        fault: "as-zero@4",
        options: { asWidth: 2 },
      },
    ],
  },
  3: {
    flags: 0x40,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 7.3",
    good: [{ name: "an address", value: "c0000201", members: { nexthop: "192.0.2.1" } }],
    malformed: [
      { name: "empty", value: "", fault: "next-hop-length@0" },
      { name: "three octets", value: "c00002", fault: "next-hop-length@0" },
      { name: "sixteen octets", value: "00".repeat(16), fault: "next-hop-length@0" },
    ],
  },
  4: {
    flags: 0x80,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 7.4",
    good: [
      { name: "a metric", value: "ffffffff", members: { med: 4294967295 } },
      { name: "zero is absent", value: "00000000", members: {} },
    ],
    malformed: [
      { name: "three octets", value: "000001", fault: "med-length@0" },
      { name: "five octets", value: "0000000100", fault: "med-length@0" },
    ],
  },
  5: {
    flags: 0x40,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 7.5",
    discardIfExternal: true,
    good: [
      { name: "a preference", value: "00000064", members: { local_pref: 100 } },
      { name: "zero is absent", value: "00000000", members: {} },
    ],
    malformed: [{ name: "two octets", value: "0064", fault: "local-pref-length@0" }],
  },
  6: {
    flags: 0x40,
    outcome: "attributeDiscard",
    section: "RFC 7606 7.6",
    good: [{ name: "no value", value: "", members: {}, isAtomic: true }],
    malformed: [{ name: "one octet", value: "00", fault: "atomic-aggregate-length@0" }],
  },
  7: {
    flags: 0xc0,
    outcome: "attributeDiscard",
    section: "RFC 7606 7.7",
    good: [
      { name: "two-octet AS", value: "fde9c0000201", members: { aggregator: "/enAAAIB" } },
      { name: "four-octet AS", value: "0000fde9c0000201", members: { aggregator: "AAD96cAAAgE=" } },
    ],
    malformed: [
      { name: "empty", value: "", fault: "aggregator-length@0" },
      { name: "seven octets", value: "00".repeat(7), fault: "aggregator-length@0" },
      { name: "AS 0", value: "00000000 c0000201", fault: "as-zero@0" },
      { name: "AS 0 of two octets", value: "0000 c0000201", fault: "as-zero@0" },
    ],
  },
  8: {
    flags: 0xc0,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 7.8",
    good: [
      {
        name: "numbers",
        value: "fde90064 00000000",
        members: { community_list: ["65001:100", "0:0"] },
      },
      {
        name: "well-known ones, by name too",
        value: "ffff0000 ffff0001 ffff0006 ffff0007 ffff0009 ffff029a ffffff01 ffffff02 ffffff03 " +
          "ffffff04 ffffff05 fde90001",
        members: {
          community_list: [
            "65535:0",
            "65535:1",
            "65535:6",
            "65535:7",
            "65535:9",
            "65535:666",
            "65535:65281",
            "65535:65282",
            "65535:65283",
            "65535:65284",
            "65535:65285",
            "65001:1",
          ],
          well_known_community_list: [
            "GRACEFUL_SHUTDOWN",
            "ACCEPT_OWN",
            "LLGR_STALE",
            "NO_LLGR",
            "Standby PE",
            "BLACKHOLE",
            "NO_EXPORT",
            "NO_ADVERTISE",
            "NO_EXPORT_SUBCONFED",
            "NOPEER",
          ],
        },
      },
    ],
    malformed: [
      { name: "empty", value: "", fault: "communities-length@0" },
      { name: "five octets", value: "0000000000", fault: "communities-length@0" },
    ],
  },
  9: {
    flags: 0x80,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 7.9",
    discardIfExternal: true,
    good: [{ name: "an identifier", value: "0a000001", members: { originator_id: "10.0.0.1" } }],
    malformed: [{ name: "three octets", value: "0a0000", fault: "originator-id-length@0" }],
  },
  10: {
    flags: 0x80,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 7.10",
    discardIfExternal: true,
    good: [
      { name: "one", value: "0a000001", members: { cluster_list: "10.0.0.1" } },
      {
        name: "two",
        value: "0a000001 0a0000ff",
        members: { cluster_list: "10.0.0.1, 10.0.0.255" },
      },
    ],
    malformed: [
      { name: "empty", value: "", fault: "cluster-list-length@0" },
      { name: "two octets", value: "0a00", fault: "cluster-list-length@0" },
    ],
  },
  14: {
    flags: 0x80,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 3 c",
    good: [{ name: "leaves as records", value: "000201 04 c0000201 00 00", members: {} }],
    malformed: [],
  },
  15: {
    flags: 0x80,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 3 c",
    good: [{ name: "leaves as records", value: "000201 00", members: {} }],
    malformed: [],
  },
  16: EXTENDED_COMMUNITIES_VECTORS,
  17: {
    flags: 0xc0,
    outcome: "attributeDiscard",
    section: "RFC 6793 6",
    good: [
      {
        name: "a path",
        value: "0202 0001000a 0000fde9 0101 00000001",
        members: { as4_path: [65546, 65001, 1], as4_path_count: 3 },
      },
    ],
    malformed: [
      { name: "empty", value: "", fault: "as4-path-length@0" },
      { name: "shorter than one AS", value: "02010000", fault: "as4-path-length@0" },
      { name: "no AS in a segment", value: "0200 0201 0000fde9", fault: "as-path-segment-count@1" },
      { name: "type 7", value: "0701 0000fde9", fault: "as-path-segment-type@0" },
      { name: "too short", value: "0202 0000fde9", fault: "as-path-segment-length@1" },
      { name: "AS 0", value: "0202 0001000a 00000000", fault: "as-zero@6" },
    ],
  },
  18: {
    flags: 0xc0,
    outcome: "attributeDiscard",
    section: "RFC 6793 6",
    good: [
      {
        name: "an aggregator",
        value: "0001000ac0000201",
        members: { as4_aggregator: "AAEACsAAAgE=" },
      },
    ],
    malformed: [
      { name: "six octets", value: "00".repeat(6), fault: "as4-aggregator-length@0" },
      { name: "AS 0", value: "00000000 c0000201", fault: "as-zero@0" },
    ],
  },
  20: CONNECTOR_VECTORS,
  21: AS_PATHLIMIT_VECTORS,
  22: PMSI_TUNNEL_VECTORS,
  23: TUNNEL_ENCAPSULATION_VECTORS,
  24: TRAFFIC_ENGINEERING_VECTORS,
  25: IPV6_EXTENDED_COMMUNITIES_VECTORS,
  26: AIGP_VECTORS,
  27: PE_DISTINGUISHER_LABELS_VECTORS,
  29: BGP_LS_VECTORS,
  32: {
    flags: 0xc0,
    outcome: "treatAsWithdraw",
    section: "RFC 8092 6",
    good: [
      {
        name: "two",
        value: "ffffffff ffffffff ffffffff 0000fde9 00000000 00000001",
        members: { large_community_list: ["4294967295:4294967295:4294967295", "65001:0:1"] },
      },
    ],
    malformed: [
      { name: "empty", value: "", fault: "large-communities-length@0" },
      { name: "eight octets", value: "00".repeat(8), fault: "large-communities-length@0" },
    ],
  },
  33: BGPSEC_PATH_VECTORS,
  35: {
    flags: 0xc0,
    outcome: "treatAsWithdraw",
    section: "RFC 9234 5",
    good: [
      { name: "an AS", value: "fffffffe", members: { otc: 4294967294 } },
      { name: "zero is absent", value: "00000000", members: {} },
    ],
    malformed: [{ name: "two octets", value: "fde9", fault: "otc-length@0" }],
  },
  36: D_PATH_VECTORS,
  37: SFP_VECTORS,
  38: BFD_DISCRIMINATOR_VECTORS,
  39: NEXT_HOP_CHARACTERISTICS_VECTORS,
  40: PREFIX_SID_VECTORS,
  41: BIER_VECTORS,
  128: {
    flags: 0xc0,
    outcome: "treatAsWithdraw",
    section: "RFC 7606 7.16",
    good: [
      {
        name: "no attributes",
        value: "0000fde9",
        members: {
          attr_set: {
            origin_as: 65001,
            path_attributes: {
              base_attr_hash: "d41d8cd98f00b204e9800998ecf8427e",
              is_atomic_agg: false,
            },
          },
        },
      },
      {
        name: "attributes, AS numbers of four octets whatever the peer's are",
        value: "0000fde9 40010100 400206 0201 0000fdea 400600",
        members: {
          attr_set: {
            origin_as: 65001,
            path_attributes: {
              base_attr_hash: "e2be54d4b89870c5282bbfe74ac51591",
              origin: "igp",
              as_path: [65002],
              as_path_count: 1,
              as_path_segments: [{ type: 2, asns: [65002] }],
              is_atomic_agg: true,
            },
          },
        },
        options: { asWidth: 2 },
      },
      {
        name: "one inside another",
        value: "0000fde9 c08007 00000001 400600",
        members: {
          attr_set: {
            origin_as: 65001,
            path_attributes: {
              base_attr_hash: "4fe09764c1f3038a01f41697f13cefa9",
              attr_set: {
                origin_as: 1,
                path_attributes: {
                  base_attr_hash: "d41d8cd98f00b204e9800998ecf8427e",
                  is_atomic_agg: true,
                },
              },
              is_atomic_agg: false,
            },
          },
        },
      },
    ],
    malformed: [
      { name: "three octets", value: "0000fd", fault: "attr-set-length@0" },
      { name: "a header cut short", value: "0000fde9 4001", fault: "attribute-header@4" },
      {
        name: "an attribute past the end",
        value: "0000fde9 40010200",
        fault: "attribute-length@4",
      },
      { name: "a malformed ORIGIN", value: "0000fde9 40010107", fault: "origin-value@7" },
      {
        name: "five in each other",
        value: "00000001 c0801c 00000002 c08015 00000003 c0800e 00000004 c08007 00000005 400600",
        fault: "attr-set-depth@28",
      },
      {
        name: "one of two octets inside",
        value: "0000fde9 c08002 0000",
        fault: "attr-set-length@7",
      },
      {
        name: "an MP_UNREACH_NLRI inside",
        value: "0000fde9 40010100 800f03 000201",
        fault: "attr-set-nested@4",
      },
    ],
  },
};
