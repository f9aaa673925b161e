/**
 * BGP-LS attribute (RFC 9552 section 5.3): all TLVs, decoded, as `bgp_ls`. goBMP shows some of them in its own records only.
 *
 * An empty list says that somebody on the way has dropped what was in it (RFC 9552 section 5.3).
 */
import { putSnakeCased } from "../../wire/snake_case.ts";
import { decodeLinkStateTlvs } from "../link_state/attribute.ts";
import { type AttributeSpec, member, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

const BGP_LS_MEMBER = member("bgp_ls");

export const BGP_LS: AttributeSpec = {
  code: 29,
  name: "BGP-LS Attribute",
  reference: "RFC 9552 section 5.3",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // RFC 9552 section 8.2.2
  write(out, bytes, view, start, end) {
    const { tlvs } = decodeLinkStateTlvs(bytes, view, start, end);
    out.raw(BGP_LS_MEMBER);
    putSnakeCased(out, tlvs);
  },
};
