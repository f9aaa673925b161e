/** What can be set about the file sink. */
import { type Flag, FlagError, parseBoolean } from "../cli/flag.ts";
import { FileSink } from "./file.ts";
import type { SinkSpec } from "./spec.ts";

export const msgFileFlag: Flag<string> = {
  name: "msg-file",
  key: "sinks[].path",
  gobmpKey: "dump_config.file",
  placeholder: "PATH",
  default: "/tmp/messages.json",
  help: "File for --dump=file, one record per line",
  parse(text) {
    if (text === "") throw new FlagError("found nothing, expected the path of a file");
    return text;
  },
};

export const msgFileTruncateFlag: Flag<boolean> = {
  name: "msg-file-truncate",
  key: "sinks[].truncate",
  placeholder: "BOOL",
  default: "false",
  help: "Empty the file at the start, as goBMP does, instead of appending",
  parse: parseBoolean,
};

export interface FileOptions {
  readonly path: string;
  readonly truncate: boolean;
}

export const FILE: SinkSpec<FileOptions> = {
  type: "file",
  flags: [msgFileFlag, msgFileTruncateFlag],
  wrapped: true,
  options: (values) => ({
    path: values.get(msgFileFlag),
    truncate: values.get(msgFileTruncateFlag),
  }),
  output: ({ path }) => path,
  create: (options, { name, lines, metrics, log, runtime }) =>
    new FileSink({ name, ...options, lines, metrics, log, openFile: runtime.openAppend }),
};
