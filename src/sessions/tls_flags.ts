/** What can be set about TLS on listeners. */
import {
  anyText,
  type Flag,
  FlagError,
  type FlagSource,
  integer,
  listOf,
  nameAndKey,
  oneOf,
} from "../cli/flag.ts";
import type { ClientAuth } from "../runtime/types.ts";
import { type ListenPlace, parseListenPlace } from "./flags.ts";
import type { TlsOptions } from "./tls_entrance.ts";

export const tlsListenFlag: Flag<readonly ListenPlace[]> = {
  name: "tls-listen",
  repeatable: true,
  placeholder: "ADDRESS:PORT",
  default: "",
  help:
    "Where to listen for TLS, beside the plain ports; may be given several times. Needs --tls-cert and --tls-key",
  parse: listOf(parseListenPlace),
};

export const tlsCertFlag: Flag<string> = {
  name: "tls-cert",
  key: "listen[].tls_cert",
  credential: "tls-cert",
  placeholder: "PATH",
  default: "",
  help:
    "Certificate (PEM) of the listeners for TLS, with those between it and the root; read again at each reload. Default: the credential tls-cert of systemd's",
  parse: anyText,
};

export const tlsKeyFlag: Flag<string> = {
  name: "tls-key",
  key: "listen[].tls_key",
  credential: "tls-key",
  placeholder: "PATH",
  default: "",
  help:
    "Private key (PEM, without a password) of --tls-cert. Default: the credential tls-key of systemd's",
  parse: anyText,
};

export const tlsClientCaFlag: Flag<string> = {
  name: "tls-client-ca",
  key: "listen[].tls_client_ca",
  credential: "tls-client-ca",
  placeholder: "PATH",
  default: "",
  help:
    "Certificates (PEM) that those of routers must lead to; with it, routers need one. Default: the credential tls-client-ca of systemd's",
  parse: anyText,
};

export const tlsClientAuthFlag: Flag<ClientAuth | undefined> = {
  name: "tls-client-auth",
  key: "listen[].tls_client_auth",
  placeholder: "WORD",
  default: "",
  initial: undefined,
  help:
    "Certificates of routers: none, request (one may be missing, not invalid) or require. Default: require with --tls-client-ca, else none",
  parse: oneOf<ClientAuth>(["none", "request", "require"]),
};

export const tlsMinVersionFlag: Flag<"1.2" | "1.3"> = {
  name: "tls-min-version",
  key: "listen[].tls_min_version",
  placeholder: "VERSION",
  default: "1.2",
  help: "Lowest version of TLS on listeners: 1.2 or 1.3",
  parse: oneOf(["1.2", "1.3"]),
};

export const tlsHandshakeTimeoutMsFlag: Flag<number> = {
  name: "tls-handshake-timeout-ms",
  key: "listen[].tls_handshake_timeout_ms",
  placeholder: "MS",
  default: "10000",
  help: "A connection whose TLS handshake takes longer is closed",
  parse: integer(1, 3_600_000),
};

export const tlsHandshakesMaxFlag: Flag<number> = {
  name: "tls-max-handshakes",
  key: "listen[].tls_max_handshakes",
  placeholder: "COUNT",
  default: "256",
  help:
    "TLS handshakes of one listener at one time; a further one ends the oldest, if that has had a second, or itself",
  parse: integer(1, 100_000),
};

/** Each of them makes a listener in a file one for TLS. */
export const TLS_KEYS: readonly Flag[] = [
  tlsCertFlag,
  tlsKeyFlag,
  tlsClientCaFlag,
  tlsClientAuthFlag,
  tlsMinVersionFlag,
  tlsHandshakeTimeoutMsFlag,
  tlsHandshakesMaxFlag,
];

/** In the order of help. */
export const TLS_FLAGS: readonly Flag[] = [tlsListenFlag, ...TLS_KEYS];

/** TLS of one listener. @throws {FlagError} when a file that it needs is not named */
export function tlsOptions(values: FlagSource): TlsOptions {
  const certFile = values.get(tlsCertFlag);
  const keyFile = values.get(tlsKeyFlag);
  const clientCaFile = values.get(tlsClientCaFlag);
  const clientAuth = values.get(tlsClientAuthFlag) ?? (clientCaFile === "" ? "none" : "require");
  if (certFile === "" || keyFile === "") {
    const missing = certFile === "" ? tlsCertFlag : tlsKeyFlag;
    throw new FlagError(`found no ${nameAndKey(missing)}, expected a certificate and its key`);
  }
  if (clientAuth !== "none" && clientCaFile === "") {
    throw new FlagError(
      `found ${tlsClientAuthFlag.name} "${clientAuth}" without ${tlsClientCaFlag.name}, expected both`,
    );
  }
  return {
    certFile,
    keyFile,
    clientCaFile,
    clientAuth,
    minVersion: `TLSv${values.get(tlsMinVersionFlag)}`,
    handshakeTimeoutMs: values.get(tlsHandshakeTimeoutMsFlag),
    handshakesMax: values.get(tlsHandshakesMaxFlag),
  };
}
