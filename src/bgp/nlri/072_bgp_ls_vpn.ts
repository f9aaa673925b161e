/** BGP-LS of VPNs: the NLRI of BGP-LS with a route distinguisher. */
import { linkStateFamily } from "../link_state/nlri.ts";

export const BGP_LS_VPN = linkStateFamily(72, "RFC 9552 section 5.2", true);
