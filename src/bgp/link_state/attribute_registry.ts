/** The TLVs of the BGP-LS attribute that this program decodes: a table per topic. A type that is not here keeps its bytes. */
import { FLEXIBLE_ALGORITHM_TLVS } from "./attribute_flexible_algorithm.ts";
import { PERFORMANCE_TLVS } from "./attribute_performance.ts";
import { SEGMENT_ROUTING_TLVS } from "./attribute_segment_routing.ts";
import { SR_POLICY_TLVS } from "./attribute_sr_policy.ts";
import type { TlvSpec } from "./attribute_spec.ts";
import { SRV6_TLVS } from "./attribute_srv6.ts";
import { TOPOLOGY_TLVS } from "./attribute_topology.ts";

export const LINK_STATE_TLVS: readonly TlvSpec[] = [
  ...TOPOLOGY_TLVS,
  ...SEGMENT_ROUTING_TLVS,
  ...SRV6_TLVS,
  ...PERFORMANCE_TLVS,
  ...FLEXIBLE_ALGORITHM_TLVS,
  ...SR_POLICY_TLVS,
].sort((a, b) => a.code - b.code);

export const TLV_BY_CODE: ReadonlyMap<number, TlvSpec> = new Map(
  LINK_STATE_TLVS.map((spec) => [spec.code, spec]),
);
