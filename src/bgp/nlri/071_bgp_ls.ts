/** BGP-LS: link-state information. Its NLRI are in `link_state/`. */
import { linkStateFamily } from "../link_state/nlri.ts";

export const BGP_LS = linkStateFamily(71, "RFC 9552 section 5.2", false);
