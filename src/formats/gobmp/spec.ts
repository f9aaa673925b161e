/** goBMP's JSON as a format to be configured. */
import type { FlagSource } from "../../cli/flag.ts";
import type { FormatSpec } from "../spec.ts";
import { extraFieldsFlag, routerIdentityFlag, splitAfFlag } from "./flags.ts";
import { createGobmpFormatter, type GobmpOptions, TOPICS } from "./mod.ts";

/** What a record says and how. */
export type RecordOptions = Omit<GobmpOptions, "collector">;

export const GOBMP: FormatSpec<RecordOptions> = {
  name: "gobmp",
  flags: [splitAfFlag, routerIdentityFlag, extraFieldsFlag],
  lines: true,
  options: recordOptions,
  topics: ({ extraFields }) =>
    extraFields ? TOPICS : TOPICS.filter((topic) => topic.messageType < 1000),
  lacksIdentity: ({ extraFields }) => !extraFields,
  create: (options, collector) => createGobmpFormatter({ ...options, collector }),
};

export function recordOptions(values: FlagSource): RecordOptions {
  return {
    splitAf: values.get(splitAfFlag),
    routerIdentity: values.get(routerIdentityFlag),
    extraFields: values.get(extraFieldsFlag),
  };
}
