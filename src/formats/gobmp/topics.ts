/** Topics of this format: goBMP's, and our own from message type 1000 on. */
import type { Topic } from "../output.ts";

export const STATISTICS: Topic = { name: "gobmp.parsed.statistics", messageType: 1 };
export const UNICAST: Topic = { name: "gobmp.parsed.unicast_prefix", messageType: 7 };
export const UNICAST_V4: Topic = { name: "gobmp.parsed.unicast_prefix_v4", messageType: 74 };
export const UNICAST_V6: Topic = { name: "gobmp.parsed.unicast_prefix_v6", messageType: 76 };
export const L3VPN: Topic = { name: "gobmp.parsed.l3vpn", messageType: 11 };
export const L3VPN_V4: Topic = { name: "gobmp.parsed.l3vpn_v4", messageType: 114 };
export const L3VPN_V6: Topic = { name: "gobmp.parsed.l3vpn_v6", messageType: 116 };
// goBMP has message types but no topics for these: the names follow its pattern.
export const MULTICAST_V4: Topic = { name: "gobmp.parsed.multicast_v4", messageType: 184 };
export const MULTICAST_V6: Topic = { name: "gobmp.parsed.multicast_v6", messageType: 186 };
export const MVPN_V4: Topic = { name: "gobmp.parsed.mvpn_v4", messageType: 208 };
export const MVPN_V6: Topic = { name: "gobmp.parsed.mvpn_v6", messageType: 210 };
export const EVPN: Topic = { name: "gobmp.parsed.evpn", messageType: 14 };
export const VPLS: Topic = { name: "gobmp.parsed.vpls", messageType: 17 };
// goBMP has message types but no topics for these: the names follow its pattern.
export const MCAST_VPN_V4: Topic = { name: "gobmp.parsed.mcastvpn_v4", messageType: 204 };
export const MCAST_VPN_V6: Topic = { name: "gobmp.parsed.mcastvpn_v6", messageType: 206 };
export const SR_POLICY: Topic = { name: "gobmp.parsed.sr_policy", messageType: 15 };
export const SR_POLICY_V4: Topic = { name: "gobmp.parsed.sr_policy_v4", messageType: 154 };
export const SR_POLICY_V6: Topic = { name: "gobmp.parsed.sr_policy_v6", messageType: 156 };
export const LS_NODE: Topic = { name: "gobmp.parsed.ls_node", messageType: 8 };
export const LS_LINK: Topic = { name: "gobmp.parsed.ls_link", messageType: 9 };
export const LS_PREFIX: Topic = { name: "gobmp.parsed.ls_prefix", messageType: 12 };
export const LS_SRV6_SID: Topic = { name: "gobmp.parsed.ls_srv6_sid", messageType: 13 };
export const FLOWSPEC: Topic = { name: "gobmp.parsed.flowspec", messageType: 16 };
export const FLOWSPEC_V4: Topic = { name: "gobmp.parsed.flowspec_v4", messageType: 164 };
export const FLOWSPEC_V6: Topic = { name: "gobmp.parsed.flowspec_v6", messageType: 166 };
export const RTC_V4: Topic = { name: "gobmp.parsed.rtc_v4", messageType: 194 };
export const RTC_V6: Topic = { name: "gobmp.parsed.rtc_v6", messageType: 196 };
export const PEER: Topic = { name: "gobmp.parsed.peer", messageType: 10 };

export const SESSION: Topic = { name: "edgebmp.session", messageType: 1000 };
export const INITIATION: Topic = { name: "edgebmp.initiation", messageType: 1001 };
export const TERMINATION: Topic = { name: "edgebmp.termination", messageType: 1002 };
export const MIRROR: Topic = { name: "edgebmp.mirror", messageType: 1003 };
export const END_OF_RIB: Topic = { name: "edgebmp.end_of_rib", messageType: 1004 };
export const NLRI: Topic = { name: "edgebmp.nlri", messageType: 1005 };
export const MESSAGE: Topic = { name: "edgebmp.message", messageType: 1006 };
export const DECODE_ERROR: Topic = { name: "edgebmp.decode_error", messageType: 1007 };
export const CLASSFUL_TRANSPORT: Topic = {
  name: "edgebmp.classful_transport",
  messageType: 1008,
};

/** All topics of this format, for a sink that has to create them. */
export const TOPICS: readonly Topic[] = [
  STATISTICS,
  UNICAST,
  UNICAST_V4,
  UNICAST_V6,
  L3VPN,
  L3VPN_V4,
  L3VPN_V6,
  MULTICAST_V4,
  MULTICAST_V6,
  MVPN_V4,
  MVPN_V6,
  EVPN,
  VPLS,
  MCAST_VPN_V4,
  MCAST_VPN_V6,
  SR_POLICY,
  SR_POLICY_V4,
  SR_POLICY_V6,
  LS_NODE,
  LS_LINK,
  LS_PREFIX,
  LS_SRV6_SID,
  FLOWSPEC,
  FLOWSPEC_V4,
  FLOWSPEC_V6,
  RTC_V4,
  RTC_V6,
  PEER,
  SESSION,
  INITIATION,
  TERMINATION,
  MIRROR,
  END_OF_RIB,
  NLRI,
  MESSAGE,
  DECODE_ERROR,
  CLASSFUL_TRANSPORT,
];
