/** The address families that this program decodes: one line each. A family that is not here keeps its bytes. */
import { IPV4_UNICAST } from "./1_1_ipv4_unicast.ts";
import { IPV4_LABELLED_UNICAST } from "./1_4_ipv4_labelled_unicast.ts";
import { IPV6_UNICAST } from "./2_1_ipv6_unicast.ts";
import { IPV6_LABELLED_UNICAST } from "./2_4_ipv6_labelled_unicast.ts";
import { familyKey } from "../families.ts";
import type { Family } from "./family.ts";

export const FAMILIES: readonly Family[] = [
  IPV4_UNICAST,
  IPV6_UNICAST,
  IPV4_LABELLED_UNICAST,
  IPV6_LABELLED_UNICAST,
];

export const FAMILY_BY_KEY: ReadonlyMap<number, Family> = new Map(
  FAMILIES.map((family) => [familyKey(family.afi, family.safi), family]),
);
