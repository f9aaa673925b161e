/**
 * Routing policy distribution (draft-ietf-idr-rpd): `length u8, policy type u8, distinguisher u32, address of the peer`. The policy
 * itself is in the Wide Community attribute.
 */
import type { ObjectFamily } from "./family.ts";
import { endOfCountedOctets, NlriReader } from "./reader.ts";

export interface RoutingPolicyRoute {
  /** 1: export, 2: import. */
  readonly policyType: number;
  readonly distinguisher: number;
  /** Address of the peer that the policy is for. */
  readonly peer: string;
}

export const ROUTING_POLICY: ObjectFamily<RoutingPolicyRoute> = {
  kind: "object",
  afi: 16398,
  safi: 75,
  name: "routing-policy",
  reference: "draft-ietf-idr-rpd",
  addPath: true,
  endOfRoute: endOfCountedOctets,
  decode(bytes, view, start, end) {
    const reader = new NlriReader(bytes, view, start + 1, end);
    const policyType = reader.u8("policy type");
    const distinguisher = reader.u32("distinguisher");
    return { policyType, distinguisher, peer: reader.restAddress("peer") };
  },
};
