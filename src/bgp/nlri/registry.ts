/** The address families that this program decodes: one line each. A family that is not here keeps its bytes. */
import { IPV4_UNICAST } from "./1_1_ipv4_unicast.ts";
import { VPN_IPV4_UNICAST } from "./1_128_vpn_ipv4_unicast.ts";
import { VPN_IPV4_MULTICAST } from "./1_129_vpn_ipv4_multicast.ts";
import { IPV4_MULTICAST } from "./1_2_ipv4_multicast.ts";
import { IPV4_LABELLED_UNICAST } from "./1_4_ipv4_labelled_unicast.ts";
import { IPV4_CLASSFUL_TRANSPORT } from "./1_76_ipv4_classful_transport.ts";
import { VPN_IPV6_UNICAST } from "./2_128_vpn_ipv6_unicast.ts";
import { VPN_IPV6_MULTICAST } from "./2_129_vpn_ipv6_multicast.ts";
import { IPV6_MULTICAST } from "./2_2_ipv6_multicast.ts";
import { IPV6_CLASSFUL_TRANSPORT } from "./2_76_ipv6_classful_transport.ts";
import { IPV6_UNICAST } from "./2_1_ipv6_unicast.ts";
import { IPV6_LABELLED_UNICAST } from "./2_4_ipv6_labelled_unicast.ts";
import { MS_PW } from "./25_6_ms_pw.ts";
import { L2VPN_KOMPELLA, VPLS } from "./25_65_vpls.ts";
import { EVPN } from "./25_70_evpn.ts";
import { MCAST_VPLS } from "./25_8_mcast_vpls.ts";
import { IPV4_ENCAPSULATION, IPV6_ENCAPSULATION } from "./1_2_7_encapsulation.ts";
import { IPV4_CAR, IPV6_CAR, VPN_IPV4_CAR, VPN_IPV6_CAR } from "./1_2_83_84_car.ts";
import { IPV4_MDT } from "./1_66_mdt.ts";
import { IPV4_4OVER6 } from "./1_67_4over6.ts";
import { IPV4_LAYER_1_VPN } from "./1_69_layer_1_vpn.ts";
import { IPV4_SDWAN } from "./1_74_sdwan.ts";
import { OPAQUE_KEY_VALUE } from "./16397_241_opaque_key_value.ts";
import { ROUTING_POLICY } from "./16398_75_routing_policy.ts";
import { BGP_SFC } from "./31_9_bgp_sfc.ts";
import { IPV4_MCAST_VPN, IPV6_MCAST_VPN } from "./1_5_2_5_mcast_vpn.ts";
import { SR_POLICY_IPV4, SR_POLICY_IPV6 } from "./1_73_2_73_sr_policy.ts";
import { BGP_LS, BGP_LS_SPF, BGP_LS_VPN, BGP_LS_VPN_DRAFT } from "./16388_71_72_80_128_bgp_ls.ts";
import {
  IPV4_FLOWSPEC,
  IPV6_FLOWSPEC,
  L2VPN_FLOWSPEC,
  VPN_IPV4_FLOWSPEC,
  VPN_IPV6_FLOWSPEC,
  VPN_L2VPN_FLOWSPEC,
} from "./1_2_25_133_134_flowspec.ts";
import {
  IPV4_ROUTE_TARGET_CONSTRAINT,
  IPV6_ROUTE_TARGET_CONSTRAINT,
} from "./1_2_132_route_target_constraint.ts";
import { IPV4_MUP, IPV6_MUP } from "./1_2_85_mup.ts";
import { familyKey } from "../families.ts";
import type { Family } from "./family.ts";

export const FAMILIES: readonly Family[] = [
  IPV4_UNICAST,
  IPV6_UNICAST,
  IPV4_LABELLED_UNICAST,
  IPV6_LABELLED_UNICAST,
  IPV4_MULTICAST,
  IPV6_MULTICAST,
  VPN_IPV4_UNICAST,
  VPN_IPV6_UNICAST,
  VPN_IPV4_MULTICAST,
  VPN_IPV6_MULTICAST,
  IPV4_CLASSFUL_TRANSPORT,
  IPV6_CLASSFUL_TRANSPORT,
  MS_PW,
  MCAST_VPLS,
  VPLS,
  EVPN,
  L2VPN_KOMPELLA,
  IPV4_MCAST_VPN,
  IPV6_MCAST_VPN,
  SR_POLICY_IPV4,
  SR_POLICY_IPV6,
  BGP_LS,
  BGP_LS_VPN,
  BGP_LS_SPF,
  BGP_LS_VPN_DRAFT,
  IPV4_MUP,
  IPV6_MUP,
  IPV4_ROUTE_TARGET_CONSTRAINT,
  IPV6_ROUTE_TARGET_CONSTRAINT,
  IPV4_FLOWSPEC,
  IPV6_FLOWSPEC,
  VPN_IPV4_FLOWSPEC,
  VPN_IPV6_FLOWSPEC,
  L2VPN_FLOWSPEC,
  VPN_L2VPN_FLOWSPEC,
  IPV4_ENCAPSULATION,
  IPV6_ENCAPSULATION,
  IPV4_MDT,
  IPV4_4OVER6,
  IPV4_LAYER_1_VPN,
  IPV4_SDWAN,
  IPV4_CAR,
  IPV6_CAR,
  VPN_IPV4_CAR,
  VPN_IPV6_CAR,
  BGP_SFC,
  OPAQUE_KEY_VALUE,
  ROUTING_POLICY,
];

export const FAMILY_BY_KEY: ReadonlyMap<number, Family> = new Map(
  FAMILIES.map((family) => [familyKey(family.afi, family.safi), family]),
);
