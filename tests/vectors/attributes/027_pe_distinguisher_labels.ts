import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

export const PE_DISTINGUISHER_LABELS_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "treatAsWithdraw",
  section: "RFC 6514 8",
  good: [
    {
      name: "two",
      source: "opendaylight announce_intra_pe_distinguisher",
      value: "0a0a0a01 04e380 0a0a1402 04e3c0",
      members: {
        pe_distinguisher_labels: [
          { pe: "10.10.10.1", label: 20024 },
          { pe: "10.10.20.2", label: 20028 },
        ],
      },
    },
    {
      name: "IPv6",
      value: "20010db8000000000000000000000001 000641",
      members: { pe_distinguisher_labels: [{ pe: "2001:db8::1", label: 100 }] },
    },
  ],
  malformed: [
    { name: "empty", value: "", fault: "pe-distinguisher-length@0" },
    { name: "a group", value: "0a0a0a01 04e380 e0000001 04e3c0", fault: "pe-distinguisher-address@7" },
    { name: "a group of IPv6", value: "ff020000000000000000000000000001 000641", fault: "pe-distinguisher-address@0" },
    { name: "8 octets", value: "00".repeat(8), fault: "pe-distinguisher-length@0" },
  ],
};
