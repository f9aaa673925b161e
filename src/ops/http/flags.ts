/** What can be set about HTTP: health, metrics, profiles, the API and the operator's actions. */
import { isIP } from "node:net";
import {
  anyText,
  type Flag,
  FlagError,
  type FlagSource,
  integer,
  parseBoolean,
} from "../../cli/flag.ts";
import { type Secret, type SecretFlags, secretFlags, secretOf } from "../../cli/secret.ts";

export const performancePortFlag: Flag<number> = {
  name: "performance-port",
  key: "http.port",
  gobmpKey: "performance_port",
  placeholder: "PORT",
  default: "56767",
  help:
    "HTTP port for health, metrics, profiles and the API; 0: off. Where the default is busy, the collector runs without",
  parse: integer(0, 65535),
};

export const httpListenFlag: Flag<string> = {
  name: "http-listen",
  key: "http.address",
  placeholder: "ADDRESS",
  default: "127.0.0.1",
  help: "Address that HTTP listens on; beyond this host, actions demand --http-token-file",
  parse: parseAddress,
};

export const httpHostsFlag: Flag<readonly string[]> = {
  name: "http-hosts",
  key: "http.hosts",
  placeholder: "NAMES",
  default: "",
  help:
    "Further names, with commas between, by which this host may be asked over HTTP; addresses, localhost and its own name may always",
  list: true,
  parse: (text) => text.split(",").map((name) => name.trim().toLowerCase()).filter(Boolean),
};

export const httpTokenFlags: SecretFlags = secretFlags(
  "http-token",
  "http.token",
  "Whoever asks over HTTP must send this as bearer token, except for /livez and /readyz",
);

export const httpTlsCertFlag: Flag<string> = {
  name: "http-tls-cert",
  key: "http.tls_cert",
  placeholder: "PATH",
  default: "",
  help: "Certificate chain (PEM): HTTP is HTTPS then",
  parse: anyText,
};

export const httpTlsKeyFlag: Flag<string> = {
  name: "http-tls-key",
  key: "http.tls_key",
  placeholder: "PATH",
  default: "",
  help: "Key (PEM) of --http-tls-cert",
  parse: anyText,
};

export const captureDirFlag: Flag<string> = {
  name: "capture-dir",
  key: "http.capture_dir",
  placeholder: "DIR",
  default: "",
  help: "Where edgebmp session capture writes its files; without it there are no captures",
  parse: anyText,
};

export const observeFlag: Flag<boolean> = {
  name: "observe",
  key: "http.observe",
  placeholder: "BOOL",
  default: "true",
  help:
    "Decodes for counters and the list of peers also while no sink does: with raw messages only, or while a sink is away",
  parse: parseBoolean,
};

export const HTTP_FLAGS: readonly Flag[] = [
  performancePortFlag,
  httpListenFlag,
  httpHostsFlag,
  httpTokenFlags.value,
  httpTokenFlags.file,
  httpTlsCertFlag,
  httpTlsKeyFlag,
  captureDirFlag,
  observeFlag,
];

export interface HttpConfig {
  /** 0: off. */
  readonly port: number;
  /** Whether somebody asked for this port: then it must be free. */
  readonly isPortNamed: boolean;
  readonly address: string;
  readonly hosts: readonly string[];
  readonly token: Secret;
  /** Both or none. */
  readonly tlsCertFile: string;
  readonly tlsKeyFile: string;
  /** Empty: no captures. */
  readonly captureDir: string;
  readonly observe: boolean;
}

/** @throws {FlagError} when they do not fit together */
export function httpConfig(flags: FlagSource): HttpConfig {
  const config = {
    port: flags.get(performancePortFlag),
    isPortNamed: flags.given(performancePortFlag),
    address: flags.get(httpListenFlag),
    hosts: flags.get(httpHostsFlag),
    token: secretOf(flags, httpTokenFlags),
    tlsCertFile: flags.get(httpTlsCertFlag),
    tlsKeyFile: flags.get(httpTlsKeyFlag),
    captureDir: flags.get(captureDirFlag),
    observe: flags.get(observeFlag),
  };
  if ((config.tlsCertFile === "") !== (config.tlsKeyFile === "")) {
    throw new FlagError("found one of --http-tls-cert and --http-tls-key, expected both or none");
  }
  return config;
}

function parseAddress(text: string): string {
  if (isIP(text) === 0) throw new FlagError(`found "${text}", expected an IPv4 or IPv6 address`);
  return text;
}
