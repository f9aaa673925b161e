/**
 * VPN routes (RFC 4364 section 4.3.4, RFC 4659 section 3.2, RFC 8277 section 2): `length u8 in bits of all that follows, labels of 3
 * octets, route distinguisher of 8 octets, prefix`; and what had this SAFI before it got its own.
 */
import { linkStateFamily } from "../link_state/nlri.ts";
import { VPLS, type VplsRoute } from "./065_vpls.ts";
import type { ObjectFamily, PrefixFamily } from "./family.ts";

export const VPN_IPV4_UNICAST: PrefixFamily = {
  kind: "prefix",
  afi: 1,
  safi: 128,
  name: "l3vpn-ipv4-unicast",
  reference: "RFC 4364 section 4.3.4",
  addressBits: 32,
  labelled: true,
  distinguisherBits: 64,
};

export const VPN_IPV6_UNICAST: PrefixFamily = {
  kind: "prefix",
  afi: 2,
  safi: 128,
  name: "l3vpn-ipv6-unicast",
  reference: "RFC 4659 section 3.2",
  addressBits: 128,
  labelled: true,
  distinguisherBits: 64,
};

/** Layer 2 VPNs under the SAFI that they had before RFC 6624: the same forms. */
export const L2VPN_KOMPELLA: ObjectFamily<VplsRoute> = {
  ...VPLS,
  safi: 128,
  name: "l2vpn-kompella",
  reference: "RFC 6624 section 3",
};

/** Before SAFI 72 was assigned, drafts had that of other VPNs; the layout is the same. */
export const BGP_LS_VPN_DRAFT = linkStateFamily(128, "draft-ietf-idr-ls-distribution", true);
