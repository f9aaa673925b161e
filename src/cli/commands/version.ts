/** `edgebmp version`: what runs here. */
import process from "node:process";
import { utf8 } from "../../wire/writer.ts";
import type { Command } from "../command.ts";
import { type Flag, parseBoolean } from "../flag.ts";
import { COMMIT, VERSION } from "../version.ts";

const jsonFlag: Flag<boolean> = {
  name: "json",
  placeholder: "",
  default: "",
  initial: false,
  bare: true,
  help: "As JSON: version, commit, runtime and what it is built for",
  parse: parseBoolean,
};

export const versionCommand: Command = {
  name: "version",
  summary: "Print the version and exit",
  usage: "",
  flags: [jsonFlag],
  async run({ flags, runtime }) {
    const { name, version } = runtime;
    const text = flags.get(jsonFlag)
      ? JSON.stringify({
        version: VERSION,
        commit: COMMIT || null,
        runtime: { name, version },
        engine: name === "bun" ? "JavaScriptCore" : `V8 ${process.versions.v8}`,
        platform: `${process.platform}-${process.arch}`,
      })
      : `edgebmp ${VERSION} (${name} ${version})`;
    await runtime.writeStdout(utf8(`${text}\n`));
    return 0;
  },
};
