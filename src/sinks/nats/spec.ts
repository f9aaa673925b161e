/** The NATS sink as the configuration sees it. */
import { type Flag, FlagError, type FlagSource } from "../../cli/flag.ts";
import { isGiven, secretOf } from "../../cli/secret.ts";
import { deadLetterFileFlag, deadLetterMaxBytesFlag, deadLetterPath } from "../dead_letter.ts";
import type { SinkSpec } from "../spec.ts";
import {
  NATS_FLAGS,
  natsAckTimeoutFlag,
  natsCredsFlags,
  natsDuplicateWindowFlag,
  natsIdentityHeadersFlag,
  natsInFlightFlag,
  natsJetStreamFlag,
  natsMakeStreamFlag,
  natsNkeyFlags,
  natsPasswordFlags,
  natsServerFlag,
  natsStreamFlag,
  natsStreamMaxAgeFlag,
  natsStreamReplicasFlag,
  natsStreamRetentionFlag,
  natsSubjectPrefixFlag,
  natsTlsCaFlag,
  natsTlsCertFlag,
  natsTlsKeyFlag,
  natsTokenFlags,
  natsUserFlag,
} from "./flags.ts";
import { type LoginOptions, parseServers, type ServerAddress, Servers } from "./servers.ts";
import type { NatsSinkOptions } from "./options.ts";
import { NatsSink } from "./sink.ts";
import type { StreamOptions } from "./stream.ts";

/** What is set; the rest comes from the collector. */
export interface NatsOptions extends
  Pick<
    NatsSinkOptions,
    | "jetStream"
    | "makeStream"
    | "inFlightMax"
    | "ackTimeoutMs"
    | "deadLetterFile"
    | "deadLetterBytesMax"
  > {
  readonly servers: readonly ServerAddress[];
  readonly login: LoginOptions;
  /** Undefined: when records do not carry their identity. */
  readonly identityHeaders: boolean | undefined;
}

export const NATS: SinkSpec<NatsOptions> = {
  type: "nats",
  flags: [...NATS_FLAGS, deadLetterFileFlag, deadLetterMaxBytesFlag],
  namedBy: natsServerFlag,
  wrapped: false,
  topicPrefix: natsSubjectPrefixFlag,
  options: readOptions,
  servers: ({ servers }) => servers.map(({ url }) => url),
  create({ servers: addresses, login, identityHeaders, ...options }, context) {
    const { name, lines, identityInHeaders, runtime } = context;
    const clientName = `edgebmp ${name}`;
    const servers = new Servers({ ...login, servers: addresses, clientName, runtime });
    return new NatsSink({
      ...options,
      ...context,
      deadLetterFile: deadLetterPath(options.deadLetterFile, name, context.stateDir),
      identityHeaders: identityHeaders ?? identityInHeaders,
      binaryKeys: !lines,
      check: () => servers.check(),
      connect: () => servers.connect(),
    });
  },
};

function readOptions(values: FlagSource): NatsOptions {
  const servers = parseServers(values.get(natsServerFlag));
  if (servers.length === 0) throw new FlagError("found no servers, expected nats://HOST:PORT,...");
  return {
    servers,
    login: readLogin(values),
    jetStream: values.get(natsJetStreamFlag) ? readStream(values) : undefined,
    makeStream: values.get(natsMakeStreamFlag),
    identityHeaders: values.get(natsIdentityHeadersFlag),
    inFlightMax: 2 ** Math.ceil(Math.log2(values.get(natsInFlightFlag))),
    ackTimeoutMs: values.get(natsAckTimeoutFlag),
    deadLetterFile: values.get(deadLetterFileFlag),
    deadLetterBytesMax: values.get(deadLetterMaxBytesFlag),
  };
}

function readStream(values: FlagSource): StreamOptions {
  const maxAgeMs = values.get(natsStreamMaxAgeFlag);
  const duplicateWindowMs = values.get(natsDuplicateWindowFlag);
  if (maxAgeMs === 0 || duplicateWindowMs <= maxAgeMs) {
    return {
      name: values.get(natsStreamFlag),
      retention: values.get(natsStreamRetentionFlag),
      maxAgeMs,
      replicas: values.get(natsStreamReplicasFlag),
      duplicateWindowMs,
    };
  }
  throw new FlagError(
    `found a duplicate window of ${duplicateWindowMs} ms, expected at most the maximal age of ${maxAgeMs} ms`,
  );
}

function readLogin(values: FlagSource): LoginOptions {
  const user = values.get(natsUserFlag);
  const password = secretOf(values, natsPasswordFlags);
  const token = secretOf(values, natsTokenFlags);
  const nkey = secretOf(values, natsNkeyFlags);
  const creds = secretOf(values, natsCredsFlags);
  together(
    natsTlsCertFlag,
    values.get(natsTlsCertFlag) !== "",
    natsTlsKeyFlag,
    values.get(natsTlsKeyFlag) !== "",
  );
  together(natsUserFlag, user !== "", natsPasswordFlags.file, isGiven(password));
  const given = [
    user === "" ? "" : natsUserFlag.name,
    isGiven(token) ? natsTokenFlags.value.name : "",
    isGiven(nkey) ? natsNkeyFlags.value.name : "",
    isGiven(creds) ? natsCredsFlags.value.name : "",
  ].filter((name) => name !== "");
  if (given.length > 1) throw new FlagError(`found ${given.join(" and ")}, expected one of them`);
  return {
    user,
    password,
    token,
    nkey,
    creds,
    caFile: values.get(natsTlsCaFlag),
    certFile: values.get(natsTlsCertFlag),
    keyFile: values.get(natsTlsKeyFlag),
  };
}

function together(one: Flag, isOneGiven: boolean, other: Flag, isOtherGiven: boolean): void {
  if (isOneGiven === isOtherGiven) return;
  const [found, missing] = isOneGiven ? [one, other] : [other, one];
  throw new FlagError(`found --${found.name} alone, expected --${missing.name} with it`);
}
