/** What a sink is: it takes batches of records and says when they are safe. */
import type { Output } from "../formats/output.ts";

export interface Sink {
  readonly name: string;
  /** Batches that may be under way at once; 1 for a sink that can only wait. */
  readonly inFlightMax: number;
  /** Connects, opens. @throws when the configuration can never work. */
  open(): Promise<void>;
  /**
   * Delivers a batch. Resolves when it is acknowledged (Kafka, JetStream) or written (file, console); the batch is the
   * sink's until then. Rejects only when the sink cannot go on at all (the pipeline then stops the collector with
   * this error); what can be retried, the sink retries itself, and reports.
   *
   * @param release called, by a sink that holds records back, when only such ones are missing: the batch is the caller's again, and does
   *   not count as under way
   */
  deliver(batch: Output, release?: () => void): Promise<void>;
  /** Tries whether it can be reached, in place of {@linkcode Sink.open}: connects, logs in, and ends. @throws when not */
  check?(): Promise<void>;
  /** What last failed and was tried again, for people; without secrets. Undefined: nothing has. */
  readonly lastError?: string | undefined;
  /** SIGHUP: files are closed and opened again. */
  reopen?(): Promise<void>;
  /** Flushes and closes, at most until `signal` aborts. Idempotent. */
  close(signal: AbortSignal): Promise<void>;
}
