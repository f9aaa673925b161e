/** BGP-MUP routes of IPv4 and IPv6. */
import { mupFamily } from "./mup/family.ts";

export const IPV4_MUP = mupFamily(1);
export const IPV6_MUP = mupFamily(2);
