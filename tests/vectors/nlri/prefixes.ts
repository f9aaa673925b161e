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
};
