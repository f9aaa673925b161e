/** The counts that a formatter keeps while it decodes, as metrics. */
import type { DecodeCount, DecodeCounts } from "../formats/counts.ts";
import type { Metrics } from "../ops/metrics.ts";

interface DecodeMetric {
  readonly name: string;
  /** What the counts' labels are. */
  readonly label: string;
  readonly help: string;
}

/** By the name that the formats use. */
const DECODE_METRICS: Readonly<Record<DecodeCount, DecodeMetric>> = {
  routes_announced: {
    name: "edgebmp_routes_announced_total",
    label: "family",
    help: "Routes announced, by address family",
  },
  routes_withdrawn: {
    name: "edgebmp_routes_withdrawn_total",
    label: "family",
    help: "Routes withdrawn, also those that RFC 7606 treats as withdrawn, by address family",
  },
  end_of_rib: {
    name: "edgebmp_end_of_rib_total",
    label: "family",
    help: "End-of-RIB markers, by address family",
  },
  unknown_families: {
    name: "edgebmp_unknown_family_total",
    label: "family",
    help: "UPDATEs whose routes were kept as hex, by address family",
  },
  peer_events: {
    name: "edgebmp_peer_events_total",
    label: "event",
    help: "Peers that went up or down; down_synthetic: because their session ended",
  },
  decode_errors: {
    name: "edgebmp_decode_errors_total",
    label: "code",
    help: "Malformed contents of messages, by error code",
  },
  assumed_readings: {
    name: "edgebmp_assumed_readings_total",
    label: "reading",
    help: "Messages that were read against what Peer Up said, or without one",
  },
};

/** Moves what was counted since the last call into the metrics. */
export function takeDecodeCounts(counts: DecodeCounts, metrics: Metrics): void {
  counts.drain((count, label, value) => {
    const { name, help, label: labelName } = DECODE_METRICS[count];
    metrics.counter(name, help).with({ [labelName]: label }).add(value);
  });
}
