/**
 * BGP Prefix-SID (RFC 8669; SRv6 services: RFC 9252): the segment of a prefix. The layout is drawn in prefix_sid/tlvs.ts.
 */
import { putJson } from "../../wire/text.ts";
import { prefixSidRecord } from "../prefix_sid/record.ts";
import { isServiceFault, readPrefixSid } from "../prefix_sid/tlvs.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const PREFIX_SID_MEMBER = member("bgp_prefix_sid");

export const PREFIX_SID: AttributeSpec = {
  code: 40,
  name: "BGP Prefix-SID",
  reference: "RFC 8669",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // RFC 8669 section 6
  // A broken SRv6 service leaves its routes without a way (RFC 9252 section 7).
  outcomeOf: (code) => isServiceFault(code) ? Outcome.treatAsWithdraw : Outcome.attributeDiscard,
  write(out, bytes, view, start, end) {
    const tlvs = readPrefixSid(view, start, end);
    out.raw(PREFIX_SID_MEMBER);
    putJson(out, prefixSidRecord(bytes, tlvs));
  },
};
