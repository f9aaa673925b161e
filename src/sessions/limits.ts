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
  sessionMaxUnreadBytesFlag,
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
  readonly sessionMaxUnreadBytes: number;
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
  sessionMaxUnreadBytesFlag,
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
    sessionMaxUnreadBytes: source.get(sessionMaxUnreadBytesFlag),
    maxPeersPerSession: source.get(maxPeersPerSessionFlag),
    firstMessageTimeoutMs: source.get(firstMessageTimeoutMsFlag),
    sessionIdleAlarmMs: source.get(sessionIdleAlarmMsFlag),
    sessionIdleTimeoutMs: source.get(sessionIdleTimeoutMsFlag),
    proxyHeaderTimeoutMs: source.get(proxyHeaderTimeoutMsFlag),
  };
}
