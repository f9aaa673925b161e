/** The brokers of a cluster: one connection to each that is needed, and what they say about topics and leaders. */
import type { Address, Broker, Dialer, Metadata } from "./broker.ts";

export interface ClusterOptions {
  readonly dialer: Dialer;
  /** Where to ask first. At least one. */
  readonly bootstrap: readonly Address[];
  /** Whether brokers may make topics that are asked for, if they are set up so. */
  readonly autoCreate: boolean;
  /** Called with what each refresh brings. */
  readonly onMetadata: (metadata: Metadata) => void;
}

export class Cluster {
  readonly #options: ClusterOptions;
  /** Names to ask for. */
  readonly topics: Set<string> = new Set();
  readonly #open = new Map<string, Broker>();
  readonly #dialing = new Map<string, Promise<Broker>>();
  /** By address, higher is later: who failed last is asked last. A frozen broker still takes connections. */
  readonly #failures = new Map<string, number>();
  #failureCount = 0;
  #metadata: Metadata | undefined = undefined;
  #refreshing: Promise<Metadata> | undefined = undefined;
  #isClosed = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  /** What is known; undefined before the first refresh. */
  get metadata(): Metadata | undefined {
    return this.#metadata;
  }

  /** Asks a broker; calls at the same time share one question. */
  refresh(): Promise<Metadata> {
    return this.#refreshing ??= this.ask((broker) =>
      broker.metadata([...this.topics], this.#options.autoCreate)
    ).then((metadata) => {
      this.#metadata = metadata;
      this.#options.onMetadata(metadata);
      return metadata;
    }).finally(() => {
      this.#refreshing = undefined;
    });
  }

  /** Asks any broker, the next one when the question gets no answer. */
  async ask<T>(question: (broker: Broker) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const address of this.#candidates()) {
      try {
        return await question(await this.connect(address));
      } catch (error) {
        this.#failures.set(nameOf(address), ++this.#failureCount);
        failure = error;
      }
    }
    throw failure;
  }

  /** The connection to a broker, a new one if there is none. */
  connect(address: Address): Promise<Broker> {
    const name = nameOf(address);
    const open = this.#open.get(name);
    if (open?.isOpen) return Promise.resolve(open);
    let dialing = this.#dialing.get(name);
    if (dialing === undefined) {
      dialing = this.#dial(name, address).finally(() => this.#dialing.delete(name));
      this.#dialing.set(name, dialing);
    }
    return dialing;
  }

  close(): void {
    this.#isClosed = true;
    for (const broker of this.#open.values()) broker.close();
  }

  async #dial(name: string, address: Address): Promise<Broker> {
    const broker = await this.#options.dialer.dial(address);
    if (this.#isClosed) {
      broker.close();
      throw new Error(`Cannot use the connection to ${name}: the sink is closed`);
    }
    this.#open.set(name, broker);
    return broker;
  }

  /** Connected ones first, then those that failed longest ago. */
  #candidates(): Address[] {
    const addresses = new Map(
      [...this.#metadata?.brokers.values() ?? [], ...this.#options.bootstrap]
        .map((address) => [nameOf(address), address]),
    );
    const rank = (address: Address) => {
      const name = nameOf(address);
      const failure = this.#failures.get(name) ?? 0;
      return this.#open.get(name)?.isOpen ? failure - 0.5 : failure;
    };
    return [...addresses.values()].sort((a, b) => rank(a) - rank(b));
  }
}

/** E.g. `10.0.0.1:9092`, `[::1]:9092`. */
export function nameOf({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
