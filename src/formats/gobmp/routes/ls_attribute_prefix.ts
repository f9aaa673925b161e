/** Fields of `ls_prefix` and `ls_srv6_sid` from the BGP-LS attribute. */
import { FLEX_ALGORITHM_METRIC } from "../../../bgp/link_state/attribute_flexible_algorithm.ts";
import {
  PREFIX_FLAGS,
  PREFIX_SID,
  RANGE,
  type SidRange,
  SOURCE_OSPF_ROUTER,
  SOURCE_ROUTER,
} from "../../../bgp/link_state/attribute_segment_routing.ts";
import {
  ENDPOINT_BEHAVIOR,
  SID_STRUCTURE,
  SRV6_LOCATOR,
  SRV6_PEER_NODE_SID,
} from "../../../bgp/link_state/attribute_srv6.ts";
import {
  EXTENDED_ROUTE_TAG,
  FORWARDING_ADDRESS,
  IGP_FLAGS,
  OPAQUE_PREFIX,
  PREFIX_METRIC,
  ROUTE_TAG,
} from "../../../bgp/link_state/attribute_topology.ts";
import { Protocol } from "../../../bgp/link_state/protocols.ts";
import { readTlvs, type TlvRange } from "../../../bgp/link_state/tlv.ts";
import { base64Text } from "../../../wire/strings.ts";
import type { FieldWriter } from "../fields.ts";
import type { LinkStateAttribute } from "./ls_attribute.ts";
import {
  flagsOf,
  joined,
  letterNames,
  putIgpFlags,
  putLetters,
  putPrefixSids,
  putSubTlvs,
  valuesIn,
} from "./ls_attribute_shapes.ts";

/** Writes the fields of `ls_prefix` that come from the attribute, but for `router_id`. */
export function putPrefixFields(
  to: FieldWriter,
  attribute: LinkStateAttribute,
  protocolId: number,
): void {
  const igpFlags = attribute.value(IGP_FLAGS);
  const { bytes, view } = attribute;
  const locator = attribute.range(SRV6_LOCATOR);
  if (igpFlags !== undefined) putLetters(to, "igp_flags", igpFlags, IGP_FLAG_NAMES);
  to.numbers("route_tag", joined(attribute.values(ROUTE_TAG)));
  to.numbers("ext_route_tag", joined(attribute.values(EXTENDED_ROUTE_TAG)));
  to.text("ospf_fwd_addr", attribute.value(FORWARDING_ADDRESS));
  to.number("prefix_metric", attribute.value(PREFIX_METRIC));
  putSegmentRouting(to, attribute, protocolId);
  to.objects(
    "flex_algo_prefix_metric",
    attribute.values(FLEX_ALGORITHM_METRIC),
    (to, { algorithm, metric }) => {
      to.number("flex_algo", algorithm);
      to.number("metric", metric);
    },
  );
  if (locator !== undefined) putLocator(to, bytes, view, locator);
  to.json("opaque_prefix_attribute", attribute.values(OPAQUE_PREFIX));
}

/** Writes the fields of `ls_srv6_sid` that come from the attribute. */
export function putSidFields(to: FieldWriter, attribute: LinkStateAttribute): void {
  const behavior = attribute.value(ENDPOINT_BEHAVIOR);
  const structure = attribute.value(SID_STRUCTURE);
  if (behavior !== undefined) {
    to.begin("srv6_endpoint_behavior");
    to.numberOrZero("endpoint_behavior", behavior.endpointBehavior);
    to.numberOrZero("flag", behavior.flags);
    to.numberOrZero("algo", behavior.algorithm);
    to.end();
  }
  putPeerNodeSid(to, attribute);
  if (structure !== undefined) {
    to.begin("srv6_sid_structure");
    to.numberOrZero("locator_block_length", structure.locatorBlockLength);
    to.numberOrZero("locator_node_length", structure.locatorNodeLength);
    to.numberOrZero("function_length", structure.functionLength);
    to.numberOrZero("argument_length", structure.argumentLength);
    to.end();
  }
}

const IGP_FLAG_NAMES = letterNames("DNLP");
const PEER_SID_FLAGS = letterNames("BSP");

/** RFC 9514 section 7.2. */
export function putPeerNodeSid(to: FieldWriter, attribute: LinkStateAttribute): void {
  const sid = attribute.value(SRV6_PEER_NODE_SID);
  const range = attribute.range(SRV6_PEER_NODE_SID);
  if (sid === undefined || range === undefined) return;
  to.begin("srv6_bgp_peer_node_sid");
  putLetters(to, "flags", sid.flags, PEER_SID_FLAGS);
  to.numberOrZero("weight", sid.weight);
  to.numberOrZero("peer_asn", sid.peerAs);
  to.textOrEmpty("peer_id", base64Text(attribute.bytes, range.start + 8, range.end));
  to.end();
}

const ISIS_PREFIX = flagsOf("x r n"); // RFC 7794 section 2.1
const OSPFV2_PREFIX = flagsOf("a n"); // RFC 7684 section 2.1
const OSPFV3_PREFIX = flagsOf("- - n dn p - la nu"); // RFC 8362 section 3.1, RFC 5340 appendix A.4.1.1

/** Writes what RFC 9085 section 2.3 says of a prefix, if it does. */
function putSegmentRouting(
  to: FieldWriter,
  attribute: LinkStateAttribute,
  protocolId: number,
): void {
  const sids = attribute.values(PREFIX_SID);
  const range = attribute.value(RANGE);
  const flags = attribute.range(PREFIX_FLAGS);
  const hasFlags = flags !== undefined && flags.end > flags.start;
  const source = attribute.value(SOURCE_OSPF_ROUTER) ?? attribute.value(SOURCE_ROUTER);
  if (sids.length === 0 && range === undefined && !hasFlags && source === undefined) return;
  to.begin("prefix_attr_tlvs");
  putPrefixSids(to, "ls_prefix_sid", sids, protocolId);
  if (range !== undefined) putRange(to, range, protocolId);
  if (hasFlags) {
    const ospf = protocolId === Protocol.ospfV3 ? OSPFV3_PREFIX : OSPFV2_PREFIX;
    putIgpFlags(to, attribute.bytes[flags.start]!, protocolId, ISIS_PREFIX, ospf);
  }
  to.textOrEmpty("source_router_id", source);
  to.end();
}

const ISIS_RANGE = flagsOf("f m s d a"); // RFC 8667 section 2.4.1
const OSPF_RANGE = flagsOf("ia"); // RFC 8665 section 4

function putRange(to: FieldWriter, { flags, size, subTlvs }: SidRange, protocolId: number): void {
  to.begin("range");
  putIgpFlags(to, flags, protocolId, ISIS_RANGE, OSPF_RANGE);
  to.numberOrZero("range_size", size);
  putPrefixSids(to, "prefix_sid", valuesIn(subTlvs, PREFIX_SID), protocolId);
  to.end();
}

const LOCATOR_FLAGS = flagsOf("d");

/** RFC 9514 section 5.1. */
function putLocator(
  to: FieldWriter,
  bytes: Uint8Array,
  view: DataView,
  { start, end }: TlvRange,
): void {
  to.begin("srv6_locator");
  to.object("flags", LOCATOR_FLAGS[bytes[start]!]!);
  to.numberOrZero("algo", bytes[start + 1]!);
  to.numberOrZero("metric", view.getUint32(start + 4));
  putSubTlvs(to, bytes, readTlvs(view, start + 8, end));
  to.end();
}
