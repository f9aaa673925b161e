/** The address families that this program decodes: one line each, by SAFI. A family that is not here keeps its bytes. */
import { familyKey } from "../families.ts";
import { IPV4_UNICAST, IPV6_UNICAST } from "./001_unicast.ts";
import { IPV4_MULTICAST, IPV6_MULTICAST } from "./002_multicast.ts";
import { IPV4_LABELLED_UNICAST, IPV6_LABELLED_UNICAST } from "./004_labelled_unicast.ts";
import { IPV4_MCAST_VPN, IPV6_MCAST_VPN } from "./005_mcast_vpn.ts";
import { MS_PW } from "./006_ms_pw.ts";
import { IPV4_ENCAPSULATION, IPV6_ENCAPSULATION } from "./007_encapsulation.ts";
import { MCAST_VPLS } from "./008_mcast_vpls.ts";
import { BGP_SFC } from "./009_bgp_sfc.ts";
import { VPLS } from "./065_vpls.ts";
import { IPV4_MDT } from "./066_mdt.ts";
import { IPV4_4OVER6 } from "./067_4over6.ts";
import { IPV4_LAYER_1_VPN } from "./069_layer_1_vpn.ts";
import { EVPN } from "./070_evpn.ts";
import { BGP_LS } from "./071_bgp_ls.ts";
import { BGP_LS_VPN } from "./072_bgp_ls_vpn.ts";
import { IPV4_SR_POLICY, IPV6_SR_POLICY } from "./073_sr_policy.ts";
import { IPV4_SDWAN } from "./074_sdwan.ts";
import { ROUTING_POLICY } from "./075_routing_policy.ts";
import { IPV4_CLASSFUL_TRANSPORT, IPV6_CLASSFUL_TRANSPORT } from "./076_classful_transport.ts";
import { BGP_LS_SPF } from "./080_bgp_ls_spf.ts";
import { IPV4_CAR, IPV6_CAR } from "./083_car.ts";
import { VPN_IPV4_CAR, VPN_IPV6_CAR } from "./084_vpn_car.ts";
import { IPV4_MUP, IPV6_MUP } from "./085_mup.ts";
import { BGP_LS_VPN_DRAFT, L2VPN_KOMPELLA, VPN_IPV4_UNICAST, VPN_IPV6_UNICAST } from "./128_vpn.ts";
import { VPN_IPV4_MULTICAST, VPN_IPV6_MULTICAST } from "./129_vpn_multicast.ts";
import {
  IPV4_ROUTE_TARGET_CONSTRAINT,
  IPV6_ROUTE_TARGET_CONSTRAINT,
} from "./132_route_target_constraint.ts";
import { IPV4_FLOWSPEC, IPV6_FLOWSPEC, L2VPN_FLOWSPEC } from "./133_flowspec.ts";
import { VPN_IPV4_FLOWSPEC, VPN_IPV6_FLOWSPEC, VPN_L2VPN_FLOWSPEC } from "./134_vpn_flowspec.ts";
import { OPAQUE_KEY_VALUE } from "./241_opaque_key_value.ts";
import type { Family } from "./family.ts";

export const FAMILIES: readonly Family[] = [
  IPV4_UNICAST,
  IPV6_UNICAST,
  IPV4_MULTICAST,
  IPV6_MULTICAST,
  IPV4_LABELLED_UNICAST,
  IPV6_LABELLED_UNICAST,
  IPV4_MCAST_VPN,
  IPV6_MCAST_VPN,
  MS_PW,
  IPV4_ENCAPSULATION,
  IPV6_ENCAPSULATION,
  MCAST_VPLS,
  BGP_SFC,
  VPLS,
  IPV4_MDT,
  IPV4_4OVER6,
  IPV4_LAYER_1_VPN,
  EVPN,
  BGP_LS,
  BGP_LS_VPN,
  IPV4_SR_POLICY,
  IPV6_SR_POLICY,
  IPV4_SDWAN,
  ROUTING_POLICY,
  IPV4_CLASSFUL_TRANSPORT,
  IPV6_CLASSFUL_TRANSPORT,
  BGP_LS_SPF,
  IPV4_CAR,
  IPV6_CAR,
  VPN_IPV4_CAR,
  VPN_IPV6_CAR,
  IPV4_MUP,
  IPV6_MUP,
  VPN_IPV4_UNICAST,
  VPN_IPV6_UNICAST,
  L2VPN_KOMPELLA,
  BGP_LS_VPN_DRAFT,
  VPN_IPV4_MULTICAST,
  VPN_IPV6_MULTICAST,
  IPV4_ROUTE_TARGET_CONSTRAINT,
  IPV6_ROUTE_TARGET_CONSTRAINT,
  IPV4_FLOWSPEC,
  IPV6_FLOWSPEC,
  L2VPN_FLOWSPEC,
  VPN_IPV4_FLOWSPEC,
  VPN_IPV6_FLOWSPEC,
  VPN_L2VPN_FLOWSPEC,
  OPAQUE_KEY_VALUE,
];

export const FAMILY_BY_KEY: ReadonlyMap<number, Family> = new Map(
  FAMILIES.map((family) => [familyKey(family.afi, family.safi), family]),
);
