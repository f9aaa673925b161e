/** What can be set about upstreams: goBMP's flags, ours beside them, and keys of `sinks` of type upstream. */
import {
  anyText,
  type Endpoint,
  type Flag,
  FlagError,
  type FlagSource,
  integer,
  listOf,
  oneOf,
  parseBoolean,
  parseEndpoint,
  size,
} from "../cli/flag.ts";
import { filterFamilies, filterPeers, filterRouters, optionalSink } from "../pipeline/flags.ts";
import { ipBytes } from "../wire/ip.ts";
import {
  addressText,
  POLICY_WORDS,
  type PolicyWord,
  RECONNECT_WORDS,
  type ReconnectWord,
  type UpstreamOptions,
} from "./options.ts";

export const interceptFlag: Flag<boolean> = {
  name: "intercept",
  live: true,
  placeholder: "BOOL",
  default: "false",
  help:
    "Forward each router's session, byte for byte, to another collector on this host, at --destination-port",
  parse: parseBoolean,
};

export const destinationPortFlag: Flag<number> = {
  name: "destination-port",
  live: true,
  placeholder: "PORT",
  default: "5050",
  help: "Port of the other collector for --intercept",
  parse: integer(0, 65535),
};

export const upstreamFlag: Flag<readonly Endpoint[]> = {
  name: "upstream",
  live: true,
  placeholder: "HOST:PORT,...",
  default: "",
  repeatable: true,
  help:
    "Forward each router's session, byte for byte, to these collectors. After a lost connection the router is reset, see docs/upstreams.md",
  parse: listOf(parseEndpoint),
};

const upstreamAddress: Flag<Endpoint | undefined> = {
  name: "sinks[].address",
  key: "sinks[].address",
  placeholder: "HOST:PORT",
  default: "",
  initial: undefined,
  example: "collector.example.net:5000",
  help: "Collector that gets each router's session, byte for byte",
  parse: parseEndpoint,
};

const upstreamReconnect: Flag<ReconnectWord | undefined> = {
  name: "sinks[].reconnect",
  key: "sinks[].reconnect",
  placeholder: "WORD",
  default: "",
  initial: undefined,
  example: "reset",
  help:
    "What follows a lost connection; has no default. reset: the router is made to send everything again. resume: the session goes on, some of it repeated",
  parse: oneOf(RECONNECT_WORDS),
};

const upstreamRewindBytes: Flag<number> = {
  name: "sinks[].rewind_bytes",
  key: "sinks[].rewind_bytes",
  placeholder: "SIZE",
  default: "8MiB",
  help:
    "With resume: at most so much is repeated; less than the buffers of both hosts hold loses messages",
  parse: size(64 * 1024, 1024 * 1024 * 1024),
};

const upstreamRewindSeconds: Flag<number> = {
  name: "sinks[].rewind_seconds",
  key: "sinks[].rewind_seconds",
  placeholder: "S",
  default: "60",
  help: "With resume: what was written so long before the last byte is not repeated",
  parse: integer(1, 3600),
};

const upstreamPolicy: Flag<PolicyWord | undefined> = {
  name: "sinks[].route-monitoring-policy",
  key: "sinks[].route-monitoring-policy",
  placeholder: "WORD",
  default: "",
  initial: undefined,
  help: `Route Monitoring that passes, in GoBGP's words: ${
    POLICY_WORDS.join(", ")
  }. Default: everything`,
  parse: oneOf(POLICY_WORDS),
};

const upstreamStatisticsTimeout: Flag<number | undefined> = {
  name: "sinks[].statistics-timeout",
  key: "sinks[].statistics-timeout",
  placeholder: "S",
  default: "",
  initial: undefined,
  help:
    "At most one statistics report of each peer passes in so many seconds, 15 to 65535; 0: none. Default: all",
  parse(text) {
    const value = integer(0, 65535)(text);
    if (value === 0 || value >= 15) return value;
    throw new FlagError(`found "${text}", expected 0, or 15 to 65535`);
  },
};

const upstreamRouteMirroring: Flag<boolean | undefined> = {
  name: "sinks[].route-mirroring-enabled",
  key: "sinks[].route-mirroring-enabled",
  placeholder: "BOOL",
  default: "",
  initial: undefined,
  help: "Whether Route Mirroring passes. Default: it does",
  parse: parseBoolean,
};

const upstreamProxyProtocol: Flag<boolean> = {
  name: "sinks[].proxy_protocol",
  key: "sinks[].proxy_protocol",
  placeholder: "BOOL",
  default: "false",
  help:
    "Begin each connection with a PROXY protocol v2 header, which says who the router is; the collector must expect it",
  parse: parseBoolean,
};

const upstreamSourceAddress: Flag<string> = {
  name: "sinks[].source_address",
  key: "sinks[].source_address",
  placeholder: "ADDRESS",
  default: "",
  help: "Address of this host to connect from. Default: the system's choice",
  parse(text) {
    if (text === "" || ipBytes(text) !== undefined) return text;
    throw new FlagError(`found "${text}", expected an IPv4 or IPv6 address`);
  },
};

const upstreamSysName: Flag<string> = {
  name: "sinks[].sys_name",
  key: "sinks[].sys_name",
  placeholder: "TEXT",
  default: "",
  help:
    "sysName in Initiations, with {sys_name} for the router's own and {source} for its address. Default: the router's own",
  parse: anyText,
};

const upstreamTls: Flag<boolean> = {
  name: "sinks[].tls",
  key: "sinks[].tls",
  placeholder: "BOOL",
  default: "false",
  help: "Connect with TLS",
  parse: parseBoolean,
};

const upstreamTlsCa = tlsFile(
  "ca",
  "Certificates (PEM) that the collector's must lead to. Default: the system's",
);
const upstreamTlsCert = tlsFile("cert", "Certificate (PEM) that says who we are");
const upstreamTlsKey = tlsFile("key", "Its private key (PEM)");

const upstreamTlsServerName: Flag<string> = {
  name: "sinks[].tls_server_name",
  key: "sinks[].tls_server_name",
  placeholder: "NAME",
  default: "",
  help: "Name that the collector's certificate must be for. Default: the host of the address",
  parse: anyText,
};

const upstreamTlsVerify: Flag<boolean> = {
  name: "sinks[].tls_verify",
  key: "sinks[].tls_verify",
  placeholder: "BOOL",
  default: "true",
  help: "false: any certificate is taken, so that anybody may be the collector",
  parse: parseBoolean,
};

const upstreamConnectTimeoutMs: Flag<number> = {
  name: "sinks[].connect_timeout_ms",
  key: "sinks[].connect_timeout_ms",
  placeholder: "MS",
  default: "10000",
  help: "So long a connection may take to come about",
  parse: integer(100, 600_000),
};

const upstreamStallTimeoutMs: Flag<number> = {
  name: "sinks[].stall_timeout_ms",
  key: "sinks[].stall_timeout_ms",
  placeholder: "MS",
  default: "120000",
  help: "A connection that takes nothing for so long is given up",
  parse: integer(100, 86_400_000),
};

const upstreamMaxReplays: Flag<number> = {
  name: "sinks[].max_replays",
  key: "sinks[].max_replays",
  placeholder: "COUNT",
  default: "8",
  help: "Sessions that catch up at one time after lost connections",
  parse: integer(1, 10_000),
};

const upstreamResetIntervalMs: Flag<number> = {
  name: "sinks[].reset_interval_ms",
  key: "sinks[].reset_interval_ms",
  placeholder: "MS",
  default: "1000",
  help: "Between two resets of routers, so that not all send everything at once",
  parse: integer(0, 600_000),
};

/** Flags of the command line. */
export const UPSTREAM_FLAGS: readonly Flag[] = [interceptFlag, destinationPortFlag, upstreamFlag];

/** Keys of an entry of `sinks` of type upstream. */
export const UPSTREAM_SETTINGS: readonly Flag[] = [
  upstreamAddress,
  upstreamReconnect,
  upstreamRewindBytes,
  upstreamRewindSeconds,
  upstreamPolicy,
  upstreamStatisticsTimeout,
  upstreamRouteMirroring,
  upstreamProxyProtocol,
  upstreamSourceAddress,
  upstreamSysName,
  upstreamTls,
  upstreamTlsCa,
  upstreamTlsCert,
  upstreamTlsKey,
  upstreamTlsServerName,
  upstreamTlsVerify,
  upstreamConnectTimeoutMs,
  upstreamStallTimeoutMs,
  upstreamMaxReplays,
  upstreamResetIntervalMs,
];

/** Whether the command line asks for any. */
export function namesUpstream(values: FlagSource): boolean {
  return values.get(interceptFlag) || values.get(upstreamFlag).length > 0;
}

/** Those that the command line asks for. */
export function flagUpstreams(values: FlagSource): UpstreamOptions[] {
  const endpoints = [...values.get(upstreamFlag)];
  if (values.get(interceptFlag)) {
    endpoints.unshift({ host: "127.0.0.1", port: values.get(destinationPortFlag) });
  }
  const names = new Set<string>();
  return endpoints.map((endpoint) => {
    const text = addressText(endpoint);
    if (names.has(text)) throw new FlagError(`found upstream "${text}" twice, expected it once`);
    names.add(text);
    return optionsOf(values, `upstream ${text}`, endpoint, "reset");
  });
}

/** One entry of `sinks`. @throws {FlagError} */
export function upstreamOptions(values: FlagSource, name: string): UpstreamOptions {
  const endpoint = values.get(upstreamAddress);
  if (endpoint === undefined) throw new FlagError(`found no address, expected HOST:PORT`);
  const reconnect = values.get(upstreamReconnect);
  if (reconnect === undefined) {
    throw new FlagError(
      `found no reconnect, expected reset (for collectors that drop a router's routes when its session ends) or resume`,
    );
  }
  return optionsOf(values, name, endpoint, reconnect);
}

function optionsOf(
  values: FlagSource,
  name: string,
  { host, port }: Endpoint,
  reconnect: ReconnectWord,
): UpstreamOptions {
  return {
    name,
    host,
    port,
    reconnect,
    rewindBytes: values.get(upstreamRewindBytes),
    rewindMs: values.get(upstreamRewindSeconds) * 1000,
    filter: {
      routers: values.get(filterRouters),
      peers: values.get(filterPeers),
      families: values.get(filterFamilies),
      policy: values.get(upstreamPolicy),
      statisticsTimeout: values.get(upstreamStatisticsTimeout),
      routeMirroring: values.get(upstreamRouteMirroring),
    },
    proxyProtocol: values.get(upstreamProxyProtocol),
    sourceAddress: values.get(upstreamSourceAddress),
    sysName: values.get(upstreamSysName),
    tls: values.get(upstreamTls) ? readTls(values) : refuseTls(values),
    connectTimeoutMs: values.get(upstreamConnectTimeoutMs),
    stallTimeoutMs: values.get(upstreamStallTimeoutMs),
    replaysMax: values.get(upstreamMaxReplays),
    resetIntervalMs: values.get(upstreamResetIntervalMs),
    optional: values.get(optionalSink),
  };
}

function readTls(values: FlagSource): UpstreamOptions["tls"] {
  const files = {
    ca: values.get(upstreamTlsCa),
    cert: values.get(upstreamTlsCert),
    key: values.get(upstreamTlsKey),
  };
  if ((files.cert === "") !== (files.key === "")) {
    throw new FlagError(`found one of tls_cert and tls_key, expected both or none`);
  }
  return {
    files,
    serverName: values.get(upstreamTlsServerName),
    verify: values.get(upstreamTlsVerify),
  };
}

/** Who names a certificate wants TLS. */
function refuseTls(values: FlagSource): undefined {
  const named = [upstreamTlsCa, upstreamTlsCert, upstreamTlsKey].find((flag) =>
    values.get(flag) !== ""
  );
  if (named === undefined) return undefined;
  throw new FlagError(`found ${named.name.split(".")[1]} without TLS, expected tls: true with it`);
}

function tlsFile(which: string, help: string): Flag<string> {
  const name = `sinks[].tls_${which}`;
  return { name, key: name, placeholder: "PATH", default: "", help, parse: anyText };
}
