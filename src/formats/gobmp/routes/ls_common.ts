/** What the four records of link-state objects have in common. */
import type { TlvSpec } from "../../../bgp/link_state/attribute_spec.ts";
import type { LinkStateObject } from "../../../bgp/link_state/nlri.ts";
import { isOspf, protocolName } from "../../../bgp/link_state/protocols.ts";
import type { Topic } from "../../output.ts";
import type { FieldWriter } from "../fields.ts";
import type { RouteFacts } from "./kind.ts";
import type { LinkStateAttribute } from "./ls_attribute.ts";

/** One of goBMP's records: what it says about an NLRI. */
export interface LinkStateRecord {
  readonly topic: Topic;
  /** The descriptor without which the record would say nothing, beside the local node. */
  readonly needs?: keyof LinkStateObject;
  putFields(
    to: FieldWriter,
    route: LinkStateObject,
    facts: RouteFacts,
    attribute: LinkStateAttribute | undefined,
  ): void;
}

/** Writes the fields of all four; goBMP reads the identifier as a signed number. */
export function putCommonFields(to: FieldWriter, route: LinkStateObject): void {
  to.numberOrZero("domain_id", BigInt.asIntN(64, route.identifier));
  to.text("igp_router_id", route.localNode?.igpRouterId);
  to.number("ls_id", route.localNode?.bgpLsId);
  to.text("protocol", protocolName(route.protocolId));
  to.number("protocol_id", route.protocolId);
  to.text("route_distinguisher", route.routeDistinguisher);
}

/** Area of an object of OSPF, in decimal; undefined: it is of another protocol. */
export function ospfArea({ protocolId, localNode }: LinkStateObject): string | undefined {
  return isOspf(protocolId) ? String(localNode?.ospfAreaId ?? "") : undefined;
}

/** Writes the first topology of the NLRI, which has one (RFC 9552 section 5.2.2.1). */
export function putTopology(to: FieldWriter, { multiTopologyIds }: LinkStateObject): void {
  const id = multiTopologyIds?.[0];
  if (id === undefined) return;
  to.begin("mt_id_tlv");
  to.flag("o_flag", (id & 0x8000) !== 0);
  to.flag("a_flag", (id & 0x4000) !== 0);
  to.numberOrZero("mt_id", id & 0x0fff);
  to.end();
}

/**
 * The router identifier of the preferred family, else of the other. goBMP has none then, and prefers the family of the peer
 * that tells of the node, which says nothing about the node.
 */
export function routerId(
  attribute: LinkStateAttribute | undefined,
  isIpv6: boolean,
  ipv4: TlvSpec<string>,
  ipv6: TlvSpec<string>,
): string | undefined {
  if (attribute === undefined) return undefined;
  return isIpv6
    ? attribute.value(ipv6) ?? attribute.value(ipv4)
    : attribute.value(ipv4) ?? attribute.value(ipv6);
}
