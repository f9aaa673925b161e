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
import type { FieldWriter } from "../fields.ts";
import type { LinkStateAttribute } from "./ls_attribute.ts";
import {
  flagsOf,
  type LetterNames,
  letterNames,
  putIgpFlags,
  putLetterFields,
  putLetters,
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
  to.objects("mt_id_tlv", topologies, (to, { id, flags }) => {
    putLetterFields(to, flags, TOPOLOGY_FLAGS);
    to.numberOrZero("mt_id", id);
  });
  if (flags !== undefined) putLetters(to, "node_flags", flags, NODE_FLAG_NAMES);
  to.text("name", attribute.value(NODE_NAME));
  if (capabilities !== undefined) putCapabilities(to, capabilities, protocolId);
  to.numbers("sr_algorithm", attribute.value(SR_ALGORITHMS));
  if (localBlock !== undefined) putLocalBlock(to, localBlock);
  if (srv6 !== undefined) putLetters(to, "srv6_capabilities_tlv", srv6.flags, SRV6_FLAGS);
  putDepths(to, "node_msd", attribute.value(NODE_SID_DEPTHS));
  to.objects("flex_algo_definition", attribute.values(FLEX_ALGORITHM), putDefinition);
  to.json("opaque_node_attribute", attribute.values(OPAQUE_NODE));
}

const TOPOLOGY_FLAGS = letterNames("OA");
const SRV6_FLAGS = letterNames("O");
const DEFINITION_FLAG_NAMES = letterNames("M");
/** goBMP's letter T is RFC 7752's for A, attached. */
const NODE_FLAG_NAMES: LetterNames = [
  ["O", "o_flag"],
  ["A", "t_flag"],
  ...letterNames("EBRV"),
];
/** MPLS for IPv4 and for IPv6, in IS-IS only (RFC 8667 section 3.1). */
const ISIS_CAPABILITIES = flagsOf("i v");

function putCapabilities(
  to: FieldWriter,
  { flags, ranges }: LabelBlock,
  protocolId: number,
): void {
  to.begin("ls_sr_capabilities");
  putIgpFlags(to, flags, protocolId, ISIS_CAPABILITIES, undefined);
  to.objects("sr_capability_subtlv", ranges, (to, range) => {
    to.number("range", range.size);
    to.number("sid", sidNumber(range));
  });
  to.end();
}

function putLocalBlock(to: FieldWriter, { flags, ranges }: LabelBlock): void {
  to.begin("sr_local_block");
  to.numberOrZero("flags", flags);
  to.objects("subranges", ranges, (to, { size, label, index }) => {
    to.number("range_size", size);
    to.numberOrZero("label", label);
    to.numberOrZero("index", index);
  });
  to.end();
}

/** Maximum SID depths (RFC 8814). */
export function putDepths(
  to: FieldWriter,
  name: string,
  depths: readonly { readonly type: number; readonly value: number }[] | undefined,
): void {
  to.objects(name, depths, (to, { type, value }) => {
    to.numberOrZero("msd_type", type);
    to.numberOrZero("msd_value", value);
  });
}

function putDefinition(to: FieldWriter, definition: FlexAlgorithmDefinition): void {
  const { subTlvs } = definition;
  to.number("flex_algo", definition.algorithm);
  to.numberOrZero("metric_type", definition.metricType);
  to.numberOrZero("calculation_type", definition.calculationType);
  to.numberOrZero("priority", definition.priority);
  if (subTlvs.length === 0) return;
  const [flags] = valuesIn(subTlvs, DEFINITION_FLAGS);
  to.begin("sub_tlv");
  to.numbersOrEmpty("exclude_any", valuesIn(subTlvs, EXCLUDE_ANY)[0]);
  to.numbersOrEmpty("include_any", valuesIn(subTlvs, INCLUDE_ANY)[0]);
  to.numbersOrEmpty("include_all", valuesIn(subTlvs, INCLUDE_ALL)[0]);
  if (flags !== undefined) putLetters(to, "flags", flags, DEFINITION_FLAG_NAMES);
  to.numbersOrEmpty("exclude_srlg", valuesIn(subTlvs, EXCLUDE_SRLG)[0]);
  to.end();
}
