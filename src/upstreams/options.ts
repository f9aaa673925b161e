/** What can be set about one upstream: plain data. */
import type { PemTexts } from "../runtime/types.ts";

/** What a session starts with after its connection to the upstream was lost. */
export const RECONNECT_WORDS = ["reset", "resume"] as const;
export type ReconnectWord = typeof RECONNECT_WORDS[number];

/** GoBGP's words for the routes that a BMP server gets, and two that it lacks. */
export const POLICY_WORDS = [
  "pre-policy",
  "post-policy",
  "both",
  "local-rib",
  "all",
  "adj-rib-out",
  "none",
] as const;
export type PolicyWord = typeof POLICY_WORDS[number];

/** What passes; what is undefined or empty lets everything pass. */
export interface UpstreamFilterOptions {
  /** Addresses or prefixes that sessions come from. */
  readonly routers: readonly string[];
  readonly peers: readonly string[];
  /** Of Route Monitoring: a message passes if any of its families is listed. */
  readonly families: readonly string[];
  readonly policy: PolicyWord | undefined;
  /** Seconds between two statistics reports of a peer, at least; 0: none pass. */
  readonly statisticsTimeout: number | undefined;
  readonly routeMirroring: boolean | undefined;
}

/** Paths of PEM files; empty: none. */
export interface UpstreamTls {
  readonly files: PemTexts;
  /** Name that the certificate must be for; empty: the host that is connected to. */
  readonly serverName: string;
  readonly verify: boolean;
}

export interface UpstreamOptions {
  /** Label in log and metrics, and name of the journal's reader. */
  readonly name: string;
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  readonly reconnect: ReconnectWord;
  /** With `resume`: so much is sent again at most. */
  readonly rewindBytes: number;
  /** With `resume`: nothing is sent again that was written so long before the last byte. */
  readonly rewindMs: number;
  readonly filter: UpstreamFilterOptions;
  /** Whether each connection begins with a PROXY protocol v2 header that says who the router is. */
  readonly proxyProtocol: boolean;
  /** Address of this host to connect from; empty: the system chooses. */
  readonly sourceAddress: string;
  /** What Initiations say as sysName, with `{sys_name}` and `{source}`; empty: what the router says. */
  readonly sysName: string;
  readonly tls: UpstreamTls | undefined;
  readonly connectTimeoutMs: number;
  /** The upstream takes nothing for so long: the connection is given up. */
  readonly stallTimeoutMs: number;
  /** Sessions that catch up at one time. */
  readonly replaysMax: number;
  /** Between two resets of routers. */
  readonly resetIntervalMs: number;
  /** A full journal does not wait for it. */
  readonly optional: boolean;
}

/** `192.0.2.1:5000`, `[2001:db8::1]:5000` or `collector.example.net:5000`. */
export function addressText({ host, port }: Pick<UpstreamOptions, "host" | "port">): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
