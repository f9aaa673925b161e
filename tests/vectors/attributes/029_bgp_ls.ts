import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";
import { LINK_VECTORS } from "./029_bgp_ls_links.ts";
import { MADE_VECTORS } from "./029_bgp_ls_made.ts";
import { NODE_VECTORS } from "./029_bgp_ls_nodes.ts";
import { POLICY_VECTORS } from "./029_bgp_ls_policies.ts";
import { PREFIX_VECTORS } from "./029_bgp_ls_prefixes.ts";

export const BGP_LS_VECTORS: AttributeVectors = {
  flags: 0x80,
  outcome: "attributeDiscard",
  section: "RFC 9552 8.2.2",
  discardIfTransitive: true,
  good: [
    ...NODE_VECTORS,
    ...LINK_VECTORS,
    ...PREFIX_VECTORS,
    ...POLICY_VECTORS,
    ...MADE_VECTORS,
  ],
  malformed: [
    {
      name: "a header cut short (gobmp TestUnmarshalBGPLSTLV)",
      value: "040000",
      fault: "ls-tlv-header@0",
    },
    { name: "a length past the end", value: "04000002 80", fault: "ls-tlv-length@2" },
    {
      name: "a second TLV past the end",
      value: "04000001 80 0402ffff 41",
      fault: "ls-tlv-length@7",
    },
    { name: "one octet behind the last", value: "04000001 80 04", fault: "ls-tlv-header@5" },
  ],
};
