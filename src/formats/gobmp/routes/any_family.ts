/** Routes of a family without a record of its own, and families without a decoder (message type 1005). */
import { NLRI } from "../topics.ts";
import type { RouteKind } from "./kind.ts";

export const ANY_FAMILY: RouteKind = {
  families: [],
  topic: () => NLRI,
  putFields(to, route, facts) {
    to.numberOrZero("afi", facts.afi);
    to.numberOrZero("safi", facts.safi);
    to.text("family", facts.family);
    to.written("nexthop", facts.nextHop);
    to.number("path_id", facts.pathId);
    to.decoded("nlri", route);
  },
};
