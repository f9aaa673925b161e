/** The TLVs of a BGP Prefix-SID attribute with member names of records. */
import { base64Text, hexText, ipv6Text } from "../../wire/strings.ts";
import { endpointBehaviorName } from "../srv6_behaviors.ts";
import type { PrefixSidTlv, ServiceSubTlv } from "./tlvs.ts";

/**
 * TLVs as `base_attrs.bgp_prefix_sid` has them. `unknown_value` is all that goBMP shows of an SRv6 service; `srv6_service` says what is
 * in it.
 */
export function prefixSidRecord(bytes: Uint8Array, tlvs: readonly PrefixSidTlv[]): object {
  return { tlvs: tlvs.map((tlv) => tlvRecord(bytes, tlv)) };
}

function tlvRecord(bytes: Uint8Array, tlv: PrefixSidTlv): object {
  const { type, start, end, labelIndex, originatorSrgb, service } = tlv;
  const head = { type, length: end - start };
  if (labelIndex !== undefined) {
    return { ...head, label_index: { flags: labelIndex.flags, label_index: labelIndex.index } };
  }
  if (originatorSrgb !== undefined) {
    const ranges = originatorSrgb.ranges.map(({ first, size }) => ({ base: first, range: size }));
    return { ...head, originator_srgb: { flags: originatorSrgb.flags, ranges } };
  }
  return {
    ...head,
    ...(start === end ? {} : { unknown_value: base64Text(bytes, start, end) }),
    ...(service === undefined
      ? {}
      : { srv6_service: { sub_tlvs: service.map((it) => serviceRecord(bytes, it)) } }),
  };
}

function serviceRecord(bytes: Uint8Array, { type, start, end, sid }: ServiceSubTlv): object {
  if (sid === undefined) return { type, value: hexText(bytes, start, end) };
  const name = endpointBehaviorName(sid.endpointBehavior);
  return {
    type,
    sid: ipv6Text(bytes, sid.sidStart),
    flags: sid.flags,
    endpoint_behavior: sid.endpointBehavior,
    ...(name === undefined ? {} : { endpoint_behavior_name: name }),
    sub_sub_tlvs: sid.subSubTlvs.map((it) =>
      it.structure === undefined ? { type: it.type, value: hexText(bytes, it.start, it.end) } : {
        type: it.type,
        locator_block_length: it.structure.locatorBlockLength,
        locator_node_length: it.structure.locatorNodeLength,
        function_length: it.structure.functionLength,
        argument_length: it.structure.argumentLength,
        transposition_length: it.structure.transpositionLength,
        transposition_offset: it.structure.transpositionOffset,
      }
    ),
  };
}
