/** What a format counts while it decodes: plain values, which the pipeline's owner turns into metrics. */

export class DecodeCounts {
  /** By count and label, e.g. `routes_announced` and `ipv4-unicast`. */
  readonly #counts = new Map<string, Map<string, number>>();

  add(name: string, label: string, count: number): void {
    let labels = this.#counts.get(name);
    if (labels === undefined) {
      labels = new Map();
      this.#counts.set(name, labels);
    }
    labels.set(label, (labels.get(label) ?? 0) + count);
  }

  /** Hands over what was counted since the last call. */
  drain(take: (name: string, label: string, count: number) => void): void {
    for (const [name, labels] of this.#counts) {
      for (const [label, count] of labels) take(name, label, count);
      labels.clear();
    }
  }
}
