/** What is counted about sessions. */
import { MessageType } from "../bmp/peer_header.ts";
import type { EntryBatch } from "../journal/types.ts";
import type { Counter, Metric, Metrics } from "../ops/metrics.ts";

/** Label values of message types; others are `unknown`, so that a sender cannot make series. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  [MessageType.routeMonitoring]: "route_monitoring",
  [MessageType.statisticsReport]: "statistics_report",
  [MessageType.peerDown]: "peer_down",
  [MessageType.peerUp]: "peer_up",
  [MessageType.initiation]: "initiation",
  [MessageType.termination]: "termination",
  [MessageType.routeMirroring]: "route_mirroring",
};

export class SessionMetrics {
  readonly open: Counter;
  readonly limit: Counter;
  readonly opened: Counter;
  /** By `reason`. */
  readonly closed: Metric;
  /** By `reason`. */
  readonly refused: Metric;
  readonly acceptErrors: Counter;
  /** By `reason`. */
  readonly tlsFailures: Metric;
  /** By `listener`. */
  readonly tlsExpiry: Metric;
  /** By `code` and `looks_like`. */
  readonly frameErrors: Metric;
  readonly silences: Counter;
  readonly rests: Counter;
  /** By `limit`. */
  readonly exceeded: Metric;
  readonly waiting: Counter;
  readonly bytes: Counter;
  readonly partialBytes: Counter;
  readonly partialBytesLimit: Counter;
  /** By message type; all unknown types share one series. */
  readonly #messages: readonly Counter[];

  constructor(metrics: Metrics) {
    this.open = metrics.gauge(
      "edgebmp_sessions",
      "Sessions of routers whose close is not in the journal yet",
    ).with();
    this.limit = metrics.gauge("edgebmp_sessions_limit", "Limit of edgebmp_sessions").with();
    this.opened = metrics.counter("edgebmp_sessions_total", "Sessions opened").with();
    this.closed = metrics.counter(
      "edgebmp_sessions_closed_total",
      "Sessions closed, by reason: closed by the router, error, frame (not BMP), limit, denied (no longer on the lists), stop, reset (an upstream or an operator wants all anew)",
    );
    this.refused = metrics.counter(
      "edgebmp_session_refused_total",
      "Connections closed before they became a session, by reason: limit, source_limit, denied, not_allowed, identity_denied, " +
        "identity_not_allowed, proxy_missing, proxy_malformed, proxy_unlisted, proxy_timeout, proxy_closed, stop",
    );
    this.acceptErrors = metrics.counter(
      "edgebmp_accept_errors_total",
      "Connections that the system could not hand over",
    ).with();
    this.tlsFailures = metrics.counter(
      "edgebmp_tls_handshakes_failed_total",
      "Connections to listeners for TLS that came to nothing, by reason: not_tls, timeout, limit, closed, no_certificate, certificate, " +
        "handshake",
    );
    this.tlsExpiry = metrics.gauge(
      "edgebmp_tls_certificate_expiry_timestamp_seconds",
      "When the certificate of a listener expires, seconds since 1970, by listener",
    );
    this.frameErrors = metrics.counter(
      "edgebmp_frame_errors_total",
      "Sessions ended because the stream was not BMP, by code, and by looks_like: what its first bytes seem to be, such as TLS",
    );
    this.silences = metrics.counter(
      "edgebmp_session_idle_alarms_total",
      "Sessions that became silent for longer than the alarm allows",
    ).with();
    this.rests = metrics.counter(
      "edgebmp_session_rests_total",
      "Times that a session was not read from for a while because it sends too fast",
    ).with();
    this.exceeded = metrics.counter(
      "edgebmp_session_limits_exceeded_total",
      "Sessions closed because of a limit, by limit: partial_bytes, peers, first_message, idle, lists",
    );
    this.waiting = metrics.gauge(
      "edgebmp_sessions_waiting",
      "Sessions that are not read from because the journal is full",
    ).with();
    this.bytes = metrics.counter(
      "edgebmp_received_bytes_total",
      "Bytes received from routers",
    ).with();
    this.partialBytes = metrics.gauge(
      "edgebmp_sessions_partial_bytes",
      "Memory of messages that have come in part",
    ).with();
    this.partialBytesLimit = metrics.gauge(
      "edgebmp_sessions_partial_limit_bytes",
      "Limit of edgebmp_sessions_partial_bytes; past it the session with the largest part is closed",
    ).with();
    const messages = metrics.counter(
      "edgebmp_received_messages_total",
      "BMP messages received, by message type",
    );
    this.#messages = Array.from(
      { length: 256 },
      (_, type) => messages.with({ type: TYPE_NAMES[type] ?? "unknown" }),
    );
  }

  countMessages(batch: EntryBatch): void {
    const { sources, starts, count, routes } = batch;
    if (routes === count) {
      this.#messages[MessageType.routeMonitoring]!.value += count;
      return;
    }
    for (let i = 0; i < count; i++) this.#messages[sources[i]![starts[i]! + 5]!]!.value++;
  }
}
