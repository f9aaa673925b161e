/** Routes of a family without a record of its own, and families without a decoder (message type 1005). */
import type { Field } from "../records.ts";
import { snakeCased } from "../snake_case.ts";
import { NLRI } from "../topics.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";

export const ANY_FAMILY: RouteKind = {
  families: [],
  topic: () => NLRI,
  fields: (route, facts) => [...fieldsOfFamily(facts), ["nlri", snakeCased(route) as object]],
};

function fieldsOfFamily(facts: RouteFacts): readonly Field[] {
  return [
    ["afi!", facts.afi],
    ["safi!", facts.safi],
    ["family", facts.family],
    ["nexthop", facts.nextHop],
    ["path_id", facts.pathId],
  ];
}
