/** What can be set about the journal. */
import {
  anyText,
  type Flag,
  type FlagSource,
  integer,
  oneOf,
  parseBoolean,
  size,
} from "../cli/flag.ts";
import { FSYNC_MODES, type FsyncMode } from "./disk/options.ts";

export const journalMaxBytesFlag: Flag<number> = {
  name: "journal-max-bytes",
  key: "limits.journal_max_bytes",
  placeholder: "SIZE",
  default: "32MiB",
  help:
    "Memory between routers and sinks, 32 KiB of it for each session; when it is full, reading from the routers stops",
  parse: size(2 * 1024 * 1024, 1024 * 1024 * 1024 * 1024),
};

const MIB = 1024 * 1024;

export const spoolDirFlag: Flag<string> = {
  name: "spool-dir",
  key: "spool.dir",
  placeholder: "DIR",
  default: "",
  help:
    "Directory that keeps what comes in until all sinks have it: nothing is lost in a crash or while a sink is away. Default: in memory",
  parse: anyText,
};

export const spoolMaxBytesFlag: Flag<number | undefined> = {
  name: "spool-max-bytes",
  key: "spool.max_bytes",
  placeholder: "SIZE",
  default: "",
  initial: undefined,
  help:
    "Size of the spool; when it is full, reading from the routers stops. Default: the smaller of 10 GiB and half of the free space",
  parse: size(64 * MIB, 1024 * 1024 * 1024 * MIB),
};

export const spoolMinFreeBytesFlag: Flag<number> = {
  name: "spool-min-free-bytes",
  key: "spool.min_free_bytes",
  placeholder: "SIZE",
  default: "1GiB",
  help: "Of the file system of the spool so much is left free",
  parse: size(MIB, 1024 * 1024 * MIB),
};

export const spoolFsyncFlag: Flag<FsyncMode> = {
  name: "spool-fsync",
  key: "spool.fsync",
  placeholder: "WHEN",
  default: "interval",
  help:
    "interval, always or never: when what is written is made to survive a power cut; always: before it is delivered. A crash of the collector it survives in any case",
  parse: oneOf(FSYNC_MODES),
};

export const spoolIntervalMsFlag: Flag<number> = {
  name: "spool-interval-ms",
  key: "spool.interval_ms",
  placeholder: "MS",
  default: "1000",
  help: "Of --spool-fsync, and of writing down what sinks have acknowledged",
  parse: integer(10, 60_000),
};

export const spoolCompressFlag: Flag<boolean> = {
  name: "spool-compress",
  key: "spool.compress",
  placeholder: "BOOL",
  default: "false",
  help: "Compresses the spool with zstd",
  parse: parseBoolean,
};

export const SPOOL_FLAGS: readonly Flag[] = [
  spoolDirFlag,
  spoolMaxBytesFlag,
  spoolMinFreeBytesFlag,
  spoolFsyncFlag,
  spoolIntervalMsFlag,
  spoolCompressFlag,
];

/** What the flags say about the journal on disk. */
export interface SpoolConfig {
  /** Empty: the journal is in memory. */
  readonly dir: string;
  readonly bytesMax: number | undefined;
  readonly freeBytesMin: number;
  readonly fsync: FsyncMode;
  readonly intervalMs: number;
  readonly isCompressed: boolean;
}

export function spoolConfig(flags: FlagSource): SpoolConfig {
  return {
    dir: flags.get(spoolDirFlag),
    bytesMax: flags.get(spoolMaxBytesFlag),
    freeBytesMin: flags.get(spoolMinFreeBytesFlag),
    fsync: flags.get(spoolFsyncFlag),
    intervalMs: flags.get(spoolIntervalMsFlag),
    isCompressed: flags.get(spoolCompressFlag),
  };
}
