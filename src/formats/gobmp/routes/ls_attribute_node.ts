/** Fields of `ls_node` from the BGP-LS attribute. */
import {
  DEFINITION_FLAGS,
  EXCLUDE_ANY,
  EXCLUDE_SRLG,
  FLEX_ALGORITHM,
  type FlexAlgorithmDefinition,
  INCLUDE_ALL,
  INCLUDE_ANY,
} from "../../../bgp/link_state/attribute_flexible_algorithm.ts";
import {
  type LabelBlock,
  NODE_SID_DEPTHS,
  SR_ALGORITHMS,
  SR_CAPABILITIES,
  SR_LOCAL_BLOCK,
} from "../../../bgp/link_state/attribute_segment_routing.ts";
import { SRV6_CAPABILITIES } from "../../../bgp/link_state/attribute_srv6.ts";
import {
  MULTI_TOPOLOGY_ID,
  NODE_FLAGS,
  NODE_NAME,
  OPAQUE_NODE,
} from "../../../bgp/link_state/attribute_topology.ts";
import { isIsis } from "../../../bgp/link_state/protocols.ts";
import type { FieldWriter } from "../fields.ts";
import type { LinkStateAttribute } from "./ls_attribute.ts";
import {
  flagMembers,
  letterMembers,
  listOrAbsent,
  orAbsent,
  sidNumber,
  valuesIn,
} from "./ls_attribute_shapes.ts";

/** Writes the fields of `ls_node` that come from the attribute, but for `area_id` and `router_id`. */
export function putNodeFields(
  to: FieldWriter,
  attribute: LinkStateAttribute,
  protocolId: number,
): void {
  const topologies = attribute.value(MULTI_TOPOLOGY_ID);
  const flags = attribute.value(NODE_FLAGS);
  const capabilities = attribute.value(SR_CAPABILITIES);
  const localBlock = attribute.value(SR_LOCAL_BLOCK);
  const srv6 = attribute.value(SRV6_CAPABILITIES);
  to.json(
    "mt_id_tlv",
    topologies?.map(({ id, flags }) => ({ ...letterMembers(flags, "OA"), mt_id: id })),
  );
  to.json("node_flags", flags && nodeFlagMembers(flags));
  to.text("name", attribute.value(NODE_NAME));
  to.json("ls_sr_capabilities", capabilities && capabilitiesMember(capabilities, protocolId));
  to.numbers("sr_algorithm", attribute.value(SR_ALGORITHMS));
  to.json("sr_local_block", localBlock && localBlockMember(localBlock));
  to.json("srv6_capabilities_tlv", srv6 && letterMembers(srv6.flags, "O"));
  to.json("node_msd", depthMembers(attribute.value(NODE_SID_DEPTHS)));
  to.json("flex_algo_definition", attribute.values(FLEX_ALGORITHM).map(definitionMember));
  to.json("opaque_node_attribute", attribute.values(OPAQUE_NODE));
}

/** goBMP's letter T is RFC 7752's for A, attached. */
function nodeFlagMembers(flags: readonly string[]): object {
  const { o_flag, a_flag, ...rest } = letterMembers(flags, "OAEBRV");
  return { o_flag, t_flag: a_flag, ...rest };
}

/** I: MPLS for IPv4, V: for IPv6, in IS-IS only (RFC 8667 section 3.1). */
function capabilitiesMember({ flags, ranges }: LabelBlock, protocolId: number): object {
  return {
    flags: isIsis(protocolId) ? flagMembers(flags, ["i", "v"]) : { flags },
    sr_capability_subtlv: listOrAbsent(ranges.map((range) => ({
      range: orAbsent(range.size),
      sid: orAbsent(sidNumber(range)),
    }))),
  };
}

function localBlockMember({ flags, ranges }: LabelBlock): object {
  return {
    flags,
    subranges: listOrAbsent(ranges.map(({ size, label, index }) => ({
      range_size: orAbsent(size),
      label,
      index,
    }))),
  };
}

export function depthMembers(
  depths: readonly { readonly type: number; readonly value: number }[] | undefined,
): object | undefined {
  return depths?.map(({ type, value }) => ({ msd_type: type, msd_value: value }));
}

function definitionMember(definition: FlexAlgorithmDefinition): object {
  const { subTlvs } = definition;
  const [flags] = valuesIn(subTlvs, DEFINITION_FLAGS);
  return {
    flex_algo: orAbsent(definition.algorithm),
    metric_type: definition.metricType,
    calculation_type: definition.calculationType,
    priority: definition.priority,
    sub_tlv: subTlvs.length === 0 ? undefined : {
      exclude_any: valuesIn(subTlvs, EXCLUDE_ANY)[0],
      include_any: valuesIn(subTlvs, INCLUDE_ANY)[0],
      include_all: valuesIn(subTlvs, INCLUDE_ALL)[0],
      flags: flags && letterMembers(flags, "M"),
      exclude_srlg: valuesIn(subTlvs, EXCLUDE_SRLG)[0],
    },
  };
}
