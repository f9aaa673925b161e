/** What can be set about routers that are connected to. */
import {
  anyText,
  type Endpoint,
  type Flag,
  FlagError,
  integer,
  listOf,
  parseBoolean,
  parseEndpoint,
} from "../cli/flag.ts";

export const speakerFlag: Flag<readonly Endpoint[]> = {
  name: "speaker",
  live: true,
  gobmpKey: "speakers_list",
  list: true,
  repeatable: true,
  placeholder: "HOST:PORT",
  default: "",
  help: "A router that listens, and is connected to; may be given several times",
  parse: listOf(parseEndpoint),
};

/** Only in goBMP's file: connect to the speakers of `speakers_list` instead of listening. */
export const activeMode: Flag<boolean> = {
  name: "active_mode",
  gobmpKey: "active_mode",
  placeholder: "BOOL",
  default: "false",
  help: "Connect to the routers of speakers_list instead of listening",
  parse: parseBoolean,
};

export const speakerHost: Flag<string> = {
  name: "speakers[].host",
  key: "speakers[].host",
  placeholder: "HOST",
  default: "",
  example: "192.0.2.1",
  help: "Name or address of a router that listens; a name is looked up at each try",
  parse: parseHost,
};

export const speakerPort: Flag<number> = {
  name: "speakers[].port",
  key: "speakers[].port",
  placeholder: "PORT",
  default: "5000",
  help: "The port that it listens on",
  parse: integer(1, 65535),
};

export const speakerName: Flag<string> = {
  name: "speakers[].name",
  key: "speakers[].name",
  placeholder: "NAME",
  default: "",
  help: "Its name in log, metrics and records. Default: HOST:PORT",
  parse: anyText,
};

export const speakerParallel: Flag<boolean> = {
  name: "speakers[].parallel",
  key: "speakers[].parallel",
  placeholder: "BOOL",
  default: "false",
  help: "Parallel sessions of its address count as separate routers",
  parse: parseBoolean,
};

export const speakerTls: Flag<boolean> = {
  name: "speakers[].tls",
  key: "speakers[].tls",
  placeholder: "BOOL",
  default: "false",
  help: "Connect by TLS. The keys below switch it on too",
  parse: parseBoolean,
};

export const speakerTlsCa: Flag<string> = {
  name: "speakers[].tls_ca",
  key: "speakers[].tls_ca",
  placeholder: "PATH",
  default: "",
  help: "Certificates (PEM) that the router's certificate must lead to. Default: the system's",
  parse: anyText,
};

export const speakerTlsCert: Flag<string> = {
  name: "speakers[].tls_cert",
  key: "speakers[].tls_cert",
  placeholder: "PATH",
  default: "",
  help: "Certificate (PEM) that says who we are",
  parse: anyText,
};

export const speakerTlsKey: Flag<string> = {
  name: "speakers[].tls_key",
  key: "speakers[].tls_key",
  placeholder: "PATH",
  default: "",
  help: "Its private key (PEM)",
  parse: anyText,
};

export const speakerTlsServerName: Flag<string> = {
  name: "speakers[].tls_server_name",
  key: "speakers[].tls_server_name",
  placeholder: "NAME",
  default: "",
  help: "Name or address that the router's certificate must be for. Default: the host",
  parse: anyText,
};

export const speakerTlsVerify: Flag<boolean> = {
  name: "speakers[].tls_verify",
  key: "speakers[].tls_verify",
  placeholder: "BOOL",
  default: "true",
  help: "false: any certificate is taken, which protects against nobody",
  parse: parseBoolean,
};

/** In files only. */
export const SPEAKER_SETTINGS: readonly Flag[] = [
  speakerName,
  speakerHost,
  speakerPort,
  speakerParallel,
  speakerTls,
  speakerTlsCa,
  speakerTlsCert,
  speakerTlsKey,
  speakerTlsServerName,
  speakerTlsVerify,
  activeMode,
];

function parseHost(text: string): string {
  if (text === "") return "";
  const place = text.includes(":") ? `[${text}]:1` : `${text}:1`;
  try {
    return parseEndpoint(place).host;
  } catch {
    throw new FlagError(`found "${text}", expected a name or an address`);
  }
}
