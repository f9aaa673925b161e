/** Vectors by `afi/safi`: one line each. */
import { MS_PW } from "./25_6_ms_pw.ts";
import { L2VPN_KOMPELLA, VPLS } from "./25_65_vpls.ts";
import { EVPN } from "./25_70_evpn.ts";
import { MCAST_VPLS } from "./25_8_mcast_vpls.ts";
import { IPV4_ENCAPSULATION_VECTORS, IPV6_ENCAPSULATION_VECTORS } from "./1_2_7_encapsulation.ts";
import {
  IPV4_CAR_VECTORS,
  IPV6_CAR_VECTORS,
  VPN_IPV4_CAR_VECTORS,
  VPN_IPV6_CAR_VECTORS,
} from "./1_2_83_84_car.ts";
import { IPV4_MDT_VECTORS } from "./1_66_mdt.ts";
import { IPV4_4OVER6_VECTORS } from "./1_67_4over6.ts";
import { IPV4_LAYER_1_VPN_VECTORS } from "./1_69_layer_1_vpn.ts";
import { IPV4_SDWAN_VECTORS } from "./1_74_sdwan.ts";
import { OPAQUE_KEY_VALUE_VECTORS } from "./16397_241_opaque_key_value.ts";
import { ROUTING_POLICY_VECTORS } from "./16398_75_routing_policy.ts";
import { BGP_SFC_VECTORS } from "./31_9_bgp_sfc.ts";
import { IPV4_MCAST_VPN_VECTORS } from "./1_5_mcast_vpn.ts";
import { IPV6_MCAST_VPN_VECTORS } from "./2_5_mcast_vpn.ts";
import { SR_POLICY_IPV4_VECTORS, SR_POLICY_IPV6_VECTORS } from "./1_73_2_73_sr_policy.ts";
import { BGP_LS } from "./16388_71_bgp_ls.ts";
import { BGP_LS_SPF, BGP_LS_VPN, BGP_LS_VPN_DRAFT } from "./16388_72_80_128_bgp_ls.ts";
import {
  IPV4_ROUTE_TARGET_CONSTRAINT_VECTORS,
  IPV6_ROUTE_TARGET_CONSTRAINT_VECTORS,
} from "./1_2_132_route_target_constraint.ts";
import {
  IPV4_FLOWSPEC_VECTORS,
  IPV6_FLOWSPEC_VECTORS,
  L2VPN_FLOWSPEC_VECTORS,
  VPN_IPV4_FLOWSPEC_VECTORS,
  VPN_IPV6_FLOWSPEC_VECTORS,
  VPN_L2VPN_FLOWSPEC_VECTORS,
} from "./1_2_25_133_134_flowspec.ts";
import { IPV4_MUP_VECTORS, IPV6_MUP_VECTORS } from "./1_2_85_mup.ts";
import type { FamilyVectors } from "./vectors.ts";

export const FAMILY_VECTORS: Readonly<Record<string, FamilyVectors>> = {
  "25/6": MS_PW,
  "25/8": MCAST_VPLS,
  "25/65": VPLS,
  "25/70": EVPN,
  "25/128": L2VPN_KOMPELLA,
  "1/5": IPV4_MCAST_VPN_VECTORS,
  "2/5": IPV6_MCAST_VPN_VECTORS,
  "1/73": SR_POLICY_IPV4_VECTORS,
  "2/73": SR_POLICY_IPV6_VECTORS,
  "16388/71": BGP_LS,
  "16388/72": BGP_LS_VPN,
  "16388/80": BGP_LS_SPF,
  "16388/128": BGP_LS_VPN_DRAFT,
  "1/85": IPV4_MUP_VECTORS,
  "2/85": IPV6_MUP_VECTORS,
  "1/132": IPV4_ROUTE_TARGET_CONSTRAINT_VECTORS,
  "2/132": IPV6_ROUTE_TARGET_CONSTRAINT_VECTORS,
  "1/133": IPV4_FLOWSPEC_VECTORS,
  "2/133": IPV6_FLOWSPEC_VECTORS,
  "1/134": VPN_IPV4_FLOWSPEC_VECTORS,
  "2/134": VPN_IPV6_FLOWSPEC_VECTORS,
  "25/133": L2VPN_FLOWSPEC_VECTORS,
  "25/134": VPN_L2VPN_FLOWSPEC_VECTORS,
  "1/7": IPV4_ENCAPSULATION_VECTORS,
  "2/7": IPV6_ENCAPSULATION_VECTORS,
  "1/66": IPV4_MDT_VECTORS,
  "1/67": IPV4_4OVER6_VECTORS,
  "1/69": IPV4_LAYER_1_VPN_VECTORS,
  "1/74": IPV4_SDWAN_VECTORS,
  "1/83": IPV4_CAR_VECTORS,
  "2/83": IPV6_CAR_VECTORS,
  "1/84": VPN_IPV4_CAR_VECTORS,
  "2/84": VPN_IPV6_CAR_VECTORS,
  "31/9": BGP_SFC_VECTORS,
  "16397/241": OPAQUE_KEY_VALUE_VECTORS,
  "16398/75": ROUTING_POLICY_VECTORS,
};
