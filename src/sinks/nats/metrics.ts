/** What a NATS sink counts. Records and bytes that are delivered, and the lag, are counted by its pipeline. */
import type { Counter, Metrics } from "../../ops/metrics.ts";
import { SinkHealth } from "../health.ts";

export interface NatsMetrics {
  readonly connected: Counter;
  readonly inFlight: Counter;
  readonly resent: Counter;
  readonly duplicates: Counter;
  readonly ownRecordsDropped: Counter;
  readonly health: SinkHealth;
}

export function declareMetrics(metrics: Metrics, sink: string): NatsMetrics {
  const labels = { sink };
  const counter = (name: string, help: string) => metrics.counter(name, help).with(labels);
  const gauge = (name: string, help: string) => metrics.gauge(name, help).with(labels);
  return {
    connected: gauge("edgebmp_nats_connected", "Whether there is a connection to a server: 0 or 1"),
    inFlight: gauge("edgebmp_nats_in_flight_records", "Records sent and not acknowledged"),
    resent: counter(
      "edgebmp_nats_resent_records_total",
      "Records sent again, because they or one before them had failed",
    ),
    duplicates: counter(
      "edgebmp_nats_duplicates_total",
      "Records that the stream had already, by its duplicate window",
    ),
    ownRecordsDropped: counter(
      "edgebmp_nats_own_records_dropped_total",
      "Records on subjects edgebmp.* left out because these may not be written",
    ),
    health: new SinkHealth(metrics, sink),
  };
}
