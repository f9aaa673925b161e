/** Sinks and upstreams as the API shows them: what their metrics say. */
import type { Metrics } from "../../metrics.ts";
import type { SinkState, UpstreamState } from "../source.ts";

/** Member of a row, and the metric with the label `sink` that it shows. */
const NUMBERS: readonly (readonly [string, string])[] = [
  ["lag_messages", "edgebmp_sink_lag_messages"],
  ["lag_bytes", "edgebmp_sink_lag_bytes"],
  ["lag_seconds", "edgebmp_sink_lag_seconds"],
  ["in_flight_bytes", "edgebmp_sink_in_flight_bytes"],
  ["records", "edgebmp_sink_records_total"],
  ["bytes", "edgebmp_sink_bytes_total"],
  ["batches", "edgebmp_sink_batches_total"],
  ["retries", "edgebmp_sink_retries_total"],
  ["lost_messages", "edgebmp_sink_lost_messages_total"],
  ["dead_letters", "edgebmp_dead_letters_total"],
];

const TIMES: readonly (readonly [string, string])[] = [
  ["last_success_at", "edgebmp_sink_last_success_timestamp_seconds"],
  ["last_error_at", "edgebmp_sink_last_error_timestamp_seconds"],
];

export function sinkRow(sink: SinkState, metrics: Metrics): Record<string, unknown> {
  const { name, type, format, output, waitsFor, lastError } = sink;
  return {
    name,
    type,
    format,
    output,
    waits_for: waitsFor ?? null,
    ...Object.fromEntries(NUMBERS.map(([key, metric]) => [key, metrics.sum(metric, "sink", name)])),
    ...Object.fromEntries(TIMES.map(([key, metric]) => {
      const seconds = metrics.sum(metric, "sink", name);
      return [key, seconds === 0 ? null : new Date(seconds * 1000).toISOString()];
    })),
    last_error: lastError ?? null,
  };
}

/** Member of a row, and the metric with the label `upstream` that it shows. */
const UPSTREAM_NUMBERS: readonly (readonly [string, string])[] = [
  ["sessions", "edgebmp_upstream_sessions"],
  ["connections", "edgebmp_upstream_connections"],
  ["lag_bytes", "edgebmp_upstream_lag_bytes"],
  ["lag_seconds", "edgebmp_upstream_lag_seconds"],
  ["messages", "edgebmp_upstream_messages_total"],
  ["bytes", "edgebmp_upstream_bytes_total"],
  ["failures", "edgebmp_upstream_failures_total"],
  ["resets", "edgebmp_upstream_resets_total"],
  ["gaps", "edgebmp_upstream_gaps_total"],
];

export function upstreamRow(
  { name, output, waitsFor }: UpstreamState,
  metrics: Metrics,
): Record<string, unknown> {
  return {
    name,
    output,
    waits_for: waitsFor ?? null,
    ...Object.fromEntries(
      UPSTREAM_NUMBERS.map(([key, metric]) => [key, metrics.sum(metric, "upstream", name)]),
    ),
  };
}
