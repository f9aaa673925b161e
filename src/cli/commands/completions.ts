/** `edgebmp completions`: a script for a shell. */
import { utf8 } from "../../wire/writer.ts";
import type { Command } from "../command.ts";
import { completions, SHELLS } from "../completions.ts";
import { UsageError } from "../flag.ts";

export const completionsCommand: Command = {
  name: "completions",
  summary: "Print a script that completes commands and flags in bash, zsh or fish",
  usage: SHELLS.join("|"),
  flags: [],
  async run({ words, runtime, loadCommands }) {
    const shell = SHELLS.find((shell) => shell === words[0]);
    if (shell === undefined || words.length > 1) {
      throw new UsageError(
        `Cannot complete for "${words.join(" ")}": expected ${SHELLS.join(", ")}`,
      );
    }
    await runtime.writeStdout(utf8(completions(shell, await loadCommands())));
    return 0;
  },
};
