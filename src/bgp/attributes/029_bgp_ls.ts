/**
 * BGP-LS attribute (RFC 9552 section 5.3): all TLVs, decoded, as `bgp_ls`. goBMP shows some of them in its own records only.
 *
 * An empty list says that somebody on the way has dropped what was in it (RFC 9552 section 5.3).
 */
import { putSnakeCased } from "../../wire/snake_case.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";
import { decodeLinkStateTlvs } from "../link_state/attribute.ts";
import { TLV_BY_CODE } from "../link_state/attribute_registry.ts";
import type { Tlv } from "../link_state/attribute_spec.ts";
import { type AttributeSpec, member, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

const BGP_LS_MEMBER = member("bgp_ls");

export const BGP_LS: AttributeSpec = {
  code: 29,
  name: "BGP-LS Attribute",
  reference: "RFC 9552 section 5.3",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // RFC 9552 section 8.2.2
  discardIfTransitive: true, // also section 8.2.2; IOS XR has sent it so: its routes are not withdrawn for that
  write(out, bytes, view, start, end, scope) {
    const decoded = decodeLinkStateTlvs(bytes, view, start, end);
    scope.linkState = decoded;
    out.raw(BGP_LS_MEMBER);
    const { tlvs } = decoded;
    out.byte(0x5b);
    for (let i = 0; i < tlvs.length; i++) {
      if (i > 0) out.byte(0x2c);
      putTlv(out, tlvs[i]!);
    }
    out.byte(0x5d);
  },
};

/** `{"type":N,"name":"…","value":` by type, of types that have a name. */
const HEADS: ReadonlyMap<number, Uint8Array> = new Map(
  [...TLV_BY_CODE.values()].map(({ code, name }) => [
    code,
    utf8(JSON.stringify({ type: code, name, value: 0 }).slice(0, -"0}".length)),
  ]),
);

/** As {@linkcode putSnakeCased} would, but all before the value in one piece. */
function putTlv(out: ByteWriter, tlv: Tlv): void {
  const head = HEADS.get(tlv.type);
  if (head === undefined || tlv.value === undefined) return putSnakeCased(out, tlv);
  out.raw(head);
  putSnakeCased(out, tlv.value);
  out.byte(0x7d);
}
