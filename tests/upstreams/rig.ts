/** A listener, sessions, a journal and upstreams, with real sockets on loopback; what is started here is ended by `stop`. */
import net from "node:net";
import { defaultOf } from "../../src/cli/flag.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import type { Journal } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import { sessionLimits } from "../../src/sessions/limits.ts";
import { listenForRouters, type SessionListener } from "../../src/sessions/listener.ts";
import { Sessions } from "../../src/sessions/sessions.ts";
import type { UpstreamOptions } from "../../src/upstreams/options.ts";
import { Upstream } from "../../src/upstreams/upstream.ts";

export const MIB = 1024 * 1024;
export const runtime = await loadRuntime();

export const OPTIONS: UpstreamOptions = {
  name: "up",
  host: "127.0.0.1",
  port: 0,
  reconnect: "reset",
  rewindBytes: 8 * MIB,
  rewindMs: 60_000,
  filter: {
    routers: [],
    peers: [],
    families: [],
    policy: undefined,
    statisticsTimeout: undefined,
    routeMirroring: undefined,
  },
  proxyProtocol: false,
  sourceAddress: "",
  sysName: "",
  tls: undefined,
  connectTimeoutMs: 2000,
  stallTimeoutMs: 60_000,
  replaysMax: 8,
  resetIntervalMs: 10,
  optional: false,
};

export class Rig {
  readonly metrics = new Metrics();
  /** What was logged, one object per line. */
  readonly lines: Record<string, unknown>[] = [];
  readonly log = new Log("info", "json", (line) => void this.lines.push(JSON.parse(line)));
  readonly journal: Journal;
  readonly sessions: Sessions;
  readonly upstreams: Upstream[] = [];
  readonly #runs: Promise<void>[] = [];
  readonly #sockets: net.Socket[] = [];
  readonly #abort = new AbortController();
  listener!: SessionListener;

  private constructor(journal: (metrics: Metrics, log: Log) => Journal) {
    this.journal = journal(this.metrics, this.log);
    this.sessions = new Sessions({
      journal: this.journal,
      log: this.log,
      metrics: this.metrics,
      nowUs: () => Date.now() * 1000,
      limits: sessionLimits({ get: defaultOf, given: () => false }),
      sessionsMax: 1000,
    });
  }

  static async start(
    upstreams: readonly (Partial<UpstreamOptions> & { port: number })[],
    options: {
      journal?: (metrics: Metrics, log: Log) => Journal;
      heldBytesMax?: number;
      listeners?: readonly { address: string; port: number }[];
    } = {},
  ): Promise<Rig> {
    const { journal, heldBytesMax = 32 * MIB } = options;
    const rig = new Rig(journal ?? ((metrics) => new MemoryJournal({ metrics })));
    for (const own of upstreams) {
      const upstream = new Upstream({ ...OPTIONS, ...own }, {
        journal: rig.journal,
        runtime,
        metrics: rig.metrics,
        log: rig.log,
        listeners: () => options.listeners ?? [],
        resetSession: (session, detail) => rig.sessions.reset(session, detail),
        heldBytesMax: () => heldBytesMax,
        isAdded: false,
      });
      rig.upstreams.push(upstream);
    }
    rig.journal.complete?.();
    for (const upstream of rig.upstreams) {
      await upstream.open();
      rig.#runs.push(upstream.run(rig.#abort.signal));
    }
    rig.listener = await listenForRouters(runtime, rig.sessions, {
      address: "127.0.0.1",
      port: 0,
      parallel: false,
    });
    return rig;
  }

  /** A router: connects from an address of its own, as sessions of one address are those of one router. */
  async dial(localAddress = "127.0.0.1"): Promise<net.Socket> {
    const socket = net.connect({ port: this.listener.port, host: "127.0.0.1", localAddress });
    socket.on("error", () => {});
    this.#sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", () => resolve());
      socket.once("error", reject);
    });
    return socket;
  }

  events(name: string): Record<string, unknown>[] {
    return this.lines.filter((line) => line["event"] === name);
  }

  total(name: string): number {
    for (const upstream of this.upstreams) upstream.updateGauges();
    return this.metrics.total(name);
  }

  /** Ends the sessions and waits until the upstreams have had all. */
  async drain(): Promise<void> {
    this.listener.close();
    await this.sessions.stop();
    this.journal.close();
    await Promise.all(this.#runs);
    await this.journal.finish();
  }

  /** Ends everything at once. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#abort.abort();
    await Promise.all(this.#runs);
    await this.drain();
  }
}
