/**
 * SFP attribute (RFC 9015 section 3.2.1): the hops of a service function path, as TLVs of u8 type, u16 length.
 *
 * ```
 * 1  Association                 u8 type, u8[8] route distinguisher of the other path, u24 its service path identifier
 * 2  Hop                         u8 service index, then TLVs
 * 3  SFT                         u16 service function type, then u8[8] route distinguishers of instances
 * 4  MPLS Swapping/Stacking      nothing
 * 5  Traversal With MPLS         u24 transit service path identifier, u8 transit service index
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText, routeDistinguisherText } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";
import { readTlvs, type Tlv } from "./tlvs.ts";

const SFP_MEMBER = member("sfp");
const HOP = 2;
const DISTINGUISHER_BYTES = 8;

function readHop(bytes: Uint8Array, view: DataView, { type, start, end }: Tlv): object {
  if (end - start < 2) fail("sfp-hop", start, "a service index and at least one TLV");
  // A Hop inside a Hop is not looked into.
  const tlvs = readTlvs(view, start + 1, end, 1, 2).map((tlv) => readTlv(bytes, view, tlv));
  return { type, name: "hop", service_index: view.getUint8(start), tlvs };
}

function readTlv(bytes: Uint8Array, view: DataView, { type, start, end }: Tlv): object {
  const length = end - start;
  if (type === 1 && length === 12) {
    return {
      type,
      name: "association",
      association_type: view.getUint8(start),
      rd: routeDistinguisherText(bytes, start + 1),
      service_path_id: view.getUint32(start + 8) & 0xffffff,
    };
  }
  if (type === 3 && length >= 2 && (length - 2) % DISTINGUISHER_BYTES === 0) {
    const instances: string[] = [];
    for (let pos = start + 2; pos < end; pos += DISTINGUISHER_BYTES) {
      instances.push(routeDistinguisherText(bytes, pos));
    }
    return { type, name: "sft", service_function_type: view.getUint16(start), instances };
  }
  if (type === 4 && length === 0) return { type, name: "mpls-swapping-stacking" };
  if (type === 5 && length === 4) {
    return {
      type,
      name: "traversal-with-mpls",
      service_path_id: view.getUint32(start) >>> 8,
      service_index: view.getUint8(start + 3),
    };
  }
  return { type, hex: hexText(bytes, start, end) };
}

export const SFP: AttributeSpec = {
  code: 37,
  name: "SFP attribute",
  reference: "RFC 9015 section 3.2.1",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 9015 section 3.2.1
  write(out, bytes, view, start, end) {
    const tlvs = readTlvs(view, start, end, 1, 2);
    if (!tlvs.some((tlv) => tlv.type === HOP)) fail("sfp-hop", start, "at least one Hop TLV");
    const read = tlvs.map((tlv) =>
      tlv.type === HOP ? readHop(bytes, view, tlv) : readTlv(bytes, view, tlv)
    );
    out.raw(SFP_MEMBER);
    putJson(out, read);
  },
};
