/** What a user can choose about this format. */

/**
 * What `router_ip` and `router_hash` are made from.
 *
 * - `peer-local`: the local address of the peer's Peer Up; the TCP source where that is zero or unknown
 * - `first-peer-up`: the local address in the first Peer Up of the session, as older goBMP has it
 * - `tcp-source`: the address that the session came from
 * - `sysname`: `router_hash` is made from sysName, `router_ip` is the TCP source
 */
export type RouterIdentity = "peer-local" | "first-peer-up" | "tcp-source" | "sysname";

export const ROUTER_IDENTITIES = [
  "peer-local",
  "first-peer-up",
  "tcp-source",
  "sysname",
] as const satisfies readonly RouterIdentity[];

export interface GobmpOptions {
  /** Name of this collector, in the `collector` field. */
  readonly collector: string;
  readonly routerIdentity: RouterIdentity;
  /** Own fields in goBMP's records, and own records. */
  readonly extraFields: boolean;
  /** IPv4 and IPv6 routes on topics of their own. */
  readonly splitAf: boolean;
}
