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
  fields: ({ length, originAs, routeTarget }, { afi }) => [
    ["length", length],
    ["origin_as", originAs],
    ["route_target", routeTarget],
    ["is_ipv4!", afi === 1],
  ],
  ownFields: ({ routeTargetPrefix }, { nextHop, pathId }) => [
    ["route_target_prefix", routeTargetPrefix],
    ["nexthop", nextHop],
    ["path_id", pathId],
  ],
};
