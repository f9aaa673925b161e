/**
 * The metrics registry. Names are a contract: each metric is declared beside what it counts, with help and unit, and handles
 * are resolved before loops, so that counting is one addition.
 */

export interface Labels {
  readonly [name: string]: string;
}

/** One time series. */
export class Counter {
  value = 0;
  add(count: number): void {
    this.value += count;
  }
  set(value: number): void {
    this.value = value;
  }
}

interface Series {
  readonly labels: Labels;
  readonly counter: Counter;
}

/** A metric: a name and its series by label values. */
export class Metric {
  readonly #series = new Map<string, Series>();

  constructor(
    readonly name: string,
    readonly help: string,
    readonly type: "counter" | "gauge",
    readonly seriesMax: number,
  ) {}

  /** The series with these labels; the same handle every time. Past `seriesMax`, one shared series with the label `overflow`. */
  with(labels: Labels = {}): Counter {
    const id = JSON.stringify(labels);
    let series = this.#series.get(id);
    if (series === undefined) {
      if (this.#series.size >= this.seriesMax && !("overflow" in labels)) {
        return this.with({ overflow: "true" });
      }
      series = { labels, counter: new Counter() };
      this.#series.set(id, series);
    }
    return series.counter;
  }

  remove(labels: Labels): void {
    this.#series.delete(JSON.stringify(labels));
  }

  series(): Iterable<Series> {
    return this.#series.values();
  }
}

/** All metrics of one collector. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();

  counter(name: string, help: string, seriesMax = 1000): Metric {
    return this.#declare(name, help, "counter", seriesMax);
  }

  gauge(name: string, help: string, seriesMax = 1000): Metric {
    return this.#declare(name, help, "gauge", seriesMax);
  }

  #declare(name: string, help: string, type: "counter" | "gauge", seriesMax: number): Metric {
    if (!/^edgebmp_[a-z0-9_]+$/.test(name)) {
      throw new Error(
        `Cannot declare metric "${name}": names start with edgebmp_ and hold a-z, 0-9 and _`,
      );
    }
    let metric = this.#metrics.get(name);
    if (metric === undefined) {
      metric = new Metric(name, help, type, seriesMax);
      this.#metrics.set(name, metric);
    }
    return metric;
  }

  all(): Iterable<Metric> {
    return this.#metrics.values();
  }

  /** The sum over the series of a metric that have this value of a label, 0 if there is none. */
  sum(name: string, label: string, value: string): number {
    let sum = 0;
    for (const { labels, counter } of this.#metrics.get(name)?.series() ?? []) {
      if (labels[label] === value) sum += counter.value;
    }
    return sum;
  }

  /** The sum over all series of a metric, 0 if there is none; for tests and the log. */
  total(name: string): number {
    let sum = 0;
    for (const { counter } of this.#metrics.get(name)?.series() ?? []) sum += counter.value;
    return sum;
  }
}
