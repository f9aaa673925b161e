/** What sessions are held to. All of it can be replaced while they run, see `Sessions.update`. */
import type { Flag, FlagSource } from "../cli/flag.ts";
import type { AdmissionRules } from "./admission.ts";
import {
  allowFlag,
  allowIdentityFlag,
  denyFlag,
  denyIdentityFlag,
  firstMessageTimeoutMsFlag,
  maxMessageBytesFlag,
  maxPeersPerSessionFlag,
  maxSessionsFlag,
  maxSessionsPerSourceFlag,
  proxyHeaderTimeoutMsFlag,
  sessionIdleAlarmMsFlag,
  sessionIdleTimeoutMsFlag,
  sessionMaxBytesPerSecondFlag,
} from "./flags.ts";

export interface SessionLimits extends AdmissionRules {
  /** 0: what the limit on open files allows. */
  readonly maxSessions: number;
  /** 0: no limit. */
  readonly maxSessionsPerSource: number;
  /** Of sessions that begin from now on. */
  readonly maxMessageBytes: number;
  /** 0: no limit. */
  readonly sessionMaxBytesPerSecond: number;
  /** 0: no limit. */
  readonly maxPeersPerSession: number;
  /** 0: never. */
  readonly firstMessageTimeoutMs: number;
  /** 0: never. */
  readonly sessionIdleAlarmMs: number;
  /** 0: never. */
  readonly sessionIdleTimeoutMs: number;
  readonly proxyHeaderTimeoutMs: number;
}

/** The flags of {@linkcode SessionLimits}, in the order of help. */
export const SESSION_LIMIT_FLAGS: readonly Flag[] = [
  allowFlag,
  denyFlag,
  allowIdentityFlag,
  denyIdentityFlag,
  maxSessionsFlag,
  maxSessionsPerSourceFlag,
  maxPeersPerSessionFlag,
  maxMessageBytesFlag,
  sessionMaxBytesPerSecondFlag,
  proxyHeaderTimeoutMsFlag,
  firstMessageTimeoutMsFlag,
  sessionIdleAlarmMsFlag,
  sessionIdleTimeoutMsFlag,
];

export function sessionLimits(source: FlagSource): SessionLimits {
  return {
    allow: source.get(allowFlag),
    deny: source.get(denyFlag),
    allowIdentities: source.get(allowIdentityFlag),
    denyIdentities: source.get(denyIdentityFlag),
    maxSessions: source.get(maxSessionsFlag),
    maxSessionsPerSource: source.get(maxSessionsPerSourceFlag),
    maxMessageBytes: source.get(maxMessageBytesFlag),
    sessionMaxBytesPerSecond: source.get(sessionMaxBytesPerSecondFlag),
    maxPeersPerSession: source.get(maxPeersPerSessionFlag),
    firstMessageTimeoutMs: source.get(firstMessageTimeoutMsFlag),
    sessionIdleAlarmMs: source.get(sessionIdleAlarmMsFlag),
    sessionIdleTimeoutMs: source.get(sessionIdleTimeoutMsFlag),
    proxyHeaderTimeoutMs: source.get(proxyHeaderTimeoutMsFlag),
  };
}

/** Bytes that may come at once before a limit per second holds them up, as seconds of that limit. */
const BURST_SECONDS = 1;

/** How far one session may read on under a limit per second. */
export class Pace {
  /** When all that was read so far will be within the limit. */
  #freeAtMs = 0;

  /** Counts what was read; milliseconds to wait before more is. */
  take(bytes: number, bytesPerSecond: number, nowMs: number): number {
    const begin = Math.max(this.#freeAtMs, nowMs - BURST_SECONDS * 1000);
    this.#freeAtMs = begin + bytes * 1000 / bytesPerSecond;
    return Math.max(0, this.#freeAtMs - nowMs);
  }
}
