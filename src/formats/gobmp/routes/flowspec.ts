/** Flow Specifications of IPv4 and IPv6 (message types 16, 164, 166). */
import type { Component, ListComponent } from "../../../bgp/flowspec/components.ts";
import type { FlowSpecRoute } from "../../../bgp/flowspec/family.ts";
import { type Comparison, operatorBits } from "../../../bgp/flowspec/operators.ts";
import { IPV4_FLOWSPEC, IPV6_FLOWSPEC } from "../../../bgp/nlri/133_flowspec.ts";
import { VPN_IPV4_FLOWSPEC, VPN_IPV6_FLOWSPEC } from "../../../bgp/nlri/134_vpn_flowspec.ts";
import { Md5 } from "../../../wire/md5.ts";
import { utf8 } from "../../../wire/writer.ts";
import { FLOWSPEC, FLOWSPEC_V4, FLOWSPEC_V6 } from "../topics.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";

export const FLOWSPEC_ROUTES: RouteKind<FlowSpecRoute> = {
  families: [IPV4_FLOWSPEC, IPV6_FLOWSPEC, VPN_IPV4_FLOWSPEC, VPN_IPV6_FLOWSPEC],
  topic: (_route, { afi }, splitAf) => !splitAf ? FLOWSPEC : afi === 1 ? FLOWSPEC_V4 : FLOWSPEC_V6,
  key: specHash,
  putFields(to, route, facts) {
    to.flag("is_ipv4", facts.afi === 1);
    to.number("origin_as", Math.max(facts.scope.originAs, 0));
    to.written("nexthop", facts.nextHop);
    to.flag("is_nexthop_ipv4", facts.isNextHopIpv4);
    to.number("path_id", facts.pathId);
    to.text("spec_hash", specHash(route, facts));
    to.json("spec", route.components.map(specElement));
    to.text("rd", route.rd);
  },
  putOwnFields(to, { rule, components, isOutOfOrder, isDraftOffset }) {
    to.text("rule", rule);
    to.decoded("components", components);
    to.flag("is_out_of_order", isOutOfOrder);
    to.flag("is_draft_offset", isDraftOffset);
  },
};

/** MD5 of the route distinguisher's text, the AFI as one octet, and the components as they came. */
function specHash({ rd = "", hex }: FlowSpecRoute, { afi }: RouteFacts): string {
  const head = utf8(`${rd}${String.fromCharCode(afi)}`);
  const components = Uint8Array.fromHex(hex);
  return new Md5()
    .update(head, 0, head.length)
    .update(components, 0, components.length)
    .hex();
}

/** A component in goBMP's form: values as they are on the wire, in base64; members that are zero or false are absent. */
function specElement(component: Component): object {
  const { type } = component;
  if ("pattern" in component) {
    const { prefixLen, prefixOffset, pattern } = component;
    return {
      type,
      prefix_len: prefixLen,
      prefix_offset: prefixOffset,
      prefix: Uint8Array.fromHex(pattern).toBase64(),
    };
  }
  // The third form, MAC addresses, is of Ethernet frames alone.
  const { matches } = component as ListComponent;
  return {
    type,
    op_val_pairs: matches.map((match, i) => operatorAndValue(match, i === matches.length - 1)),
  };
}

/** goBMP has the names of a numeric operator's bits also where they are "not" and "match" of a bitmask. */
function operatorAndValue(comparison: Comparison, isLast: boolean): object {
  const { isAnd, value, octets } = comparison;
  const bits = operatorBits(comparison);
  return {
    operator: {
      end_of_list_bit: isLast || undefined,
      and_bit: isAnd,
      value_length: octets,
      less_than: (bits & 4) !== 0 || undefined,
      greater_than: (bits & 2) !== 0 || undefined,
      equal: (bits & 1) !== 0 || undefined,
    },
    value: Uint8Array.fromHex(value.toString(16).padStart(2 * octets, "0")).toBase64(),
  };
}
