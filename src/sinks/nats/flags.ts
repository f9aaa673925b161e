/** What can be set about the NATS sink: goBMP's flag, and ours beside it. */
import { anyText, type Flag, FlagError, integer, oneOf, parseBoolean } from "../../cli/flag.ts";
import { type SecretFlags, secretFlags } from "../../cli/secret.ts";
import { parseTopicPrefix } from "../topic_prefix.ts";
import { parseServers } from "./servers.ts";
import { type Retention, RETENTIONS } from "./stream.ts";

const DAY_MS = 86_400_000;
const AGE_MS_MAX = 3650 * DAY_MS;
/** goBMP's: 15 minutes. */
const MAX_AGE_MS_DEFAULT = "900000";
/** The server's own default: 2 minutes. */
const DUPLICATE_WINDOW_MS_DEFAULT = "120000";

export const natsServerFlag: Flag<string> = {
  name: "nats-server",
  key: "sinks[].servers",
  gobmpKey: "nats_config.nats_srv",
  placeholder: "URL,...",
  default: "",
  example: "nats://nats1:4222",
  help: "NATS servers: nats://, tls://, ws:// or wss://HOST:PORT; each is tried in turn",
  parse(text) {
    parseServers(text);
    return text;
  },
};

export const natsJetStreamFlag: Flag<boolean> = {
  name: "nats-jetstream",
  key: "sinks[].jetstream",
  placeholder: "BOOL",
  default: "true",
  help:
    "Publish to a JetStream stream and wait for its acknowledgements. false: core NATS, where records get lost that nobody is listening for",
  parse: parseBoolean,
};

export const natsStreamFlag: Flag<string> = {
  name: "nats-stream",
  key: "sinks[].stream",
  placeholder: "NAME",
  default: "goBMP",
  help: "Name of the stream",
  parse(text) {
    if (!/^[^\s.*>/\\]+$/.test(text)) {
      throw new FlagError(`found "${text}", expected a name without spaces and . * > / \\`);
    }
    return text;
  },
};

export const natsMakeStreamFlag: Flag<boolean> = {
  name: "nats-make-stream",
  key: "sinks[].make_stream",
  placeholder: "BOOL",
  default: "true",
  help:
    "Make the stream if it is missing, and add the subjects that it lacks; other settings of an existing one are left as they are",
  parse: parseBoolean,
};

export const natsStreamRetentionFlag: Flag<Retention> = {
  name: "nats-stream-retention",
  key: "sinks[].stream_retention",
  placeholder: "POLICY",
  default: "interest",
  help:
    "For a stream that is made: interest (as goBMP; what no consumer waits for is dropped at once), limits or workqueue",
  parse: oneOf(RETENTIONS),
};

export const natsStreamMaxAgeFlag: Flag<number> = {
  name: "nats-stream-max-age-ms",
  key: "sinks[].stream_max_age_ms",
  placeholder: "MS",
  default: MAX_AGE_MS_DEFAULT,
  help: "For a stream that is made: how long it keeps records; 0: for ever",
  parse: integer(0, AGE_MS_MAX),
};

export const natsStreamReplicasFlag: Flag<number> = {
  name: "nats-stream-replicas",
  key: "sinks[].stream_replicas",
  placeholder: "N",
  default: "1",
  help: "For a stream that is made: how many servers keep each record",
  parse: integer(1, 5),
};

export const natsDuplicateWindowFlag: Flag<number> = {
  name: "nats-duplicate-window-ms",
  key: "sinks[].duplicate_window_ms",
  placeholder: "MS",
  default: DUPLICATE_WINDOW_MS_DEFAULT,
  help:
    "For a stream that is made: how long it drops records that a restarted collector sends again; at most the maximal age",
  parse: integer(100, AGE_MS_MAX),
};

export const natsIdentityHeadersFlag: Flag<boolean | undefined> = {
  name: "nats-identity-headers",
  key: "sinks[].identity_headers",
  placeholder: "BOOL",
  default: "",
  initial: undefined,
  help:
    "Send session, sequence and part of each record as headers too. Default: when records do not carry them (--extra-fields=false)",
  parse: parseBoolean,
};

export const natsSubjectPrefixFlag: Flag<string> = {
  name: "nats-subject-prefix",
  key: "sinks[].subject_prefix",
  placeholder: "PREFIX",
  default: "",
  help: "Put before all subjects, with a dot",
  parse(text) {
    const prefix = parseTopicPrefix(text);
    if (/[\s*>]|\.\./.test(prefix)) {
      throw new FlagError(
        `found "${text}", expected words without spaces, * and >, with a dot between`,
      );
    }
    return prefix;
  },
};

/**
 * Deno looks at its sockets every 25 to 50 ms while a pipeline has work: with 2,048 records that bounds them to 40,000 a second,
 * with 8,192 it does not.
 */
export const natsInFlightFlag: Flag<number> = {
  name: "nats-in-flight",
  key: "sinks[].in_flight",
  placeholder: "N",
  default: "8192",
  help: "Records that may wait for their acknowledgement at once; rounded up to a power of two",
  parse: integer(1, 65_536),
};

export const natsAckTimeoutFlag: Flag<number> = {
  name: "nats-ack-timeout-ms",
  key: "sinks[].ack_timeout_ms",
  placeholder: "MS",
  default: "10000",
  help:
    "A connection on which nothing is acknowledged for so long is given up, and what was sent on it is sent again",
  parse: integer(100, 600_000),
};

export const natsUserFlag: Flag<string> = {
  name: "nats-user",
  key: "sinks[].user",
  placeholder: "NAME",
  default: "",
  help: "User name",
  parse: anyText,
};

export const natsPasswordFlags: SecretFlags = secretFlags(
  "nats-password",
  "sinks[].password",
  "Password",
);

export const natsTokenFlags: SecretFlags = secretFlags(
  "nats-token",
  "sinks[].token",
  "Token, for servers with one token for all",
);

export const natsNkeyFlags: SecretFlags = secretFlags(
  "nats-nkey",
  "sinks[].nkey",
  "Seed of our nkey (SU...)",
);

export const natsCredsFlags: SecretFlags = secretFlags(
  "nats-creds",
  "sinks[].creds",
  "Credentials: JWT and seed, as in a .creds file",
);

export const natsTlsCaFlag: Flag<string> = {
  name: "nats-tls-ca",
  key: "sinks[].tls_ca",
  placeholder: "PATH",
  default: "",
  help: "Certificates (PEM) that servers' certificates must lead to. Default: the system's",
  parse: anyText,
};

export const natsTlsCertFlag: Flag<string> = {
  name: "nats-tls-cert",
  key: "sinks[].tls_cert",
  placeholder: "PATH",
  default: "",
  help: "Certificate (PEM) that says who we are",
  parse: anyText,
};

export const natsTlsKeyFlag: Flag<string> = {
  name: "nats-tls-key",
  key: "sinks[].tls_key",
  placeholder: "PATH",
  default: "",
  help: "Its private key (PEM). Default: the credential nats-tls-key of systemd's",
  credential: "nats-tls-key",
  parse: anyText,
};

export const NATS_FLAGS: readonly Flag[] = [
  natsServerFlag,
  natsJetStreamFlag,
  natsStreamFlag,
  natsMakeStreamFlag,
  natsStreamRetentionFlag,
  natsStreamMaxAgeFlag,
  natsStreamReplicasFlag,
  natsDuplicateWindowFlag,
  natsIdentityHeadersFlag,
  natsSubjectPrefixFlag,
  natsInFlightFlag,
  natsAckTimeoutFlag,
  natsUserFlag,
  ...[natsPasswordFlags, natsTokenFlags, natsNkeyFlags, natsCredsFlags].flatMap((flags) => [
    flags.value,
    flags.file,
  ]),
  natsTlsCaFlag,
  natsTlsCertFlag,
  natsTlsKeyFlag,
];
