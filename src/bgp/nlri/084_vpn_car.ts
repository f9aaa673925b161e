/** VPN CAR (RFC 9871 section 9): the NLRI of CAR with a route distinguisher. */
import { carFamily } from "./083_car.ts";

export const VPN_IPV4_CAR = carFamily(1, 84, "vpn-ipv4-car");
export const VPN_IPV6_CAR = carFamily(2, 84, "vpn-ipv6-car");
