/** The path attributes that this program decodes: one line each. A code that is not here keeps its bytes. */
import { ORIGIN } from "./001_origin.ts";
import { AS_PATH } from "./002_as_path.ts";
import { NEXT_HOP } from "./003_next_hop.ts";
import { MULTI_EXIT_DISC } from "./004_multi_exit_disc.ts";
import { LOCAL_PREF } from "./005_local_pref.ts";
import { ATOMIC_AGGREGATE } from "./006_atomic_aggregate.ts";
import { AGGREGATOR } from "./007_aggregator.ts";
import { COMMUNITIES } from "./008_communities.ts";
import { ORIGINATOR_ID } from "./009_originator_id.ts";
import { CLUSTER_LIST } from "./010_cluster_list.ts";
import { MP_REACH_NLRI } from "./014_mp_reach_nlri.ts";
import { MP_UNREACH_NLRI } from "./015_mp_unreach_nlri.ts";
import { EXTENDED_COMMUNITIES } from "./016_extended_communities.ts";
import { AS4_PATH } from "./017_as4_path.ts";
import { AS4_AGGREGATOR } from "./018_as4_aggregator.ts";
import { CONNECTOR } from "./020_connector.ts";
import { AS_PATHLIMIT } from "./021_as_pathlimit.ts";
import { PMSI_TUNNEL } from "./022_pmsi_tunnel.ts";
import { TUNNEL_ENCAPSULATION } from "./023_tunnel_encapsulation.ts";
import { TRAFFIC_ENGINEERING } from "./024_traffic_engineering.ts";
import { IPV6_EXTENDED_COMMUNITIES } from "./025_ipv6_extended_communities.ts";
import { AIGP } from "./026_aigp.ts";
import { PE_DISTINGUISHER_LABELS } from "./027_pe_distinguisher_labels.ts";
import { BGP_LS } from "./029_bgp_ls.ts";
import { LARGE_COMMUNITIES } from "./032_large_communities.ts";
import { BGPSEC_PATH } from "./033_bgpsec_path.ts";
import { OTC } from "./035_otc.ts";
import { D_PATH } from "./036_d_path.ts";
import { SFP } from "./037_sfp.ts";
import { BFD_DISCRIMINATOR } from "./038_bfd_discriminator.ts";
import { NEXT_HOP_CHARACTERISTICS } from "./039_next_hop_characteristics.ts";
import { PREFIX_SID } from "./040_prefix_sid.ts";
import { BIER } from "./041_bier.ts";
import { ATTR_SET } from "./128_attr_set.ts";
import type { AttributeSpec } from "./spec.ts";

export const ATTRIBUTES: readonly AttributeSpec[] = [
  ORIGIN,
  AS_PATH,
  NEXT_HOP,
  MULTI_EXIT_DISC,
  LOCAL_PREF,
  ATOMIC_AGGREGATE,
  AGGREGATOR,
  COMMUNITIES,
  ORIGINATOR_ID,
  CLUSTER_LIST,
  MP_REACH_NLRI,
  MP_UNREACH_NLRI,
  EXTENDED_COMMUNITIES,
  AS4_PATH,
  AS4_AGGREGATOR,
  CONNECTOR,
  AS_PATHLIMIT,
  PMSI_TUNNEL,
  TUNNEL_ENCAPSULATION,
  TRAFFIC_ENGINEERING,
  IPV6_EXTENDED_COMMUNITIES,
  AIGP,
  PE_DISTINGUISHER_LABELS,
  BGP_LS,
  LARGE_COMMUNITIES,
  BGPSEC_PATH,
  OTC,
  D_PATH,
  SFP,
  BFD_DISCRIMINATOR,
  NEXT_HOP_CHARACTERISTICS,
  PREFIX_SID,
  BIER,
  ATTR_SET,
];

/** Spec by code: a dense array, so that dispatch is one load. */
export const ATTRIBUTE_BY_CODE: readonly (AttributeSpec | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => ATTRIBUTES.find((spec) => spec.code === code),
);
