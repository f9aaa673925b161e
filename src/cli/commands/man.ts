/** `edgebmp man`: the manual page. */
import { utf8 } from "../../wire/writer.ts";
import type { Command } from "../command.ts";
import { manualPage } from "../manual_page.ts";

export const manCommand: Command = {
  name: "man",
  summary: "Print the manual page: edgebmp man | man -l -",
  usage: "",
  flags: [],
  async run({ runtime, loadCommands }) {
    await runtime.writeStdout(utf8(manualPage(await loadCommands())));
    return 0;
  },
};
