/** Vectors by `afi/safi`: one line each. */
import { MS_PW } from "./25_6_ms_pw.ts";
import { L2VPN_KOMPELLA, VPLS } from "./25_65_vpls.ts";
import { EVPN } from "./25_70_evpn.ts";
import { MCAST_VPLS } from "./25_8_mcast_vpls.ts";
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
};
