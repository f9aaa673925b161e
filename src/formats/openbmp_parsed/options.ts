/** What a user can choose about OpenBMP parsed messages. */
import type { GroupRule } from "./groups.ts";

/**
 * What hashes are made from.
 *
 * - `compat`: what the collectors in C++ take, so that one of them can be replaced over an existing database
 * - `complete`: large communities, cluster list and originator in base attributes too, route type and Ethernet tag in EVPN, the peer in
 *   link-state nodes and prefixes: no two things have one hash
 * - `shared`: as `complete`, and the router's hash without the collector: a router that moves between collectors stays one
 */
export type HashPolicy = "compat" | "complete" | "shared";

export const HASH_POLICIES = [
  "compat",
  "complete",
  "shared",
] as const satisfies readonly HashPolicy[];

/** What names a router in its hash: sysName, or its address where it has none; or always the address. */
export type RouterNaming = "name" | "address";

export const ROUTER_NAMINGS = ["name", "address"] as const satisfies readonly RouterNaming[];

/** Where the times of peer and route rows come from. */
export type TimeSource = "router" | "collector";

export const TIME_SOURCES = ["router", "collector"] as const satisfies readonly TimeSource[];

export interface ParsedOptions {
  /** Name of this collector: OpenBMP's admin id. */
  readonly collector: string;
  /** Template of the topics' names, see topics.ts. */
  readonly topic: string;
  readonly routerGroups: readonly GroupRule[];
  readonly peerGroups: readonly GroupRule[];
  readonly hashes: HashPolicy;
  readonly routerNaming: RouterNaming;
  readonly times: TimeSource;
  /** A base attribute that goes on being used is sent again after this time, because consumers forget, in milliseconds. */
  readonly resendMs: number;
  /** So often the collector says that it lives, in milliseconds; 0: never. */
  readonly heartbeatMs: number;
  /** How long a peer's down waits after its routes were acknowledged, because consumers write routes later than peers, in milliseconds. */
  readonly downDelayMs: number;
}
