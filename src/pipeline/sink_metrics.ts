/** What is counted of each sink. */
import type { Counter, Metrics } from "../ops/metrics.ts";

/** Series of one sink. */
export interface SinkMetrics {
  readonly records: Counter;
  readonly bytes: Counter;
  readonly batches: Counter;
  readonly inFlightBytes: Counter;
  readonly lagBytes: Counter;
  readonly lagMessages: Counter;
  readonly lagSeconds: Counter;
  readonly abandonedBytes: Counter;
  readonly formatterFailures: Counter;
  /** By router. */
  readonly lostMessages: (router: string) => Counter;
}

export function declareSinkMetrics(metrics: Metrics, sink: string): SinkMetrics {
  const labels = { sink };
  const lostMessages = metrics.counter(
    "edgebmp_sink_lost_messages_total",
    "Messages that the journal no longer had for the sink, by router",
  );
  return {
    records: metrics.counter("edgebmp_sink_records_total", "Records that the sink has acknowledged")
      .with(labels),
    bytes: metrics.counter(
      "edgebmp_sink_bytes_total",
      "Bytes of records that the sink has acknowledged",
    ).with(labels),
    batches: metrics.counter("edgebmp_sink_batches_total", "Batches that the sink has acknowledged")
      .with(labels),
    inFlightBytes: metrics.gauge(
      "edgebmp_sink_in_flight_bytes",
      "Bytes of records that the sink has not acknowledged",
    )
      .with(labels),
    lagBytes: metrics.gauge(
      "edgebmp_sink_lag_bytes",
      "Journal bytes that are not delivered to the sink",
    ).with(labels),
    lagMessages: metrics.gauge(
      "edgebmp_sink_lag_messages",
      "Journal entries that are not delivered to the sink; those that it has not read are estimated from their bytes",
    ).with(labels),
    lagSeconds: metrics.gauge(
      "edgebmp_sink_lag_seconds",
      "Time since the receipt of the last entry that was delivered to the sink, if there are others behind it",
    ).with(labels),
    abandonedBytes: metrics.counter(
      "edgebmp_sink_abandoned_bytes_total",
      "Journal bytes that were not delivered when the collector had to stop",
    ).with(labels),
    formatterFailures: metrics.counter(
      "edgebmp_formatter_failures_total",
      "Journal entries skipped because the formatter failed (a bug: faults in messages become records)",
    ).with(labels),
    lostMessages: (router) => lostMessages.with({ sink, router }),
  };
}
