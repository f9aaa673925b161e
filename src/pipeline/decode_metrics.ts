/** The counts that a formatter keeps while it decodes, as metrics. */
import type { DecodeCount, DecodeCounts } from "../formats/counts.ts";
import type { Entry } from "../journal/types.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { LiveView } from "./live/live_view.ts";

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

/** Up to where the entries of a journal are counted, however many pipelines decode them. */
export class DecodeMeter {
  position = 0;
  /** Ordinal of the next record of the entry there. */
  part = 0;
  /** @param live told of each entry by whoever decodes it first */
  constructor(readonly live?: LiveView) {}
}

/** What one pipeline decodes: counted for entries to which it comes first. */
export class DecodeShare {
  readonly #meter: DecodeMeter;
  readonly #counts: DecodeCounts | undefined;
  readonly #metrics: Metrics;
  /** Whether the formatter's counts are of entries that nobody has counted before. */
  #isNew = false;

  constructor(meter: DecodeMeter, counts: DecodeCounts | undefined, metrics: Metrics) {
    this.#meter = meter;
    this.#counts = counts;
    this.#metrics = metrics;
  }

  /** To be called before records are written, of the entry at a journal position from an ordinal on. */
  start(position: number, part: number, entry: Entry): void {
    // Who does not decode must not count for those who do.
    if (this.#counts === undefined) return;
    const meter = this.#meter;
    const isNew = position > meter.position ||
      (position === meter.position && part >= meter.part);
    if (isNew !== this.#isNew) this.#switchTo(isNew);
    this.#counts.tally = isNew ? meter.live?.entry(entry, part === 0) : undefined;
  }

  /** A gap begins at a journal position. */
  gap(position: number): void {
    if (this.#isFirstAt(position)) this.#meter.live?.gap();
  }

  /** An entry of the keyframe at a journal position. */
  keyframe(position: number, entry: Entry): void {
    if (this.#isFirstAt(position)) this.#meter.live?.take(entry);
  }

  /** The end of the keyframe at a journal position. */
  endKeyframe(position: number, isInGap: boolean): void {
    if (isInGap && this.#isFirstAt(position)) this.#meter.live?.endGap();
  }

  #isFirstAt(position: number): boolean {
    return this.#counts !== undefined && position >= this.#meter.position;
  }

  /** To be called behind them; where to go on. */
  end(position: number, part: number): void {
    if (!this.#isNew) return;
    this.#meter.position = position;
    this.#meter.part = part;
  }

  /** What comes now is counted elsewhere. */
  skip(): void {
    if (this.#counts !== undefined) this.#counts.tally = undefined;
    if (this.#isNew) this.#switchTo(false);
  }

  /** Moves what was counted into the metrics. */
  take(): void {
    if (this.#counts === undefined) return;
    if (this.#isNew) takeDecodeCounts(this.#counts, this.#metrics);
    else this.#counts.drain(() => {});
  }

  #switchTo(isNew: boolean): void {
    this.take();
    this.#isNew = isNew;
  }
}
