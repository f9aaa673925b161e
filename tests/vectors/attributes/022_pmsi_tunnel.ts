import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

const LEAF = { flags: 1, flag_names: ["leaf-information-required"] };
/** Label 20024. */
const LABEL = { mpls_label: 20024, raw_label: 0x04e380 };
/** Label 24001. */
const OTHER_LABEL = { mpls_label: 24001, raw_label: 0x05dc10 };

function tunnel(members: object): Record<string, unknown> {
  return { pmsi_tunnel: members };
}

export const PMSI_TUNNEL_VECTORS: AttributeVectors = {
  flags: 0xc0,
  outcome: "treatAsWithdraw",
  section: "RFC 6514 5",
  good: [
    {
      name: "ingress replication, VNI 10000",
      source: "yabgp message.attribute.test_pmsitunnel",
      value: "00 06 002710 04040404",
      members: tunnel({
        flags: 0,
        tunnel_type: 6,
        mpls_label: 625,
        raw_label: 10000,
        tunnel_identifier: "BAQEBA==",
        tunnel_type_name: "ingress-replication",
        tunnel: { endpoint: "4.4.4.4" },
      }),
    },
    {
      name: "RSVP-TE P2MP LSP",
      source: "opendaylight l2vpn_evpn/pmsi_rsvp_te_p2mp_lsp",
      value: "01 01 04e380 423a35c7 0000 2b67 0a0a0a0a",
      members: tunnel({
        ...LEAF,
        ...LABEL,
        tunnel_type: 1,
        tunnel_identifier: "Qjo1xwAAK2cKCgoK",
        tunnel_type_name: "rsvp-te-p2mp-lsp",
        tunnel: { extended_tunnel_id: "66.58.53.199", tunnel_id: 11111, p2mp_id: 168430090 },
      }),
    },
    {
      name: "RSVP-TE P2MP LSP of an IPv6 ingress",
      value: "00 01 000000 20010db8000000000000000000000001 0000 0007 00000009",
      members: tunnel({
        flags: 0,
        tunnel_type: 1,
        mpls_label: 0,
        raw_label: 0,
        tunnel_identifier: "IAENuAAAAAAAAAAAAAAAAQAAAAcAAAAJ",
        tunnel_type_name: "rsvp-te-p2mp-lsp",
        tunnel: { extended_tunnel_id: "2001:db8::1", tunnel_id: 7, p2mp_id: 9 },
      }),
    },
    {
      name: "mLDP P2MP LSP",
      source: "opendaylight l2vpn_evpn/pmsi_mldp_p2mp_lsp",
      value: "01 02 04e380 06 0001 04 0a0a0a0a 000a 010007 01010101010101",
      members: tunnel({
        ...LEAF,
        ...LABEL,
        tunnel_type: 2,
        tunnel_identifier: "BgABBAoKCgoACgEABwEBAQEBAQE=",
        tunnel_type_name: "mldp-p2mp-lsp",
        tunnel: { fec_type: 6, root: "10.10.10.10", opaque: [{ type: 1, hex: "01010101010101" }] },
      }),
    },
    {
      name: "mLDP P2MP LSP with an extended opaque type",
      source: "opendaylight PMSITunnelAttributeHandlerTestUtil line 69",
      value: "01 02 05dc10 06 0001 04 01010101 0026 01000e 07000b0000010000000100000000 " +
        "ff0004001007000b00000100000001000000000102",
      members: tunnel({
        ...LEAF,
        ...OTHER_LABEL,
        tunnel_type: 2,
        tunnel_identifier:
          "BgABBAEBAQEAJgEADgcACwAAAQAAAAEAAAAA/wAEABAHAAsAAAEAAAABAAAAAAEC",
        tunnel_type_name: "mldp-p2mp-lsp",
        tunnel: {
          fec_type: 6,
          root: "1.1.1.1",
          opaque: [
            { type: 1, hex: "07000b0000010000000100000000" },
            { type: 4, is_extended: true, hex: "07000b00000100000001000000000102" },
          ],
        },
      }),
    },
    {
      name: "mLDP MP2MP LSP: an LSP identifier under an IPv6 root",
      value: "00 07 000000 08 0002 10 20010db8000000000000000000000001 0007 010004 0000002a",
      members: tunnel({
        flags: 0,
        tunnel_type: 7,
        mpls_label: 0,
        raw_label: 0,
        tunnel_identifier: "CAACECABDbgAAAAAAAAAAAAAAAEABwEABAAAACo=",
        tunnel_type_name: "mldp-mp2mp-lsp",
        tunnel: { fec_type: 8, root: "2001:db8::1", opaque: [{ type: 1, lsp_id: 42 }] },
      }),
    },
    {
      name: "mLDP P2MP LSP in a topology (RFC 7307)",
      value: "00 02 000000 06 001d 08 0a010101 0000 0002 0007 010004 00000007",
      members: tunnel({
        flags: 0,
        tunnel_type: 2,
        mpls_label: 0,
        raw_label: 0,
        tunnel_identifier: "BgAdCAoBAQEAAAACAAcBAAQAAAAH",
        tunnel_type_name: "mldp-p2mp-lsp",
        tunnel: { fec_type: 6, root: "10.1.1.1", mt_id: 2, opaque: [{ type: 1, lsp_id: 7 }] },
      }),
    },
    {
      name: "mLDP P2MP LSP, a root of an unknown address family",
      source: "opendaylight PMSITunnelAttributeHandlerTestUtil line 94",
      value: "01 02 05dc10 06 00fc 04 01010101 0011 010003 b5eb2d ff00040006 b5eb2dd76df8",
      members: tunnel({
        ...LEAF,
        ...OTHER_LABEL,
        tunnel_type: 2,
        tunnel_identifier: "BgD8BAEBAQEAEQEAA7XrLf8ABAAGtest1234",
        tunnel_type_name: "mldp-p2mp-lsp",
        tunnel: {
          fec_type: 6,
          root_afi: 252,
          root_hex: "01010101",
          opaque: [
            { type: 1, hex: "b5eb2d" },
            { type: 4, is_extended: true, hex: "b5eb2dd76df8" },
          ],
        },
      }),
    },
    {
      name: "mLDP MP2MP LSP, the opaque value alone",
      source: "opendaylight l2vpn_evpn/pmsi_mldp_mp2mp_lsp",
      value: "00 07 04e380 010007 01010101010101",
      members: tunnel({
        flags: 0,
        ...LABEL,
        tunnel_type: 7,
        tunnel_identifier: "AQAHAQEBAQEBAQ==",
        tunnel_type_name: "mldp-mp2mp-lsp",
        tunnel: { opaque: [{ type: 1, hex: "01010101010101" }] },
      }),
    },
    {
      name: "PIM-SSM tree",
      source: "opendaylight l2vpn_evpn/pmsi_pim_ssm_tree",
      value: "01 03 04e380 0b0c0d0e 0a0a0a0a",
      members: tunnel({
        ...LEAF,
        ...LABEL,
        tunnel_type: 3,
        tunnel_identifier: "CwwNDgoKCgo=",
        tunnel_type_name: "pim-ssm-tree",
        tunnel: { root: "11.12.13.14", group: "10.10.10.10" },
      }),
    },
    {
      name: "PIM-SM tree",
      source: "opendaylight PMSITunnelAttributeHandlerTestUtil line 201",
      value: "01 04 05dc10 01010101 17010101",
      members: tunnel({
        ...LEAF,
        ...OTHER_LABEL,
        tunnel_type: 4,
        tunnel_identifier: "AQEBARcBAQE=",
        tunnel_type_name: "pim-sm-tree",
        tunnel: { sender: "1.1.1.1", group: "23.1.1.1" },
      }),
    },
    {
      name: "BIDIR-PIM tree",
      source: "opendaylight l2vpn_evpn/pmsi_bidir_pim_tree",
      value: "01 05 04e380 2b2b2b2b 0a0a0a0a",
      members: tunnel({
        ...LEAF,
        ...LABEL,
        tunnel_type: 5,
        tunnel_identifier: "KysrKwoKCgo=",
        tunnel_type_name: "bidir-pim-tree",
        tunnel: { sender: "43.43.43.43", group: "10.10.10.10" },
      }),
    },
    {
      name: "no tunnel, and all flags but the extension",
      value: "07 00 000000",
      members: tunnel({
        flags: 7,
        tunnel_type: 0,
        mpls_label: 0,
        raw_label: 0,
        flag_names: [
          "broadcast-and-multicast",
          "unknown-unicast",
          "leaf-information-required",
        ],
        tunnel_type_name: "no-tunnel-information",
      }),
    },
    {
      name: "assisted replication (RFC 9574), IPv6",
      value: "08 0a 00000a 20010db8000000000000000000000002",
      members: tunnel({
        flags: 8,
        tunnel_type: 10,
        mpls_label: 0,
        raw_label: 10,
        tunnel_identifier: "IAENuAAAAAAAAAAAAAAAAg==",
        tunnel_type_name: "assisted-replication",
        tunnel: { endpoint: "2001:db8::2" },
      }),
    },
    {
      name: "BIER (RFC 8556)",
      value: "00 0b 000000 03 0102 c0000201",
      members: tunnel({
        flags: 0,
        tunnel_type: 11,
        mpls_label: 0,
        raw_label: 0,
        tunnel_identifier: "AwECwAACAQ==",
        tunnel_type_name: "bier",
        tunnel: { sub_domain_id: 3, bfr_id: 258, bfr_prefix: "192.0.2.1" },
      }),
    },
    {
      name: "composite of ingress replication and PIM-SSM (RFC 8317)",
      value: "00 83 000000 3e8101 c0000201 e8000001",
      members: tunnel({
        flags: 0,
        tunnel_type: 131,
        mpls_label: 0,
        raw_label: 0,
        tunnel_identifier: "PoEBwAACAegAAAE=",
        tunnel_type_name: "pim-ssm-tree",
        ingress_replication_label: 256016,
        tunnel: { root: "192.0.2.1", group: "232.0.0.1" },
      }),
    },
    ...[[8, "transport-tunnel"], [12, "sr-mpls-p2mp-tree"], [13, "srv6-p2mp-tree"]].map((
      [type, name],
    ) => ({
      name: `${name}: the identifier as bytes`,
      value: `00 ${Number(type).toString(16).padStart(2, "0")} 000000 abcd`,
      members: tunnel({
        flags: 0,
        tunnel_type: type,
        mpls_label: 0,
        raw_label: 0,
        tunnel_identifier: "q80=",
        tunnel_type_name: name,
      }),
    })),
    {
      name: "an unknown type",
      value: "00 63 000010 abcd",
      members: tunnel({
        flags: 0,
        tunnel_type: 99,
        mpls_label: 1,
        raw_label: 16,
        tunnel_identifier: "q80=",
      }),
    },
  ],
  malformed: [
    { name: "empty", value: "", fault: "pmsi-tunnel-length@0" },
    { name: "four octets", value: "00060000", fault: "pmsi-tunnel-length@0" },
    { name: "RSVP-TE session of 13 octets", value: `0001000000${"00".repeat(13)}`, fault: "pmsi-tunnel-identifier@5" },
    { name: "endpoint of 5 octets", value: "0006000000 c000020100", fault: "pmsi-tunnel-identifier@5" },
    { name: "PIM tree of one address", value: "0003000000 c0000201", fault: "pmsi-tunnel-identifier@5" },
    { name: "BIER without a prefix", value: "000b000000 030102", fault: "pmsi-tunnel-identifier@5" },
    { name: "FEC element cut short", value: "0002000000 06000104", fault: "pmsi-tunnel-identifier@9" },
    { name: "FEC element with a root of 5 octets", value: "0002000000 06000105 c000020100 0000", fault: "mldp-fec-root@8" },
    { name: "opaque length past the end", value: "0002000000 06000104 c0000201 0001", fault: "pmsi-tunnel-identifier@15" },
    { name: "opaque element past the end", value: "0002000000 06000104 c0000201 0003 010001", fault: "mldp-opaque-value@15" },
    { name: "octets behind the opaque value", value: "0002000000 06000104 c0000201 0000 00", fault: "pmsi-tunnel-identifier@15" },
    { name: "opaque header cut short", value: "0007000000 ff0001", fault: "pmsi-tunnel-identifier@8" },
    { name: "the extension flag without its community (RFC 7902 section 3)", value: "4006000000 c0000201", fault: "pmsi-tunnel-extension@0" },
    { name: "composite without a label", value: "0083000000 3e81", fault: "pmsi-tunnel-composite@5" },
  ],
};
