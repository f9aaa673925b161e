/** OpenBMP raw messages as a format to be configured. */
import { FlagError } from "../../cli/flag.ts";
import type { FormatSpec } from "../spec.ts";
import { rawKeyFlag, rawProfileFlag, rawRouterGroupFlag, rawTopicFlag } from "./flags.ts";
import { RawFormatter, rawTopic } from "./mod.ts";
import { RAW_DEFAULTS, type RawOptions } from "./options.ts";

export const OPENBMP_RAW: FormatSpec<Omit<RawOptions, "collector">> = {
  name: "openbmp-raw",
  flags: [rawProfileFlag, rawTopicFlag, rawKeyFlag, rawRouterGroupFlag],
  lines: false,
  options(values) {
    const profile = values.get(rawProfileFlag);
    const routerGroup = values.get(rawRouterGroupFlag);
    if (profile === "text" && routerGroup !== "") {
      throw new FlagError("the text header of OpenBMP raw messages has no router group");
    }
    return {
      profile,
      key: values.get(rawKeyFlag) ?? RAW_DEFAULTS[profile].key,
      topic: values.get(rawTopicFlag) || RAW_DEFAULTS[profile].topic,
      routerGroup,
    };
  },
  topics: ({ topic }) => [rawTopic(topic)],
  // Readers of the others' records expect no headers.
  lacksIdentity: () => false,
  create: (options, collector) => new RawFormatter({ ...options, collector }),
};
