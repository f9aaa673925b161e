/**
 * Code points whose values are not decoded, each with the reason: they go out as bytes, with their number. By list in tests/data/iana, then
 * by the code as it stands there (several columns joined by a space).
 */

const RESERVED = "reserved: no format";
const EXPERIMENTAL = "for experiments and private use: no format";
const DEPRECATED = "deprecated, and no published format that is in use";
const NO_FORMAT = "no published format that is stable";
const NO_SAMPLE = "no sample was found to check a decoder against";
const NOT_PUBLISHED = "of a draft; probably not in RFC 9815 as published";
const ANY_TUNNEL =
  "named, and its sub-TLVs are decoded; the tunnel type has no encapsulation sub-TLV of its own, or no stable one";
const ADDRESS_AND_NUMBER =
  "address and number are decoded, under the subtype's number, as goBMP has it";
const MPLS_TE = "of draft-ietf-idr-bgp-ls-te-path; no sample was found to check a decoder against";

export const KEPT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  afi_safi_pairs: {
    "1 77": NO_FORMAT,
    "1 78": NO_FORMAT,
    "2 66": "RFC 6037 defines IPv4 only",
    "2 68": "no document: IANA names a person",
    "25 129": "a draft's number from before RFC 6074, whose routes are those of 25/65",
    "16399 128": NO_FORMAT,
  },
  path_attributes: {
    "0": RESERVED,
    "11": DEPRECATED,
    "12": DEPRECATED,
    "13": DEPRECATED,
    "19": DEPRECATED,
    "28": DEPRECATED,
    "30": DEPRECATED,
    "31": DEPRECATED,
    "34": NO_FORMAT,
    "42": NO_FORMAT,
    "99":
      "a private number from before BGP-LS had 29; FRR and others have used it for other things",
    "129": DEPRECATED,
    "241": DEPRECATED,
    "242": DEPRECATED,
    "243": DEPRECATED,
    "255": EXPERIMENTAL,
  },
  capabilities: {
    "0": RESERVED,
    "4": DEPRECATED,
    "66": DEPRECATED,
    "72": NO_FORMAT,
    "78": NO_FORMAT,
    "129": "an older layout of capability 3 that no document describes; 130 is decoded",
    "131": DEPRECATED,
    "184": DEPRECATED,
    "185": DEPRECATED,
    "239": EXPERIMENTAL,
    "255": RESERVED,
  },
  ext_communities: {
    "0x83 *": EXPERIMENTAL,
    "0xc0 *": EXPERIMENTAL,
    "0x00 0x0c": "ExaBGP's own; the number is another's by now",
  },
  ext_communities_ipv6: {
    "0x0004": ADDRESS_AND_NUMBER,
    "0x0005": ADDRESS_AND_NUMBER,
    "0x000b": ADDRESS_AND_NUMBER,
    "0x000c": ADDRESS_AND_NUMBER,
    "0x000d": ADDRESS_AND_NUMBER,
    "0x0010": ADDRESS_AND_NUMBER,
    "0x0011": ADDRESS_AND_NUMBER,
    "0x0012": ADDRESS_AND_NUMBER,
    "0x0015": ADDRESS_AND_NUMBER,
    "0x40xx": "no subtype is registered",
  },
  evpn_route_types: { "0": RESERVED },
  mcast_vpn_route_types: { "0": RESERVED },
  flowspec_components: { "0": RESERVED, "255": RESERVED },
  ls_nlri_types: {
    "0": RESERVED,
    "7": "the request for it was withdrawn",
    "65000": EXPERIMENTAL,
  },
  bgp_ls_tlvs: {
    "270": "the request for it was withdrawn",
    "271": "the request for it was withdrawn",
    "272": "the request for it was withdrawn",
    "535": NO_FORMAT,
    "1160": NO_SAMPLE,
    "1180": NOT_PUBLISHED,
    "1182": NOT_PUBLISHED,
    "1183": NOT_PUBLISHED,
    "1200": MPLS_TE,
    "1220": NO_FORMAT,
    "65000": EXPERIMENTAL,
  },
  pmsi_tunnel_types: {
    "8": NO_FORMAT,
    "12": NO_FORMAT,
    "13": NO_FORMAT,
    "123": EXPERIMENTAL,
    "128": NO_SAMPLE,
    "255": RESERVED,
  },
  tunnel_encap_types: {
    "0": RESERVED,
    "3": ANY_TUNNEL,
    "5": ANY_TUNNEL,
    "6": ANY_TUNNEL,
    "12": ANY_TUNNEL,
    "14": ANY_TUNNEL,
    "17": ANY_TUNNEL,
    "18": ANY_TUNNEL,
    "19": ANY_TUNNEL,
    "20": ANY_TUNNEL,
    "21": ANY_TUNNEL,
    "22": ANY_TUNNEL,
    "23": ANY_TUNNEL,
    "24": ANY_TUNNEL,
    "25": ANY_TUNNEL,
    "26": ANY_TUNNEL,
    "27": ANY_TUNNEL,
    "28": ANY_TUNNEL,
  },
  tunnel_encap_subtlvs: {
    "0": RESERVED,
    "16": NO_SAMPLE,
    "17": NO_FORMAT,
    "18": NO_FORMAT,
    "19": NO_FORMAT,
  },
  sr_policy_segment_types: {
    "2": DEPRECATED,
    "10": DEPRECATED,
    "11": DEPRECATED,
    "12": DEPRECATED,
    "17": NO_FORMAT,
    "18": NO_FORMAT,
    "19": NO_FORMAT,
    "20": NO_FORMAT,
    "21": NO_FORMAT,
    "22": NO_FORMAT,
    "23": NO_FORMAT,
    "24": NO_FORMAT,
    "221": NO_FORMAT,
  },
  prefix_sid_tlvs: {
    "0": RESERVED,
    "2": DEPRECATED,
    "4": DEPRECATED,
    "7": NO_FORMAT,
    "255": RESERVED,
  },
  aigp_tlv_types: { "0": RESERVED },
  bmp_message_types: {
    "7": "unassigned",
    "100": "Huawei's, of a draft that was not taken up",
    "251": EXPERIMENTAL,
    "255": RESERVED,
  },
  bmp_stats_types: {
    "24": "unassigned; a value of a known length is read all the same",
    "65531": "for experiments; a value of a known length is read all the same",
    "65535": RESERVED,
  },
  bmp_initiation_tlvs: {
    "3": RESERVED,
    "4": RESERVED,
    "65531": EXPERIMENTAL,
    "65535": RESERVED,
  },
  bmp_peer_up_tlvs: {
    "1": RESERVED,
    "2": RESERVED,
    "65531": EXPERIMENTAL,
    "65535": RESERVED,
  },
  bmp_termination_tlvs: { "65531": EXPERIMENTAL, "65535": RESERVED },
  bmp_mirroring_tlvs: { "65531": EXPERIMENTAL, "65535": RESERVED },
  bmp_peer_down_reasons: { "0": RESERVED, "251": EXPERIMENTAL, "255": RESERVED },
};
