/** The kinds of records of object families: one line each. A family that no kind has gives {@linkcode ANY_FAMILY}. */
import type { ObjectFamily } from "../../../bgp/nlri/family.ts";
import { ANY_FAMILY } from "./any_family.ts";
import { EVPN_ROUTES } from "./evpn.ts";
import { FLOWSPEC_ROUTES } from "./flowspec.ts";
import type { RouteKind } from "./kind.ts";
import { LINK_STATE } from "./link_state.ts";
import { MCAST_VPN_ROUTES } from "./mcast_vpn.ts";
import { RTC_ROUTES } from "./rtc.ts";
import { SR_POLICY_ROUTES } from "./sr_policy.ts";
import { VPLS_ROUTES } from "./vpls.ts";

export const ROUTE_KINDS: readonly RouteKind[] = [
  MCAST_VPN_ROUTES,
  EVPN_ROUTES,
  VPLS_ROUTES,
  SR_POLICY_ROUTES,
  LINK_STATE,
  FLOWSPEC_ROUTES,
  RTC_ROUTES,
];

const KIND_BY_FAMILY: ReadonlyMap<ObjectFamily, RouteKind> = new Map(
  ROUTE_KINDS.flatMap((kind) => kind.families.map((family) => [family, kind] as const)),
);

export function routeKind(family: ObjectFamily | undefined): RouteKind {
  return (family && KIND_BY_FAMILY.get(family)) ?? ANY_FAMILY;
}
