/** Where a running collector listens for routers. Which places these are can change while it runs; open sessions stay. */
import type { ListenConfig } from "../cli/session_config.ts";
import type { Runtime } from "../runtime/types.ts";
import { listenForRouters, type SessionListener } from "../sessions/listener.ts";
import type { Sessions } from "../sessions/sessions.ts";

interface Listening {
  readonly config: ListenConfig;
  readonly listener: SessionListener;
}

export class ListenerSet {
  readonly #runtime: Runtime;
  readonly #sessions: Sessions;
  #all: Listening[] = [];

  constructor(runtime: Runtime, sessions: Sessions) {
    this.#runtime = runtime;
    this.#sessions = sessions;
  }

  /** E.g. `[::]:5000`, in the order of the configuration. */
  get names(): readonly string[] {
    return this.#all.map(({ listener }) => listener.name);
  }

  /**
   * Listens where a configuration says, and nowhere else, with certificates as their files are now; returns what has changed, for
   * people.
   *
   * @throws when an address cannot be bound, or certificates not be used; it listens where it did before then
   */
  async change(configs: readonly ListenConfig[]): Promise<string[]> {
    const before = this.#all;
    const kept = before.filter(({ config }) => configs.some((other) => isSame(config, other)));
    const gone = before.filter((each) => !kept.includes(each));
    const added = configs.filter((config) => !kept.some((each) => isSame(each.config, config)));
    const renewed: string[] = [];
    for (const { listener } of kept) {
      if (await listener.reloadCertificates()) renewed.push(listener.name);
    }
    const opened: Listening[] = [];
    // An address can be bound once only, so these are closed first.
    const closed = gone.filter(({ config }) =>
      added.some(({ address, port }) => port === config.port && address === config.address)
    );
    for (const { listener } of closed) listener.close();
    try {
      for (const config of added) opened.push(await this.#listen(config));
    } catch (error) {
      for (const { listener } of opened) listener.close();
      const again = await Promise.all(closed.map(({ config }) => this.#listen(config)));
      this.#all = [...before.filter((each) => !closed.includes(each)), ...again];
      throw error;
    }
    for (const each of gone) if (!closed.includes(each)) each.listener.close();
    const all = [...kept, ...opened];
    const unapplied = kept.filter(({ config }) => !configs.some((other) => isEqual(config, other)));
    this.#all = configs.map((config) => all.find((each) => isSame(each.config, config))!);
    return [
      ...renewed.map((name) => `certificates of ${name} changed`),
      ...opened.map(({ listener }) => `listener ${listener.name} added`),
      ...gone.map(({ listener }) => `listener ${listener.name} removed`),
      ...unapplied.map(({ listener }) =>
        `settings of ${listener.name} hold from the next start on`
      ),
    ];
  }

  close(): void {
    for (const { listener } of this.#all) listener.close();
  }

  async #listen(config: ListenConfig): Promise<Listening> {
    return { config, listener: await listenForRouters(this.#runtime, this.#sessions, config) };
  }
}

/** A socket that was handed over cannot be opened again: it keeps its settings until the next start. */
function isSame(a: ListenConfig, b: ListenConfig): boolean {
  return a.fd === undefined ? isEqual(a, b) : a.fd === b.fd;
}

/** Plain data. */
function isEqual(a: ListenConfig, b: ListenConfig): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
