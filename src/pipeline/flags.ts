/** What can be set about what a sink gets. */
import { type Flag, oneOf } from "../cli/flag.ts";
import { FORMATS } from "../formats/registry.ts";

/** Only in files. */
export const sinkFormat: Flag<string> = {
  name: "sinks[].format",
  key: "sinks[].format",
  placeholder: "FORMAT",
  default: "gobmp",
  help: "How records are written",
  parse: oneOf(FORMATS.map((spec) => spec.name)),
};
