/** What can be set about listeners and sessions. */
import { isIP } from "node:net";
import { anyText, type Flag, FlagError, integer, parseBoolean, size } from "../cli/flag.ts";

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

/** A parser for IP addresses; names are not looked up. */
export function parseAddress(text: string): string {
  if (isIP(text) === 0) throw new FlagError(`found "${text}", expected an IPv4 or IPv6 address`);
  return text;
}

/** Only in files: a property of one listener. */
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
  placeholder: "SIZE",
  default: "1MiB",
  help: "Longest BMP message; a longer one closes its session",
  parse: size(4096, 64 * 1024 * 1024),
};

export const maxSessionsFlag: Flag<number> = {
  name: "max-sessions",
  key: "limits.max_sessions",
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
  placeholder: "MS",
  default: "900000",
  help:
    "A session that is silent for so long is reported in the log, as BMP has no keepalive; 0: never",
  parse: integer(0, 2_147_483_647),
};

export const adminIdFlag: Flag<string> = {
  name: "admin-id",
  key: "admin_id",
  gobmpKey: "kafka_config.admin_id",
  placeholder: "NAME",
  default: "",
  help: "Name of this collector, the field `collector` of its records; empty: the host's name",
  parse: anyText,
};
