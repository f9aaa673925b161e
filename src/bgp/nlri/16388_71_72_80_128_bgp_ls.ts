/** BGP-LS: link-state information, of VPNs, for shortest paths of BGP itself, and of VPNs under the SAFI of the first drafts. */
import { linkStateFamily } from "../link_state/nlri.ts";

export const BGP_LS = linkStateFamily(71, "RFC 9552 section 5.2", false);
export const BGP_LS_VPN = linkStateFamily(72, "RFC 9552 section 5.2", true);
export const BGP_LS_SPF = linkStateFamily(80, "RFC 9815 section 5.1", false);
/** Before SAFI 72 was assigned, drafts had that of other VPNs; the layout is the same. */
export const BGP_LS_VPN_DRAFT = linkStateFamily(128, "draft-ietf-idr-ls-distribution", true);
