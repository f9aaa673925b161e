/** What is counted of each upstream. */
import type { Counter, Metrics } from "../ops/metrics.ts";

/** Series of one upstream. */
export interface UpstreamMetrics {
  readonly sessions: Counter;
  readonly connections: Counter;
  readonly bytes: Counter;
  readonly messages: Counter;
  readonly filtered: Counter;
  /** By reason. */
  readonly failures: (reason: FailureReason) => Counter;
  readonly resets: Counter;
  readonly resumes: Counter;
  readonly rewoundBytes: Counter;
  /** By reason. */
  readonly gaps: (reason: string) => Counter;
  readonly lagBytes: Counter;
  readonly lagSeconds: Counter;
}

/** Why a connection is of no more use, or did not come about. */
export type FailureReason = "connect" | "lost" | "stalled";

export function declareUpstreamMetrics(metrics: Metrics, upstream: string): UpstreamMetrics {
  const labels = { upstream };
  const failures = metrics.counter(
    "edgebmp_upstream_failures_total",
    "Connections to the upstream that failed, by reason: connect (none came about), lost, stalled (it took nothing for too long)",
  );
  const gaps = metrics.counter(
    "edgebmp_upstream_gaps_total",
    "Sessions of which the upstream misses messages, so that their routers are reset, by reason: held (more waited for a connection than may), journal (what it misses is gone), superseded (too many later sessions of the router waited)",
  );
  return {
    sessions: metrics.gauge(
      "edgebmp_upstream_sessions",
      "Sessions of routers that the upstream is to have and has not had to their end",
    ).with(labels),
    connections: metrics.gauge(
      "edgebmp_upstream_connections",
      "Connections to the upstream that stand",
    ).with(labels),
    bytes: metrics.counter(
      "edgebmp_upstream_bytes_total",
      "Bytes of messages written to the upstream, repeats included",
    ).with(labels),
    messages: metrics.counter(
      "edgebmp_upstream_messages_total",
      "Messages written to the upstream, repeats included",
    ).with(labels),
    filtered: metrics.counter(
      "edgebmp_upstream_filtered_messages_total",
      "Messages that the upstream's filter left out",
    ).with(labels),
    failures: (reason) => failures.with({ upstream, reason }),
    resets: metrics.counter(
      "edgebmp_upstream_resets_total",
      "Sessions of routers that were closed so that the upstream gets everything again",
    ).with(labels),
    resumes: metrics.counter(
      "edgebmp_upstream_resumes_total",
      "Connections that began with the peers that were up and went on from there",
    ).with(labels),
    rewoundBytes: metrics.counter(
      "edgebmp_upstream_rewound_bytes_total",
      "Bytes that had been written and were to be written again after a lost connection",
    ).with(labels),
    gaps: (reason) => gaps.with({ upstream, reason }),
    lagBytes: metrics.gauge(
      "edgebmp_upstream_lag_bytes",
      "Journal bytes from the oldest message on that the upstream may still need",
    ).with(labels),
    lagSeconds: metrics.gauge(
      "edgebmp_upstream_lag_seconds",
      "Time for which the session that waits longest has had something that is not written",
    ).with(labels),
  };
}
