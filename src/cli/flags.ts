/** The registry of the collector's flags. Help, README's table, the environment and both configuration files follow from it. */
import { journalMaxBytesFlag, SPOOL_FLAGS } from "../journal/flags.ts";
import {
  GLOG_FLAGS,
  logFormatFlag,
  logLevelFlag,
  shutdownTimeoutMsFlag,
  verbosityFlag,
} from "../ops/flags.ts";
import { HTTP_FLAGS } from "../ops/http/flags.ts";
import { FORMATS } from "../formats/registry.ts";
import { PIPELINE_SETTINGS, sinkFormat } from "../pipeline/flags.ts";
import {
  adminIdFlag,
  listenAddressFlag,
  listenFlag,
  listenParallel,
  listenSocket,
  proxyProtocolFromFlag,
  sourcePortFlag,
} from "../sessions/flags.ts";
import { SESSION_LIMIT_FLAGS } from "../sessions/limits.ts";
import { TLS_FLAGS } from "../sessions/tls_flags.ts";
import { SPEAKER_SETTINGS, speakerFlag } from "../sessions/speaker_flags.ts";
import { dumpFlag, sinkName, sinkType, UPSTREAM_TYPE } from "../sinks/flags.ts";
import { SINKS } from "../sinks/registry.ts";
import { UPSTREAM_FLAGS, UPSTREAM_SETTINGS } from "../upstreams/flags.ts";
import type { Variants } from "./config_file.ts";
import { anyText, type Flag } from "./flag.ts";
import { bmpRawFlag } from "./gobmp_flags.ts";

export const configFlag: Flag<string> = {
  name: "config",
  placeholder: "PATH",
  default: "",
  help: "YAML configuration file, ours or goBMP's",
  parse: anyText,
};

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}

/** Each once: some are shared. */
const SINK_FLAGS = [...new Set(SINKS.flatMap((spec) => spec.flags))];
const FORMAT_FLAGS = FORMATS.flatMap((spec) => spec.flags);

export const FLAG_GROUPS: readonly FlagGroup[] = [
  {
    title: "Sessions",
    flags: [
      sourcePortFlag,
      listenAddressFlag,
      listenFlag,
      proxyProtocolFromFlag,
      speakerFlag,
      ...TLS_FLAGS,
      ...SESSION_LIMIT_FLAGS,
    ],
  },
  { title: "Sinks", flags: [dumpFlag, bmpRawFlag, ...SINK_FLAGS.filter(isForCommandLine)] },
  { title: "Upstreams", flags: UPSTREAM_FLAGS },
  { title: "Records", flags: [...FORMAT_FLAGS.filter(isForCommandLine), adminIdFlag] },
  { title: "Journal", flags: [journalMaxBytesFlag, ...SPOOL_FLAGS] },
  { title: "HTTP", flags: HTTP_FLAGS },
  {
    title: "Process",
    flags: [
      configFlag,
      shutdownTimeoutMsFlag,
      logLevelFlag,
      logFormatFlag,
      verbosityFlag,
    ],
  },
  { title: "glog's", flags: GLOG_FLAGS },
];

/** All flags of the collector. */
export const FLAGS: readonly Flag[] = FLAG_GROUPS.flatMap((group) => group.flags);

/** What stands in a configuration file only. */
export const FILE_SETTINGS: readonly Flag[] = [
  listenParallel,
  listenSocket,
  sinkName,
  sinkType,
  ...PIPELINE_SETTINGS,
  ...SPEAKER_SETTINGS,
  ...UPSTREAM_SETTINGS,
  ...[...SINK_FLAGS, ...FORMAT_FLAGS].filter((flag) => !isForCommandLine(flag)),
];

/** Keys of `sinks` that only one kind of sink, or one format, takes. */
export const SINK_VARIANTS: readonly Variants[] = [
  {
    list: "sinks",
    flag: sinkType,
    flags: new Map([
      ...SINKS.map(({ type, flags }) => [type, flags] as const),
      [UPSTREAM_TYPE, UPSTREAM_SETTINGS] as const,
    ]),
  },
  {
    list: "sinks",
    flag: sinkFormat,
    flags: new Map(FORMATS.map(({ name, flags }) => [name, flags])),
  },
];

/** The others are named by their key. */
function isForCommandLine(flag: Flag): boolean {
  return flag.name !== flag.key;
}
