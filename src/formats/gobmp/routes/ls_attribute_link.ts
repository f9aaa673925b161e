/** Fields of `ls_link` from the BGP-LS attribute. */
import {
  APPLICATION_ATTRIBUTES,
  AVAILABLE_BANDWIDTH,
  DELAY_VARIATION,
  LINK_DELAY,
  LINK_DELAY_RANGE,
  LINK_LOSS,
  RESIDUAL_BANDWIDTH,
  UTILIZED_BANDWIDTH,
} from "../../../bgp/link_state/attribute_performance.ts";
import {
  ADJACENCY_SID,
  LINK_SID_DEPTHS,
  PEER_ADJACENCY_SID,
  PEER_NODE_SID,
  PEER_SET_SID,
  type PeerSid,
} from "../../../bgp/link_state/attribute_segment_routing.ts";
import type { Float, TlvSpec } from "../../../bgp/link_state/attribute_spec.ts";
import { END_X_SID, SID_STRUCTURE } from "../../../bgp/link_state/attribute_srv6.ts";
import {
  ADMIN_GROUP,
  IGP_METRIC,
  LINK_NAME,
  LINK_PROTECTION,
  MAX_BANDWIDTH,
  MAX_RESERVABLE_BANDWIDTH,
  MPLS_PROTOCOLS,
  OPAQUE_LINK,
  SRLG,
  TE_METRIC,
  UNRESERVED_BANDWIDTH,
} from "../../../bgp/link_state/attribute_topology.ts";
import { Protocol } from "../../../bgp/link_state/protocols.ts";
import { readTlvs, TLV_HEADER_BYTES, type TlvRange } from "../../../bgp/link_state/tlv.ts";
import { base64Text, ipv6Text } from "../../../wire/strings.ts";
import type { FieldWriter } from "../fields.ts";
import type { LinkStateAttribute } from "./ls_attribute.ts";
import { putDepths } from "./ls_attribute_node.ts";
import {
  flagsOf,
  joined,
  letterNames,
  putIgpFlags,
  putLetters,
  putSubTlvs,
  sidNumber,
} from "./ls_attribute_shapes.ts";
import { putPeerNodeSid } from "./ls_attribute_prefix.ts";

/** Writes the fields of `ls_link` that come from the attribute, but for router identifiers and link identifiers. */
export function putLinkFields(
  to: FieldWriter,
  attribute: LinkStateAttribute,
  protocolId: number,
): void {
  const { bytes, view } = attribute;
  to.number("igp_metric", attribute.value(IGP_METRIC));
  to.number("admin_group", attribute.value(ADMIN_GROUP));
  to.number("max_link_bw_kbps", kilobits(attribute.value(MAX_BANDWIDTH)));
  to.number("max_resv_bw_kbps", kilobits(attribute.value(MAX_RESERVABLE_BANDWIDTH)));
  to.numbers("unresv_bw_kbps", attribute.value(UNRESERVED_BANDWIDTH)?.map(kilobits));
  to.number("te_default_metric", attribute.value(TE_METRIC));
  to.number("link_protection", numberAt(attribute, LINK_PROTECTION));
  to.number("mpls_proto_mask", numberAt(attribute, MPLS_PROTOCOLS));
  to.numbers("srlg", joined(attribute.values(SRLG)));
  to.text("link_name", attribute.value(LINK_NAME));
  if (protocolId === Protocol.bgp) {
    putPeerSid(to, "peer_node_sid", attribute.value(PEER_NODE_SID));
    putPeerSid(to, "peer_adj_sid", attribute.value(PEER_ADJACENCY_SID));
    putPeerSid(to, "peer_set_sid", attribute.value(PEER_SET_SID));
  }
  putPeerNodeSid(to, attribute);
  to.objects("srv6_endx_sid", attribute.ranges(END_X_SID), (to, range) => {
    putEndX(to, bytes, view, range);
  });
  to.objects("ls_adjacency_sid", attribute.values(ADJACENCY_SID), (to, sid) => {
    putIgpFlags(to, sid.flags, protocolId, ISIS_ADJACENCY_SID, OSPF_ADJACENCY_SID);
    to.numberOrZero("weight", sid.weight);
    to.number("sid", sidNumber(sid));
  });
  putDepths(to, "link_msd", attribute.value(LINK_SID_DEPTHS));
  to.objects("app_spec_link_attr", attribute.ranges(APPLICATION_ATTRIBUTES), (to, range) => {
    putApplication(to, bytes, view, range);
  });
  // Delays and loss as they came, with the A flag in the highest bit.
  to.number("unidir_link_delay", numberAt(attribute, LINK_DELAY));
  to.numbers("unidir_link_delay_min_max", delayRange(attribute));
  to.number("unidir_delay_variation", numberAt(attribute, DELAY_VARIATION));
  to.number("unidir_packet_loss", numberAt(attribute, LINK_LOSS));
  to.number("unidir_residual_bw", wholeBytes(attribute.value(RESIDUAL_BANDWIDTH)));
  to.number("unidir_available_bw", wholeBytes(attribute.value(AVAILABLE_BANDWIDTH)));
  to.number("unidir_bw_utilization", wholeBytes(attribute.value(UTILIZED_BANDWIDTH)));
  to.json("opaque_link_attribute", attribute.values(OPAQUE_LINK));
}

const ISIS_ADJACENCY_SID = flagsOf("f b v l s p"); // RFC 8667 section 2.2.1
const OSPF_ADJACENCY_SID = flagsOf("b v l g p"); // RFC 8665 section 6.1
const PEER_SID_FLAGS = letterNames("VLBP");
const END_X_FLAGS = flagsOf("b s p");

function putPeerSid(to: FieldWriter, name: string, sid: PeerSid | undefined): void {
  if (sid === undefined) return;
  to.begin(name);
  putLetters(to, "flags", sid.flags, PEER_SID_FLAGS);
  to.numberOrZero("weight", sid.weight);
  to.number("sid", sidNumber(sid));
  to.end();
}

/** RFC 9514 section 4.1; goBMP shows sub-TLVs that it does not know as bytes, and counts 4 octets of header in `length`. */
function putEndX(
  to: FieldWriter,
  bytes: Uint8Array,
  view: DataView,
  { start, end }: TlvRange,
): void {
  to.numberOrZero("endpoint_behavior", view.getUint16(start));
  to.object("flags", END_X_FLAGS[bytes[start + 2]!]!);
  to.numberOrZero("algorithm", bytes[start + 3]!);
  to.numberOrZero("weight", bytes[start + 4]!);
  to.text("sid", ipv6Text(bytes, start + 6));
  to.objects("sub_tlvs", readTlvs(view, start + 22, end), (to, { type, start, end }) => {
    to.numberOrZero("type", type);
    to.numberOrZero("length", end - start + TLV_HEADER_BYTES);
    if (type === SID_STRUCTURE.code && end - start === 4) {
      to.numberOrZero("locator_block_length", bytes[start]!);
      to.numberOrZero("locator_node_length", bytes[start + 1]!);
      to.numberOrZero("function_length", bytes[start + 2]!);
      to.numberOrZero("argument_length", bytes[start + 3]!);
    } else {
      to.text("value", base64Text(bytes, start, end));
    }
  });
}

/** RFC 9294 section 2. */
function putApplication(
  to: FieldWriter,
  bytes: Uint8Array,
  view: DataView,
  { start, end }: TlvRange,
): void {
  const standardLength = bytes[start]!;
  const userLength = bytes[start + 1]!;
  const standard = start + 4;
  const user = standard + standardLength;
  const subTlvs = user + userLength;
  to.numberOrZero("saibm_length", standardLength);
  to.numberOrZero("udaibm_length", userLength);
  to.text("std_app_id_bit_mask", base64Text(bytes, standard, user));
  to.text("ud_app_id_bit_mask", base64Text(bytes, user, subTlvs));
  putSubTlvs(to, bytes, readTlvs(view, subTlvs, end));
}

function delayRange(attribute: LinkStateAttribute): readonly number[] | undefined {
  const range = attribute.range(LINK_DELAY_RANGE);
  if (range === undefined) return undefined;
  return [attribute.view.getUint32(range.start), attribute.view.getUint32(range.start + 4)];
}

/** All bits of a value of 1, 2 or 4 octets as a number. */
function numberAt(attribute: LinkStateAttribute, spec: TlvSpec): number | undefined {
  const range = attribute.range(spec);
  if (range === undefined) return undefined;
  const { view } = attribute;
  const length = range.end - range.start;
  if (length === 1) return view.getUint8(range.start);
  return length === 2 ? view.getUint16(range.start) : view.getUint32(range.start);
}

const U64_END = 2 ** 64;

/** Octets per second as kbit/s, in single precision as goBMP does it; 0 where there is no such number of 64 bits. */
function kilobits(bandwidth: Float | undefined): number | bigint {
  if (typeof bandwidth !== "number") return 0;
  return whole(Math.fround(Math.fround(bandwidth * 8) / 1000));
}

/** Octets per second without a fraction; goBMP prints the bits of the floating-point number (RFC 8571 section 2.5). */
function wholeBytes(bandwidth: Float | undefined): number | bigint {
  return typeof bandwidth === "number" ? whole(bandwidth) : 0;
}

function whole(value: number): number | bigint {
  if (!(value > 0 && value < U64_END)) return 0;
  const truncated = Math.trunc(value);
  return Number.isSafeInteger(truncated) ? truncated : BigInt(truncated);
}
