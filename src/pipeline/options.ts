/** What a pipeline is made of. */
import type { CountingFormatter } from "../formats/spec.ts";
import type { Journal, WhenFull } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Sink } from "../sinks/sink.ts";
import type { DecodeMeter } from "./decode_metrics.ts";
import type { Window } from "./window.ts";

/** From 128 KiB to 1 MiB a batch, journal to file measured the same within the noise (2-4 ms of CPU a MiB): the small end saves memory. */
export const BATCH_BYTES_DEFAULT = 256 * 1024;

export interface PipelineOptions {
  journal: Journal;
  formatter: CountingFormatter;
  /** Opened and closed by its owner. Its name is the name of the journal reader and the label of the metrics. */
  sink: Sink;
  /** Whether records are wrapped as lines, see {@linkcode Output}. */
  lines: boolean;
  /** Where it starts if the journal does not know its sink. */
  from?: "oldest" | "newest";
  /** Whether a full journal waits for it. */
  whenFull?: WhenFull;
  /** A batch is delivered once it is this large, in bytes. */
  batchBytes?: number;
  /** A batch that is not full waits so long for more. */
  batchMs?: number;
  /** So often the formatter is asked for a sign of life, in milliseconds; 0: never. */
  heartbeatMs?: number;
  /** Bytes of batches under way at most, `max_in_flight_bytes`; a single larger batch passes alone. */
  inFlightBytesMax?: number;
  /** What it shares with others of its format, `batchBytes` and `lines`, and which of their filters is its own. */
  shared?: { readonly window: Window; readonly member: number };
  /** Shared by all pipelines of a journal. */
  meter?: DecodeMeter;
  metrics: Metrics;
  log: Log;
}
