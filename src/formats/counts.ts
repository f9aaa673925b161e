/** What a format counts while it decodes: plain values, which the pipeline's owner turns into metrics. */

/** All that is counted, each by a label. */
export const DECODE_COUNTS = [
  "routes_announced",
  "routes_withdrawn",
  "end_of_rib",
  "unknown_families",
  "peer_events",
  "decode_errors",
  "assumed_readings",
] as const;
export type DecodeCount = typeof DECODE_COUNTS[number];

/** Labels of one count; further ones, which only a sender could think up, are counted together. */
const LABELS_MAX = 256;
const OTHER_LABEL = "other";

/** Where the counts of one message also go, for whoever keeps them by peer. */
export interface DecodeTally {
  add(name: DecodeCount, label: string, count: number): void;
}

export class DecodeCounts {
  /** Of the message under way. */
  tally: DecodeTally | undefined = undefined;
  /** By label, e.g. `ipv4-unicast`. A label stays for good, so that also those over all drains are bounded. */
  readonly #labels: ReadonlyMap<DecodeCount, Map<string, number>> = new Map(
    DECODE_COUNTS.map((name) => [name, new Map()]),
  );

  add(name: DecodeCount, label: string, count: number): void {
    this.tally?.add(name, label, count);
    const labels = this.#labels.get(name)!;
    const before = labels.get(label);
    if (before !== undefined) labels.set(label, before + count);
    else if (labels.size < LABELS_MAX) labels.set(label, count);
    else labels.set(OTHER_LABEL, (labels.get(OTHER_LABEL) ?? 0) + count);
  }

  /** Hands over what was counted since the last call. */
  drain(take: (name: DecodeCount, label: string, count: number) => void): void {
    for (const [name, labels] of this.#labels) {
      for (const [label, count] of labels) {
        if (count === 0) continue;
        take(name, label, count);
        labels.set(label, 0);
      }
    }
  }
}
