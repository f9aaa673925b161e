/** Route Target membership (message types 194, 196). */
import {
  IPV4_ROUTE_TARGET_CONSTRAINT,
  IPV6_ROUTE_TARGET_CONSTRAINT,
  type RouteTargetMembership,
} from "../../../bgp/nlri/132_route_target_constraint.ts";
import { RTC_V4, RTC_V6 } from "../topics.ts";
import type { RouteKind } from "./kind.ts";

export const RTC_ROUTES: RouteKind<RouteTargetMembership> = {
  families: [IPV4_ROUTE_TARGET_CONSTRAINT, IPV6_ROUTE_TARGET_CONSTRAINT],
  topic: (_route, { afi }) => afi === 1 ? RTC_V4 : RTC_V6,
  putFields(to, { length, originAs, routeTarget }, { afi }) {
    to.number("length", length);
    to.number("origin_as", originAs);
    to.text("route_target", routeTarget);
    to.flag("is_ipv4", afi === 1);
  },
  putOwnFields(to, { routeTargetPrefix }, { nextHop, pathId }) {
    to.text("route_target_prefix", routeTargetPrefix);
    to.written("nexthop", nextHop);
    to.number("path_id", pathId);
  },
};
