/** What a command gets when a test runs it without the program around it. */
import type { Command, CommandContext } from "../../src/cli/command.ts";
import { loadCommands } from "../../src/cli/commands.ts";
import { parseArguments } from "../../src/cli/flag.ts";
import { Log } from "../../src/ops/log.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";

export async function commandContext(
  command: Command,
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<{ context: CommandContext; logged: () => string }> {
  const { values, words } = parseArguments(args, command.flags, true);
  let text = "";
  const log = new Log("info", "text", (line) => {
    text += line;
  });
  const context = { flags: values, words, runtime: await loadRuntime(), log, signal, loadCommands };
  return { context, logged: () => text };
}
