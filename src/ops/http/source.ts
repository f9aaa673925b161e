/** What the routes know of the collector. */
import type { Metrics } from "../metrics.ts";

export interface HttpSource {
  readonly version: string;
  /** E.g. `deno 2.9.5`. */
  readonly runtime: string;
  /** Name of the collector. */
  readonly collector: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly metrics: Metrics;
  /** Brings the metrics up to date. */
  updateMetrics(): void;
  /** Why no router can be accepted; empty: one can. */
  unreadiness(): readonly string[];
}
