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
  flagMembers,
  type FlagNames,
  igpFlagMembers,
  letterMembers,
  listOrAbsent,
  orAbsent,
  prefixSidMember,
  subTlvMember,
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
  const [locator] = attribute.ranges(SRV6_LOCATOR.code);
  to.json("igp_flags", igpFlags && letterMembers(igpFlags, "DNLP"));
  to.numbers("route_tag", attribute.values(ROUTE_TAG).flat());
  to.numbers("ext_route_tag", attribute.values(EXTENDED_ROUTE_TAG).flat());
  to.text("ospf_fwd_addr", attribute.value(FORWARDING_ADDRESS));
  to.number("prefix_metric", attribute.value(PREFIX_METRIC));
  to.json("prefix_attr_tlvs", segmentRoutingMember(attribute, protocolId));
  to.json(
    "flex_algo_prefix_metric",
    attribute.values(FLEX_ALGORITHM_METRIC).map(({ algorithm, metric }) => ({
      flex_algo: orAbsent(algorithm),
      metric: orAbsent(metric),
    })),
  );
  to.json("srv6_locator", locator && locatorMember(bytes, view, locator));
  to.json("opaque_prefix_attribute", attribute.values(OPAQUE_PREFIX));
}

/** Writes the fields of `ls_srv6_sid` that come from the attribute. */
export function putSidFields(to: FieldWriter, attribute: LinkStateAttribute): void {
  const behavior = attribute.value(ENDPOINT_BEHAVIOR);
  const structure = attribute.value(SID_STRUCTURE);
  to.json(
    "srv6_endpoint_behavior",
    behavior && {
      endpoint_behavior: behavior.endpointBehavior,
      flag: behavior.flags,
      algo: behavior.algorithm,
    },
  );
  to.json("srv6_bgp_peer_node_sid", peerNodeSidMember(attribute));
  to.json(
    "srv6_sid_structure",
    structure && {
      locator_block_length: structure.locatorBlockLength,
      locator_node_length: structure.locatorNodeLength,
      function_length: structure.functionLength,
      argument_length: structure.argumentLength,
    },
  );
}

/** RFC 9514 section 7.2. */
export function peerNodeSidMember(attribute: LinkStateAttribute): object | undefined {
  const sid = attribute.value(SRV6_PEER_NODE_SID);
  const [range] = attribute.ranges(SRV6_PEER_NODE_SID.code);
  return sid && range && {
    flags: letterMembers(sid.flags, "BSP"),
    weight: sid.weight,
    peer_asn: sid.peerAs,
    peer_id: base64Text(attribute.bytes, range.start + 8, range.end),
  };
}

/** What RFC 9085 section 2.3 says of a prefix. */
function segmentRoutingMember(
  attribute: LinkStateAttribute,
  protocolId: number,
): object | undefined {
  const [flags] = attribute.ranges(PREFIX_FLAGS.code);
  const hasFlags = flags !== undefined && flags.end > flags.start;
  const range = attribute.value(RANGE);
  const members = {
    ls_prefix_sid: listOrAbsent(
      attribute.values(PREFIX_SID).map((sid) => prefixSidMember(sid, protocolId)),
    ),
    range: range && rangeMember(range, protocolId),
    flags: hasFlags ? prefixFlagMembers(attribute.bytes[flags.start]!, protocolId) : undefined,
    source_router_id: attribute.value(SOURCE_OSPF_ROUTER) ?? attribute.value(SOURCE_ROUTER),
  };
  return Object.values(members).some((member) => member !== undefined) ? members : undefined;
}

const ISIS_PREFIX: FlagNames = ["x", "r", "n"]; // RFC 7794 section 2.1
const OSPFV2_PREFIX: FlagNames = ["a", "n"]; // RFC 7684 section 2.1
const OSPFV3_PREFIX: FlagNames = ["", "", "n", "dn", "p", "", "la", "nu"]; // RFC 8362 section 3.1, RFC 5340 appendix A.4.1.1

function prefixFlagMembers(octet: number, protocolId: number): object {
  const ospf = protocolId === Protocol.ospfV3 ? OSPFV3_PREFIX : OSPFV2_PREFIX;
  return igpFlagMembers(octet, protocolId, ISIS_PREFIX, ospf);
}

const ISIS_RANGE: FlagNames = ["f", "m", "s", "d", "a"]; // RFC 8667 section 2.4.1
const OSPF_RANGE: FlagNames = ["ia"]; // RFC 8665 section 4

function rangeMember({ flags, size, subTlvs }: SidRange, protocolId: number): object {
  return {
    flags: igpFlagMembers(flags, protocolId, ISIS_RANGE, OSPF_RANGE),
    range_size: size,
    prefix_sid: listOrAbsent(
      valuesIn(subTlvs, PREFIX_SID).map((sid) => prefixSidMember(sid, protocolId)),
    ),
  };
}

/** RFC 9514 section 5.1. */
function locatorMember(bytes: Uint8Array, view: DataView, { start, end }: TlvRange): object {
  return {
    flags: flagMembers(bytes[start]!, ["d"]),
    algo: bytes[start + 1]!,
    metric: view.getUint32(start + 4),
    sub_tlvs: listOrAbsent(readTlvs(view, start + 8, end).map((it) => subTlvMember(bytes, it))),
  };
}
