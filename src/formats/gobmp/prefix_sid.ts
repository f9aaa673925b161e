/**
 * `prefix_sid` of labelled unicast and L3VPN records: the BGP Prefix-SID attribute in goBMP's form, which differs from that of
 * `base_attrs.bgp_prefix_sid`.
 */
import type { ServiceSubSubTlv, ServiceSubTlv, SidInformation } from "../../bgp/prefix_sid/tlvs.ts";
import { PrefixSidType, readPrefixSid } from "../../bgp/prefix_sid/tlvs.ts";
import { base64Text, ipv6Text } from "../../wire/strings.ts";

/**
 * The object for the attribute's value `bytes[start, end)`. Of several TLVs of one type the first counts (RFC 9252 section 7); an SRv6 L2
 * service is not part of it.
 *
 * @throws DecodeFault when the attribute is malformed; it was noted when `base_attrs` was written
 */
export function prefixSidObject(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): object {
  const tlvs = readPrefixSid(view, start, end);
  const labelIndex = tlvs.find((tlv) => tlv.labelIndex !== undefined)?.labelIndex;
  const srgb = tlvs.find((tlv) => tlv.originatorSrgb !== undefined)?.originatorSrgb;
  const service = tlvs.find((tlv) => tlv.type === PrefixSidType.l3Service)?.service;
  return {
    label_index: labelIndex && {
      flags: labelIndex.flags || undefined,
      last_index: labelIndex.index || undefined,
    },
    originator_srgb: srgb && {
      flags: srgb.flags || undefined,
      srgb: srgb.ranges.map(({ first, size }) => ({
        first: first || undefined,
        number: size || undefined,
      })),
    },
    srv6_l3_service: service && {
      sub_tlvs: byType(service, (subTlv) => subTlvValue(bytes, subTlv)),
    },
  };
}

function subTlvValue(bytes: Uint8Array, { start, end, sid }: ServiceSubTlv): object | string {
  return sid === undefined ? base64Text(bytes, start, end) : sidRecord(bytes, sid);
}

function sidRecord(bytes: Uint8Array, sid: SidInformation): object {
  return {
    sid: ipv6Text(bytes, sid.sidStart),
    flags: sid.flags || undefined,
    endpoint_behavior: sid.endpointBehavior || undefined,
    sub_sub_tlvs: byType(sid.subSubTlvs, (it) => subSubTlvValue(bytes, it)),
  };
}

function subSubTlvValue(
  bytes: Uint8Array,
  { start, end, structure }: ServiceSubSubTlv,
): object | string {
  if (structure === undefined) return base64Text(bytes, start, end);
  return {
    locator_block_length: structure.locatorBlockLength || undefined,
    locator_node_length: structure.locatorNodeLength || undefined,
    function_length: structure.functionLength || undefined,
    argument_length: structure.argumentLength,
    transposition_length: structure.transpositionLength || undefined,
    transposition_offset: structure.transpositionOffset || undefined,
  };
}

/** Lists of values by type; undefined where there are none. */
function byType<Tlv extends { readonly type: number }>(
  tlvs: readonly Tlv[],
  value: (tlv: Tlv) => object | string,
): Record<number, (object | string)[]> | undefined {
  if (tlvs.length === 0) return undefined;
  const lists: Record<number, (object | string)[]> = {};
  for (const tlv of tlvs) (lists[tlv.type] ??= []).push(value(tlv));
  return lists;
}
