/** `edgebmp version`: what runs here. */
import { utf8 } from "../../wire/writer.ts";
import type { Command } from "../command.ts";
import { VERSION } from "../version.ts";

export const versionCommand: Command = {
  name: "version",
  summary: "Print the version and exit",
  usage: "",
  flags: [],
  async run({ runtime }) {
    await runtime.writeStdout(utf8(`edgebmp ${VERSION} (${runtime.name} ${runtime.version})\n`));
    return 0;
  },
};
