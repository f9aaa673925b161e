/** What can be set about sinks. */
import { anyText, type Flag, FlagError, oneOf, parseBoolean } from "../cli/flag.ts";

/** What `--dump` takes; `kafka` and `nats` are words of older goBMP versions. */
const DUMP_WORDS = ["console", "file", "kafka", "nats"] as const;
export type DumpWord = typeof DUMP_WORDS[number];

export const dumpFlag: Flag<DumpWord | undefined> = {
  name: "dump",
  placeholder: "SINK",
  default: "",
  initial: undefined,
  help: "console or file; wins over Kafka and NATS. No sink named: console",
  parse(text) {
    const word = DUMP_WORDS.find((word) => word === text.toLowerCase());
    if (word === undefined) throw new FlagError(`found "${text}", expected console or file`);
    return word;
  },
};

export const msgFileFlag: Flag<string> = {
  name: "msg-file",
  key: "sinks[].path",
  gobmpKey: "dump_config.file",
  placeholder: "PATH",
  default: "/tmp/messages.json",
  help: "File for --dump=file, one record per line",
  parse(text) {
    if (text === "") throw new FlagError("found nothing, expected the path of a file");
    return text;
  },
};

export const msgFileTruncateFlag: Flag<boolean> = {
  name: "msg-file-truncate",
  key: "sinks[].truncate",
  placeholder: "BOOL",
  default: "false",
  help: "Empty the file at the start, as goBMP does, instead of appending",
  parse: parseBoolean,
};

/** Only in files: a sink's name in log and metrics; empty: its type. */
export const sinkName: Flag<string> = {
  name: "sinks[].name",
  key: "sinks[].name",
  placeholder: "NAME",
  default: "",
  help: "Name of the sink in log and metrics",
  parse: anyText,
};

export const SINK_TYPES = ["console", "file"] as const;
export type SinkType = typeof SINK_TYPES[number];

/** Only in files. */
export const sinkType: Flag<SinkType> = {
  name: "sinks[].type",
  key: "sinks[].type",
  placeholder: "TYPE",
  default: "console",
  help: "Where records go",
  parse: oneOf(SINK_TYPES),
};

/** Only in files. */
export const sinkFormat: Flag<"gobmp"> = {
  name: "sinks[].format",
  key: "sinks[].format",
  placeholder: "FORMAT",
  default: "gobmp",
  help: "How records are written",
  parse: oneOf(["gobmp"]),
};
