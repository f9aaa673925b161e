/** What can be set about every sink. What one kind of sink can be told stands in its spec. */
import { anyText, type Flag, FlagError, oneOf } from "../cli/flag.ts";
import { SINKS } from "./registry.ts";

const SINK_TYPES = SINKS.map((spec) => spec.type);

/** No sink of records: it gets the messages as they came, see upstreams/. */
export const UPSTREAM_TYPE = "upstream";

export const dumpFlag: Flag<string | undefined> = {
  name: "dump",
  placeholder: "SINK",
  default: "",
  initial: undefined,
  help: `${SINK_TYPES.join(", ")}: where records go. No sink named: console`,
  parse(text) {
    const word = SINK_TYPES.find((word) => word === text.toLowerCase());
    if (word === undefined) {
      throw new FlagError(`found "${text}", expected one of ${SINK_TYPES.join(", ")}`);
    }
    return word;
  },
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

/** Only in files. */
export const sinkType: Flag<string> = {
  name: "sinks[].type",
  key: "sinks[].type",
  placeholder: "TYPE",
  default: "console",
  help: "Where records go",
  parse: oneOf([...SINK_TYPES, UPSTREAM_TYPE]),
};
