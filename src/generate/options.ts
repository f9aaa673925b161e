/** What a generated session holds. */

/** RIB views (RFC 7854, 8671, 9069). `loc-rib` comes once per session, the others once per peer. */
export const GENERATED_VIEWS = ["pre-policy", "post-policy", "loc-rib", "adj-rib-out"] as const;
export type GeneratedView = typeof GENERATED_VIEWS[number];

/** Kinds of routes: prefixes of IPv4 and IPv6 (SAFI 1; 4, RFC 8277; 128, RFC 4364), EVPN (RFC 7432) and BGP-LS (RFC 9552). */
export const GENERATED_FAMILIES = [
  "unicast",
  "labelled-unicast",
  "vpn",
  "evpn",
  "bgp-ls",
] as const;
export type GeneratedFamily = typeof GENERATED_FAMILIES[number];

export interface GenerateOptions {
  /** IPv4 prefixes per peer, view and family. */
  readonly prefixesV4: number;
  readonly prefixesV6: number;
  /** EVPN routes or BGP-LS objects per peer, view and family. */
  readonly routes: number;
  readonly peers: number;
  readonly views: readonly GeneratedView[];
  readonly families: readonly GeneratedFamily[];
  /** Path identifiers (RFC 7911) in all views of peers; a quarter of the prefixes then has a second path. */
  readonly addPath: boolean;
  /** Sessions without four-octet AS numbers: A flag, AS_TRANS, AS4_PATH (RFC 6793). */
  readonly twoOctetAs: boolean;
  /** Share of the UPDATEs of a view that are withdrawn after the End-of-RIBs and announced again, 0 to 1. */
  readonly withdraw: number;
  /** Ends with a Peer Down for each peer and a Termination; else the stream just ends. */
  readonly terminate: boolean;
  readonly seed: number;
}

/** One peer with a full table, as most routers send it. */
export const GENERATE_DEFAULTS: GenerateOptions = {
  prefixesV4: 1_000_000,
  prefixesV6: 220_000,
  routes: 200_000,
  peers: 1,
  views: ["pre-policy"],
  families: ["unicast"],
  addPath: false,
  twoOctetAs: false,
  withdraw: 0,
  terminate: false,
  seed: 1,
};

/** Addresses for peers are taken from 198.18.0.0/15 (RFC 2544) and 2001:2::/48 (RFC 5180). */
export const PEERS_MAX = 65_536;
/** Beyond this the table no longer looks like one: /24s run out. */
export const PREFIXES_MAX = 10_000_000;

/** What a session came to. */
export interface GenerateTotals {
  bytes: number;
  messages: number;
  /** Route Monitoring messages, End-of-RIBs included. */
  updates: number;
  /** NLRI announced, again announced ones included. */
  announced: number;
  withdrawn: number;
}
