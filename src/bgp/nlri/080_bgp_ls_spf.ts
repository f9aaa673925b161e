/** BGP-LS for shortest paths of BGP itself. */
import { linkStateFamily } from "../link_state/nlri.ts";

export const BGP_LS_SPF = linkStateFamily(80, "RFC 9815 section 5.1", false);
