/** The registry of the collector's flags. Help, README's table, the environment and both configuration files follow from it. */
import { journalMaxBytesFlag } from "../journal/flags.ts";
import {
  GLOG_FLAGS,
  logFormatFlag,
  logLevelFlag,
  performancePortFlag,
  shutdownTimeoutMsFlag,
  verbosityFlag,
} from "../ops/flags.ts";
import { extraFieldsFlag, routerIdentityFlag, splitAfFlag } from "../pipeline/flags.ts";
import {
  adminIdFlag,
  listenAddressFlag,
  listenParallel,
  maxMessageBytesFlag,
  maxSessionsFlag,
  sessionIdleAlarmMsFlag,
  sourcePortFlag,
} from "../sessions/flags.ts";
import {
  dumpFlag,
  msgFileFlag,
  msgFileTruncateFlag,
  sinkFormat,
  sinkName,
  sinkType,
} from "../sinks/flags.ts";
import { anyText, type Flag } from "./flag.ts";
import {
  activeMode,
  bmpRawFlag,
  destinationPortFlag,
  interceptFlag,
  kafkaServerFlag,
  kafkaTopicPrefixFlag,
  kafkaTopicRetentionFlag,
  natsServerFlag,
} from "./gobmp_flags.ts";

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

export const FLAG_GROUPS: readonly FlagGroup[] = [
  {
    title: "Sessions",
    flags: [
      sourcePortFlag,
      listenAddressFlag,
      maxMessageBytesFlag,
      maxSessionsFlag,
      sessionIdleAlarmMsFlag,
    ],
  },
  { title: "Sinks", flags: [dumpFlag, msgFileFlag, msgFileTruncateFlag] },
  { title: "Records", flags: [splitAfFlag, routerIdentityFlag, extraFieldsFlag, adminIdFlag] },
  {
    title: "Process",
    flags: [
      configFlag,
      journalMaxBytesFlag,
      shutdownTimeoutMsFlag,
      performancePortFlag,
      logLevelFlag,
      logFormatFlag,
      verbosityFlag,
    ],
  },
  {
    title: "goBMP's, not in this version",
    flags: [
      kafkaServerFlag,
      kafkaTopicRetentionFlag,
      kafkaTopicPrefixFlag,
      natsServerFlag,
      bmpRawFlag,
      interceptFlag,
      destinationPortFlag,
    ],
  },
  { title: "glog's", flags: GLOG_FLAGS },
];

/** All flags of the collector. */
export const FLAGS: readonly Flag[] = FLAG_GROUPS.flatMap((group) => group.flags);

/** What stands in a configuration file only. */
export const FILE_SETTINGS: readonly Flag[] = [
  listenParallel,
  sinkName,
  sinkType,
  sinkFormat,
  activeMode,
];
