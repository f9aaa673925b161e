/** What can be set about the file sink. */
import {
  type Flag,
  FlagError,
  type FlagSource,
  integer,
  oneOf,
  parseBoolean,
  size,
} from "../../cli/flag.ts";
import { type Compression, COMPRESSIONS, type RotationOptions } from "./rotation.ts";
import { FileSink, type Fsync, FSYNCS } from "./sink.ts";
import type { SinkSpec } from "../spec.ts";

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

export const msgFileFsyncFlag: Flag<Fsync> = {
  name: "msg-file-fsync",
  key: "sinks[].fsync",
  placeholder: "WHEN",
  default: "never",
  help:
    "never, interval (within a second) or always (before a batch counts as delivered): when the file is made to survive a power cut",
  parse: oneOf(FSYNCS),
};

export const msgFileRotateBytesFlag: Flag<number> = {
  name: "msg-file-rotate-bytes",
  key: "sinks[].rotate_bytes",
  placeholder: "SIZE",
  default: "0",
  help:
    "The file is renamed, with time and number, before it gets larger, and a new one begun; 0: never",
  parse: size(0, 1024 ** 4),
};

export const msgFileRotateMsFlag: Flag<number> = {
  name: "msg-file-rotate-ms",
  key: "sinks[].rotate_ms",
  placeholder: "MS",
  default: "0",
  help: "The same at whole multiples of this time, in UTC: 3600000 is each full hour; 0: never",
  parse: integer(0, 366 * 86_400_000),
};

export const msgFileCompressionFlag: Flag<Compression> = {
  name: "msg-file-compression",
  key: "sinks[].compression",
  placeholder: "CODEC",
  default: "none",
  help: "none, gzip or zstd: what is done to renamed files",
  parse: oneOf(COMPRESSIONS),
};

export const msgFileKeepFlag: Flag<number> = {
  name: "msg-file-keep",
  key: "sinks[].keep_files",
  placeholder: "COUNT",
  default: "0",
  help: "Renamed files that are kept, the oldest are deleted; 0: all",
  parse: integer(0, 1_000_000),
};

export const msgFileKeepMsFlag: Flag<number> = {
  name: "msg-file-keep-ms",
  key: "sinks[].keep_ms",
  placeholder: "MS",
  default: "0",
  help: "How long renamed files are kept; 0: for ever",
  parse: integer(0, 3660 * 86_400_000),
};

export interface FileOptions {
  readonly path: string;
  readonly truncate: boolean;
  readonly fsync: Fsync;
  /** Undefined: files are never rotated. */
  readonly rotation: RotationOptions | undefined;
}

export const FILE: SinkSpec<FileOptions> = {
  type: "file",
  flags: [
    msgFileFlag,
    msgFileTruncateFlag,
    msgFileFsyncFlag,
    msgFileRotateBytesFlag,
    msgFileRotateMsFlag,
    msgFileCompressionFlag,
    msgFileKeepFlag,
    msgFileKeepMsFlag,
  ],
  wrapped: true,
  options: (values) => ({
    path: values.get(msgFileFlag),
    truncate: values.get(msgFileTruncateFlag),
    fsync: values.get(msgFileFsyncFlag),
    rotation: rotationOptions(values),
  }),
  output: ({ path }) => path,
  create: ({ rotation, truncate, ...options }, { name, lines, goesOn, metrics, log, runtime }) =>
    new FileSink({
      name,
      ...options,
      truncate: truncate && goesOn !== true,
      ...(rotation === undefined ? {} : { rotation }),
      lines,
      metrics,
      log,
      openFile: runtime.openAppend,
    }),
};

/** Compression and retention alone say nothing: they are for what is renamed. */
function rotationOptions(values: FlagSource): RotationOptions | undefined {
  const bytesMax = values.get(msgFileRotateBytesFlag);
  const intervalMs = values.get(msgFileRotateMsFlag);
  if (bytesMax > 0 || intervalMs > 0) {
    return {
      bytesMax,
      intervalMs,
      compression: values.get(msgFileCompressionFlag),
      filesMax: values.get(msgFileKeepFlag),
      ageMaxMs: values.get(msgFileKeepMsFlag),
    };
  }
  for (const flag of [msgFileCompressionFlag, msgFileKeepFlag, msgFileKeepMsFlag] as Flag[]) {
    if (!values.given(flag)) continue;
    throw new FlagError(
      `Cannot use --${flag.name} (${flag.key}): files are renamed only with --${msgFileRotateBytesFlag.name} or --${msgFileRotateMsFlag.name}`,
    );
  }
  return undefined;
}
