/** What a Kafka sink counts. Records and bytes that are delivered, and the lag, are counted by its pipeline. */
import type { Counter, Metric, Metrics } from "../../ops/metrics.ts";
import { SinkHealth } from "../health.ts";

export interface KafkaMetrics {
  readonly batches: Counter;
  readonly batchBytes: Counter;
  readonly batchRecords: Counter;
  readonly inFlight: Counter;
  readonly held: Counter;
  readonly producerIds: Counter;
  readonly ownRecordsDropped: Counter;
  readonly missingTopics: Counter;
  readonly health: SinkHealth;
  /** By the label `error`: the name of Kafka's code, or `CONNECTION`. */
  readonly errors: Metric;
}

export function declareMetrics(metrics: Metrics, sink: string): KafkaMetrics {
  const labels = { sink };
  const counter = (name: string, help: string) => metrics.counter(name, help).with(labels);
  const gauge = (name: string, help: string) => metrics.gauge(name, help).with(labels);
  return {
    batches: counter(
      "edgebmp_kafka_batches_total",
      "Record batches that all in-sync replicas acknowledged",
    ),
    batchBytes: counter(
      "edgebmp_kafka_batch_bytes_total",
      "Bytes of acknowledged record batches, as compressed",
    ),
    batchRecords: counter(
      "edgebmp_kafka_batch_records_total",
      "Records in acknowledged record batches",
    ),
    inFlight: gauge("edgebmp_kafka_in_flight_batches", "Record batches sent and not answered"),
    held: gauge(
      "edgebmp_kafka_held_records",
      "Records that wait for others to be acknowledged, and the time behind that",
    ),
    producerIds: counter(
      "edgebmp_kafka_producer_ids_total",
      "Producer ids taken; more than one means that brokers refused batches or lost track of them",
    ),
    ownRecordsDropped: counter(
      "edgebmp_kafka_own_records_dropped_total",
      "Records for topics edgebmp.* left out because these may not be made or written",
    ),
    missingTopics: gauge(
      "edgebmp_kafka_missing_topics",
      "Topics that there are not yet: a record for one waits, and all that come after it",
    ),
    health: new SinkHealth(metrics, sink),
    errors: metrics.counter("edgebmp_kafka_errors_total", "Failed requests by kind"),
  };
}
