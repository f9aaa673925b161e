/** What can be set about listeners and sessions. */
import { isIP } from "node:net";
import { anyText, type Flag, FlagError, integer, listOf, parseBoolean, size } from "../cli/flag.ts";
import type { IpPrefix } from "../wire/ip.ts";
import { admissionPrefix, IDENTITY_PARTS, type IdentityRule, identityRule } from "./admission.ts";

export const sourcePortFlag: Flag<number> = {
  name: "source-port",
  key: "listen[].port",
  gobmpKey: "bmp_listen_port",
  placeholder: "PORT",
  default: "5000",
  help: "TCP port that routers connect to; 0 lets the system choose",
  parse: integer(0, 65535),
};

export const listenAddressFlag: Flag<string> = {
  name: "listen-address",
  key: "listen[].address",
  placeholder: "ADDRESS",
  default: "::",
  help: "Address to listen on; :: is all of them, IPv4 too",
  parse: parseAddress,
};

/** A place to listen on. */
export interface ListenPlace {
  readonly address: string;
  readonly port: number;
}

export const listenFlag: Flag<readonly ListenPlace[]> = {
  name: "listen",
  live: true,
  repeatable: true,
  placeholder: "ADDRESS:PORT",
  default: "",
  help:
    "Where to listen, in place of port 5000 of all addresses; may be given several times. :PORT is all addresses, an IPv6 address stands in brackets",
  parse: listOf(parseListenPlace),
};

/** Reads `ADDRESS:PORT`. @throws {FlagError} */
export function parseListenPlace(text: string): ListenPlace {
  const [, bracketed, ipv4 = "", digits] =
    /^(?:\[([^\[\]]+)\]|([0-9.]*)):([0-9]{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? (ipv4 || "::");
  const isAddress = bracketed === undefined ? true : isIP(bracketed) === 6;
  if (digits === undefined || Number(digits) > 65535 || !isAddress || isIP(address) === 0) {
    throw new FlagError(
      `found "${text}", expected :PORT, ADDRESS:PORT or [IPV6]:PORT; 0 lets the system choose a port`,
    );
  }
  return { address, port: Number(digits) };
}

/** A parser for IP addresses; names are not looked up. */
export function parseAddress(text: string): string {
  if (isIP(text) === 0) throw new FlagError(`found "${text}", expected an IPv4 or IPv6 address`);
  return text;
}

/** Only in files, as the following: properties of one listener. */
export const listenSocket: Flag<string> = {
  name: "listen[].socket",
  key: "listen[].socket",
  placeholder: "NAME",
  default: "",
  help:
    "These are the settings of the socket of this name (FileDescriptorName=) that the service manager hands over; without it, address and port hold",
  parse: anyText,
};

export const listenParallel: Flag<boolean> = {
  name: "listen[].parallel",
  key: "listen[].parallel",
  placeholder: "BOOL",
  default: "false",
  help: "Parallel sessions of one source count as separate routers",
  parse: parseBoolean,
};

export const maxMessageBytesFlag: Flag<number> = {
  name: "max-message-bytes",
  key: "limits.max_message_bytes",
  live: true,
  placeholder: "SIZE",
  default: "1MiB",
  help: "Longest BMP message; a longer one closes its session",
  parse: size(4096, 64 * 1024 * 1024),
};

export const maxSessionsFlag: Flag<number> = {
  name: "max-sessions",
  key: "limits.max_sessions",
  live: true,
  placeholder: "COUNT",
  default: "0",
  help:
    "Sessions at one time; further ones are closed at once. 0: what the limit on open files allows",
  parse: integer(0, 1_000_000),
};

/** Default: 15 minutes. Some routers send statistics hourly only, but one without a word for so long deserves a line. */
export const sessionIdleAlarmMsFlag: Flag<number> = {
  name: "session-idle-alarm-ms",
  key: "limits.session_idle_alarm_ms",
  live: true,
  placeholder: "MS",
  default: "900000",
  help:
    "A session that is silent for so long is reported in the log, as BMP has no keepalive; 0: never",
  parse: integer(0, 2_147_483_647),
};

export const sessionIdleTimeoutMsFlag: Flag<number> = {
  name: "session-idle-timeout-ms",
  key: "limits.session_idle_timeout_ms",
  live: true,
  placeholder: "MS",
  default: "0",
  help: "A session that is silent for so long is closed; 0: never, as BMP has no keepalive",
  parse: integer(0, 2_147_483_647),
};

export const firstMessageTimeoutMsFlag: Flag<number> = {
  name: "first-message-timeout-ms",
  key: "limits.first_message_timeout_ms",
  live: true,
  placeholder: "MS",
  default: "60000",
  help:
    "A session without a message (the Initiation comes at once) after so long is closed; 0: never",
  parse: integer(0, 2_147_483_647),
};

/** Routers have one session, or a few; addresses that many hide behind need more. */
export const maxSessionsPerSourceFlag: Flag<number> = {
  name: "max-sessions-per-source",
  key: "limits.max_sessions_per_source",
  live: true,
  placeholder: "COUNT",
  default: "100",
  help: "Sessions of one address at one time; further ones are closed at once. 0: no limit",
  parse: integer(0, 1_000_000),
};

/** Below this, what one read brings would stop a session for minutes. */
const BYTES_PER_SECOND_MIN = 16 * 1024;
const BYTES_PER_SECOND_MAX = 64 * 1024 * 1024 * 1024;
const positiveRate = size(BYTES_PER_SECOND_MIN, BYTES_PER_SECOND_MAX);

export const sessionMaxBytesPerSecondFlag: Flag<number> = {
  name: "session-max-bytes-per-second",
  key: "limits.session_max_bytes_per_second",
  live: true,
  placeholder: "SIZE",
  default: "0",
  help: "A session that sends faster is read from more slowly; nothing is lost. 0: no limit",
  parse: (text) => text === "0" ? 0 : positiveRate(text),
};

export const sessionMaxUnreadBytesFlag: Flag<number> = {
  name: "session-max-unread-bytes",
  key: "limits.session_max_unread_bytes",
  live: true,
  placeholder: "SIZE",
  default: "1MiB",
  help:
    "While less than an eighth of the journal is free, sessions that have more in it are not read from, so that quiet ones need not wait",
  parse: size(0, 1024 * 1024 * 1024 * 1024),
};

/** Default: several times what the largest route servers have. */
export const maxPeersPerSessionFlag: Flag<number> = {
  name: "max-peers-per-session",
  key: "limits.max_peers_per_session",
  live: true,
  placeholder: "COUNT",
  default: "10000",
  help: "Peers that are up in one session; one more closes it. 0: no limit",
  parse: integer(0, 1_000_000),
};

export const allowFlag: Flag<readonly IpPrefix[]> = {
  name: "allow",
  key: "limits.allow",
  live: true,
  list: true,
  placeholder: "PREFIX,...",
  default: "",
  help: "Only sessions from these addresses and prefixes are taken. Default: from everywhere",
  parse: listOf(parsePrefix),
};

export const denyFlag: Flag<readonly IpPrefix[]> = {
  name: "deny",
  key: "limits.deny",
  live: true,
  list: true,
  placeholder: "PREFIX,...",
  default: "",
  help: "No sessions from these addresses and prefixes are taken; wins over --allow",
  parse: listOf(parsePrefix),
};

export const allowIdentityFlag: Flag<readonly IdentityRule[]> = {
  name: "allow-identity",
  key: "limits.allow_identities",
  live: true,
  list: true,
  placeholder: "RULE,...",
  default: "",
  help:
    "Of sessions by TLS, only those whose certificate has one of these, e.g. dns:r1.example.net, dns:*.example.net or sha256:HEX; " +
    "also cn:, ip:, email:, uri:",
  parse: listOf(parseIdentity),
};

export const denyIdentityFlag: Flag<readonly IdentityRule[]> = {
  name: "deny-identity",
  key: "limits.deny_identities",
  live: true,
  list: true,
  placeholder: "RULE,...",
  default: "",
  help: "Of sessions by TLS, none whose certificate has one of these; wins over --allow-identity",
  parse: listOf(parseIdentity),
};

export const proxyProtocolFromFlag: Flag<readonly IpPrefix[]> = {
  name: "proxy-protocol-from",
  key: "listen[].proxy_protocol_from",
  list: true,
  placeholder: "PREFIX,...",
  default: "",
  help:
    "Load balancers whose connections begin with a PROXY protocol header, version 1 or 2, that names the router",
  parse: listOf(parsePrefix),
};

export const proxyHeaderTimeoutMsFlag: Flag<number> = {
  name: "proxy-header-timeout-ms",
  key: "limits.proxy_header_timeout_ms",
  live: true,
  placeholder: "MS",
  default: "5000",
  help: "A load balancer's connection without a whole PROXY header after so long is closed",
  parse: integer(1, 3_600_000),
};

function parsePrefix(text: string): IpPrefix {
  const prefix = admissionPrefix(text);
  if (prefix !== undefined) return prefix;
  throw new FlagError(`found "${text}", expected an address or a prefix such as 192.0.2.0/24`);
}

function parseIdentity(text: string): IdentityRule {
  const rule = identityRule(text);
  if (rule !== undefined) return rule;
  throw new FlagError(
    `found "${text}", expected ${
      IDENTITY_PARTS.join(":, ")
    }: and a value, of sha256: 64 hex digits`,
  );
}

export const adminIdFlag: Flag<string> = {
  name: "admin-id",
  key: "admin_id",
  gobmpKey: "kafka_config.admin_id",
  placeholder: "NAME",
  default: "",
  help: "Name of this collector, the field `collector` of its records; empty: the host's name",
  parse: anyText,
};
