/** Routes of families that are written on the byte path: lists of prefixes. */

/** A sound NLRI. */
export interface PrefixRoute {
  readonly name: string;
  /** Where bytes and meaning come from; absent: made here from the RFC's layout. */
  readonly source?: string;
  /** One NLRI without path identifier, in hex. */
  readonly nlri: string;
  /** Whether it stands in MP_UNREACH_NLRI. */
  readonly isWithdrawn?: true;
  /** Members of the record that only this route has. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** By `afi/safi`. */
export const PREFIX_VECTORS: Readonly<Record<string, readonly PrefixRoute[]>> = {
  "1/1": [
    {
      name: "a prefix",
      source: "RFC 4271 section 4.3",
      nlri: "18c63364",
      members: { prefix: "198.51.100.0", prefix_len: 24 },
    },
    { name: "the default route", nlri: "00", members: { prefix: "0.0.0.0" } },
    {
      name: "a prefix",
      source: "scapy: BGPNLRI_IPv4",
      nlri: "18c00002",
      members: { prefix: "192.0.2.0", prefix_len: 24 },
    },
    {
      name: "a withdrawn prefix",
      nlri: "0f0a00",
      isWithdrawn: true,
      members: { prefix: "10.0.0.0", prefix_len: 15 },
    },
  ],
  "2/1": [
    {
      name: "a prefix",
      source: "RFC 4760 section 5",
      nlri: "2020010db8",
      members: { prefix: "2001:db8::", prefix_len: 32 },
    },
    {
      name: "a host",
      nlri: "8020010db8000000000000000000000001",
      members: { prefix: "2001:db8::1", prefix_len: 128 },
    },
  ],
  "1/4": [
    {
      name: "a label and a prefix",
      source: "RFC 8277 section 2.2",
      nlri: "30 003e81 c63364",
      members: { prefix: "198.51.100.0", prefix_len: 24, labels: [1000] },
    },
    {
      name: "two labels",
      source: "RFC 8277 section 2.3",
      nlri: "48 003e80 003e91 c63364",
      members: { prefix: "198.51.100.0", prefix_len: 24, labels: [1000, 1001] },
    },
    {
      name: "a withdrawn prefix",
      source: "RFC 8277 section 2.4",
      nlri: "30 800000 c63364",
      isWithdrawn: true,
      members: { prefix: "198.51.100.0", prefix_len: 24 },
    },
  ],
  "2/4": [
    {
      name: "a label and a prefix",
      source: "RFC 8277 section 2.2",
      nlri: "38 003e81 20010db8",
      members: { prefix: "2001:db8::", prefix_len: 32, labels: [1000] },
    },
  ],
  "1/2": [
    {
      name: "a prefix",
      source: "gobmp: multicast v4",
      nlri: "10 0a07",
      members: { prefix: "10.7.0.0", prefix_len: 16 },
    },
  ],
  "2/2": [
    {
      name: "a prefix",
      nlri: "30 20010db80001",
      members: { prefix: "2001:db8:1::", prefix_len: 48 },
    },
  ],
  "1/128": [
    {
      name: "a label and a distinguisher of type 0",
      source: "gobmp: RD_Type0_ASN65000_Value100_Prefix_192.168.1.0/24",
      nlri: "70 001001 0000fde800000064 c0a801",
      members: {
        prefix: "192.168.1.0",
        prefix_len: 24,
        labels: [256],
        vpn_rd: "65000:100",
        vpn_rd_type: 0,
      },
    },
    {
      name: "a distinguisher of type 1, host bits set",
      source: "gobmp: crash_11-03-2022",
      nlri: "77 05dd31 00010a0000070001 ac100701",
      members: {
        prefix: "172.16.7.0",
        prefix_len: 31,
        labels: [24019],
        vpn_rd: "10.0.0.7:1",
        vpn_rd_type: 1,
      },
    },
    {
      name: "a distinguisher of type 2",
      source: "gobmp: RD_Type2_ASN65536_Value1_Prefix_10.20.30.0/24",
      nlri: "70 00c801 0002000100000001 0a141e",
      members: {
        prefix: "10.20.30.0",
        prefix_len: 24,
        labels: [3200],
        vpn_rd: "65536:1",
        vpn_rd_type: 2,
      },
    },
    {
      name: "two labels",
      source: "gobmp: vpnv4 add",
      nlri: "8e 003e80 003e91 0001c00002010064 0a020000",
      members: {
        prefix: "10.2.0.0",
        prefix_len: 30,
        labels: [1000, 1001],
        vpn_rd: "192.0.2.1:100",
        vpn_rd_type: 1,
      },
    },
    {
      name: "over SRv6: no bottom-of-stack bit",
      source: "gobmp: srv6 based l3vpn",
      nlri: "76 004200 000013ce0000fe0a 18181800",
      members: {
        prefix: "24.24.24.0",
        prefix_len: 30,
        labels: [1056],
        vpn_rd: "5070:65034",
        vpn_rd_type: 0,
      },
    },
    {
      name: "the default route of a VPN",
      nlri: "58 003e81 0000fde900000064",
      members: { prefix: "0.0.0.0", labels: [1000], vpn_rd: "65001:100", vpn_rd_type: 0 },
    },
    {
      name: "a withdrawn prefix",
      source: "gobmp: vpnv4 wd 0x800000",
      nlri: "68 800000 0002000100000064 0a01",
      isWithdrawn: true,
      members: { prefix: "10.1.0.0", prefix_len: 16, vpn_rd: "65536:100", vpn_rd_type: 2 },
    },
    {
      name: "a zeroed label, as FRR mirrors it",
      source: "frr: IPv4-VPNv4",
      nlri: "68 000102 0000000200ff0304 0a01",
      members: {
        prefix: "10.1.0.0",
        prefix_len: 16,
        labels: [16],
        vpn_rd: "2:16712452",
        vpn_rd_type: 0,
      },
    },
    {
      name: "a distinguisher of an unknown type",
      nlri: "70 003e81 0005fde900000064 0a0100",
      members: { prefix: "10.1.0.0", prefix_len: 24, labels: [1000], vpn_rd: "", vpn_rd_type: 5 },
    },
  ],
  "2/128": [
    {
      name: "a label, a distinguisher and a prefix",
      source: "gobmp: vpnv6 add nh24",
      nlri: "88 003e81 0000fde900000064 20010db80001",
      members: {
        prefix: "2001:db8:1::",
        prefix_len: 48,
        labels: [1000],
        vpn_rd: "65001:100",
        vpn_rd_type: 0,
      },
    },
  ],
  "1/129": [
    {
      name: "a distinguisher and a prefix, no label",
      source: "RFC 6514 section 10",
      nlri: "58 0000fde900000064 c63364",
      members: { prefix: "198.51.100.0", prefix_len: 24, vpn_rd: "65001:100", vpn_rd_type: 0 },
    },
  ],
  "2/129": [
    {
      name: "a distinguisher and a prefix, no label",
      source: "RFC 6514 section 10",
      nlri: "60 0001c000020100ff 20010db8",
      members: { prefix: "2001:db8::", prefix_len: 32, vpn_rd: "192.0.2.1:255", vpn_rd_type: 1 },
    },
  ],
  "1/76": [
    {
      name: "a label, a distinguisher and a prefix",
      source: "RFC 9832 section 7",
      nlri: "78 003e81 0001c000020100ff c0000207",
      members: {
        prefix: "192.0.2.7",
        prefix_len: 32,
        labels: [1000],
        vpn_rd: "192.0.2.1:255",
        vpn_rd_type: 1,
      },
    },
  ],
  "2/76": [
    {
      name: "a label, a distinguisher and a prefix",
      source: "RFC 9832 section 7",
      nlri: "d8 003e81 0001c000020100ff 20010db8000000000000000000000007",
      members: {
        prefix: "2001:db8::7",
        prefix_len: 128,
        labels: [1000],
        vpn_rd: "192.0.2.1:255",
        vpn_rd_type: 1,
      },
    },
  ],
};
