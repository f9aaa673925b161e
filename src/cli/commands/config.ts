/** `edgebmp config`: what holds and where it comes from, an example, and the schema of the file. */
import process from "node:process";
import { readText } from "../../runtime/secret.ts";
import { utf8 } from "../../wire/writer.ts";
import type { Command, CommandContext } from "../command.ts";
import { loadLayers } from "../config.ts";
import { configExample } from "../config_example.ts";
import { configSchema } from "../config_schema.ts";
import { showConfig } from "../config_show.ts";
import { UsageError } from "../flag.ts";
import { importOpenbmpd } from "../openbmpd_config.ts";
import { FILE_SETTINGS, FLAGS, SINK_VARIANTS } from "../flags.ts";

const SETTINGS = [...FLAGS, ...FILE_SETTINGS];

const ACTIONS: Readonly<Record<string, (context: CommandContext) => Promise<string> | string>> = {
  show: async ({ flags }) =>
    showConfig(await loadLayers(flags, process.env), SETTINGS, SINK_VARIANTS),
  example: () => configExample(SETTINGS, SINK_VARIANTS),
  "import-openbmpd": async ({ words: [, path = ""] }) => importOpenbmpd(await readText(path), path),
  schema: () => `${JSON.stringify(configSchema(SETTINGS, SINK_VARIANTS), undefined, 2)}\n`,
};

export const configCommand: Command = {
  name: "config",
  summary:
    "Show what the configuration comes to (show), an example file (example), its JSON Schema (schema), or openbmpd's as ours (import-openbmpd)",
  usage: "show|example|schema|import-openbmpd FILE",
  flags: [],
  inherits: FLAGS,
  async run(context) {
    const [name = "", ...more] = context.words;
    const action = ACTIONS[name];
    if (action === undefined || more.length !== (name === "import-openbmpd" ? 1 : 0)) {
      throw new UsageError(
        `Cannot run "config ${context.words.join(" ")}": expected ${
          Object.keys(ACTIONS).join(", ")
        }`,
      );
    }
    await context.runtime.writeStdout(utf8(await action(context)));
    return 0;
  },
};
