/**
 * BGP-LS: nodes, links, prefixes and SRv6 SIDs as goBMP has them; candidate paths of SR policies, types that are not known, and objects
 * that lack what goBMP's record is about as message type 1005.
 */
import { NlriType } from "../../../bgp/link_state/descriptors.ts";
import type { LinkStateObject, LinkStateRoute } from "../../../bgp/link_state/nlri.ts";
import { BGP_LS } from "../../../bgp/nlri/071_bgp_ls.ts";
import { BGP_LS_VPN } from "../../../bgp/nlri/072_bgp_ls_vpn.ts";
import { BGP_LS_SPF } from "../../../bgp/nlri/080_bgp_ls_spf.ts";
import { BGP_LS_VPN_DRAFT } from "../../../bgp/nlri/128_vpn.ts";
import { NLRI } from "../topics.ts";
import { ANY_FAMILY } from "./any_family.ts";
import type { RouteKind } from "./kind.ts";
import { type LinkStateAttribute, readLinkStateAttribute } from "./ls_attribute.ts";
import type { LinkStateRecord } from "./ls_common.ts";
import { LINK_RECORD } from "./ls_link.ts";
import { NODE_RECORD } from "./ls_node.ts";
import { PREFIX_RECORD } from "./ls_prefix.ts";
import { SRV6_SID_RECORD } from "./ls_srv6_sid.ts";

const RECORDS: Readonly<Record<number, LinkStateRecord>> = {
  [NlriType.node]: NODE_RECORD,
  [NlriType.link]: LINK_RECORD,
  [NlriType.ipv4Prefix]: PREFIX_RECORD,
  [NlriType.ipv6Prefix]: PREFIX_RECORD,
  [NlriType.srv6Sid]: SRV6_SID_RECORD,
};

export const LINK_STATE: RouteKind<LinkStateRoute, LinkStateAttribute | undefined> = {
  families: [BGP_LS, BGP_LS_VPN, BGP_LS_SPF, BGP_LS_VPN_DRAFT],
  topic: (route) => goBmpRecord(route)?.topic ?? NLRI,
  isWithoutBaseAttrs: true,
  shared: readLinkStateAttribute,
  putFields(to, route, facts, attribute) {
    const record = goBmpRecord(route);
    if (record === undefined) ANY_FAMILY.putFields(to, route, facts, undefined);
    else record.putFields(to, route as LinkStateObject, facts, attribute);
  },
  putOwnFields(to, route, facts) {
    if (goBmpRecord(route) === undefined) return;
    to.text("family", facts.family);
    to.number("path_id", facts.pathId);
    to.decoded("nlri", route);
  },
};

/** The record of an object; undefined: there is none. */
function goBmpRecord(route: LinkStateRoute): LinkStateRecord | undefined {
  if ("value" in route || route.localNode === undefined) return undefined;
  const record = RECORDS[route.type];
  return record?.needs !== undefined && route[record.needs] === undefined ? undefined : record;
}
