/**
 * BIER (RFC 9793 section 3): what a router needs to know of another to replicate by bit index, as TLVs of u16 type, u16 length.
 *
 * ```
 * type 1:
 * 0  u8   sub-domain
 * 1  u16  BFR-id
 * 3  u8   reserved
 * 4  ...  sub-TLVs of u16 type, u16 length; kept as they are
 * ```
 *
 * The octets of the TLV are those of bgpkit and rustbgpd; freeRtr's are those of an older draft, with a type of one octet.
 */
import { hexText } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";
import { readTlvs, type Tlv } from "./tlvs.ts";

const BIER_MEMBER = member("bier");
const BIER_TLV = 1;
const FIXED_BYTES = 4;

function keptTlv(bytes: Uint8Array, { type, start, end }: Tlv): object {
  return { type, hex: hexText(bytes, start, end) };
}

function readTlv(bytes: Uint8Array, view: DataView, tlv: Tlv): object {
  const { type, start, end } = tlv;
  if (type !== BIER_TLV || end - start < FIXED_BYTES) return keptTlv(bytes, tlv);
  return {
    type,
    sub_domain_id: view.getUint8(start),
    bfr_id: view.getUint16(start + 1),
    sub_tlvs: readTlvs(view, start + FIXED_BYTES, end, 2, 2).map((it) => keptTlv(bytes, it)),
  };
}

export const BIER: AttributeSpec = {
  code: 41,
  name: "BIER",
  reference: "RFC 9793 section 3",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // RFC 9793 section 4
  write(out, bytes, view, start, end) {
    const tlvs = readTlvs(view, start, end, 2, 2).map((tlv) => readTlv(bytes, view, tlv));
    out.raw(BIER_MEMBER);
    putJson(out, tlvs);
  },
};
