/** What can be set about the journal on disk. */
import type { Log } from "../../ops/log.ts";
import type { Metrics } from "../../ops/metrics.ts";

/** When what is written is made to survive a power cut: before it counts as appended, in intervals, or when the system likes. */
export const FSYNC_MODES = ["interval", "always", "never"] as const;
export type FsyncMode = typeof FSYNC_MODES[number];

export interface DiskJournalOptions {
  /** Bytes of all segments at most; undefined: the smaller of 10 GiB and half of what is free. */
  readonly bytesMax?: number | undefined;
  /** Bytes of the file system that are left free. */
  readonly freeBytesMin?: number;
  /** Bytes of entries in memory at most: those that are not written yet, and the newest ones for readers that keep up. */
  readonly memoryBytesMax?: number;
  /** A segment ends at about this size, or later if its keyframe would be more than an eighth of it. */
  readonly segmentBytes?: number;
  readonly fsync?: FsyncMode;
  /** Of fsync, and of the file of cursors, in milliseconds. */
  readonly intervalMs?: number;
  /** Whether blocks are compressed. */
  readonly isCompressed?: boolean;
  /** What failed on the disk is tried again after this long, in milliseconds. */
  readonly retryMs?: number;
  /** Called when the journal no longer needs the directory. */
  readonly onFinished?: () => void;
  /** Microseconds since 1970. */
  readonly nowUs: () => number;
  readonly metrics: Metrics;
  readonly log: Log;
}

export type Settings =
  & Required<Omit<DiskJournalOptions, "bytesMax">>
  & { readonly bytesMax: number };

export const DISK_MEMORY_BYTES_MAX = 16 * 1024 * 1024;

export const DEFAULTS = {
  freeBytesMin: 1024 ** 3,
  memoryBytesMax: DISK_MEMORY_BYTES_MAX,
  segmentBytes: 64 * 1024 * 1024,
  fsync: "interval",
  intervalMs: 1000,
  isCompressed: false,
  retryMs: 1000,
  onFinished: () => {},
} as const;

export const BYTES_MAX_DEFAULT = 10 * 1024 ** 3;
