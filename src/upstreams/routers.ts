/** The lanes of an upstream, by router: those of one router run one after the other, so that its sessions do not overlap there. */
import type { SessionInfo } from "../journal/types.ts";
import { Backoff } from "../ops/backoff.ts";
import type { Lane, RouterState } from "./lane.ts";

/** Sessions of one router that wait at most: a router that comes and goes while its upstream is away must not fill the memory. */
const LANES_MAX = 64;
/** So long a router that is not there keeps its back-off, and a connection for its next session. */
const KEEP_MS = 60_000;

interface Router extends RouterState {
  /** The first one runs. */
  readonly lanes: Lane[];
  emptySinceMs: number;
}

export class Routers {
  readonly #routers = new Map<string, Router>();
  readonly #onEnded: (lane: Lane) => void;
  #isStarted = false;

  /** @param onEnded called when a lane is through */
  constructor(onEnded: (lane: Lane) => void) {
    this.#onEnded = onEnded;
  }

  /** What the sessions of a router share. Parallel sessions of one source are of as many routers. */
  of(info: SessionInfo): RouterState {
    return this.#of(keyOf(info));
  }

  add(lane: Lane): void {
    const router = this.#of(keyOf(lane.info));
    router.lanes.push(lane);
    if (router.lanes.length > LANES_MAX) {
      const superseded = router.lanes.find((each, i) => i > 0 && !each.isGivenUp);
      superseded?.miss("superseded");
    }
    if (this.#isStarted && router.lanes.length === 1) this.#run(router);
  }

  /** Lanes run from now on. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    for (const router of this.#routers.values()) if (router.lanes.length > 0) this.#run(router);
  }

  /** To be called now and then. */
  sweep(nowMs: number): void {
    for (const [key, { lanes, emptySinceMs, spare }] of this.#routers) {
      if (lanes.length > 0 || nowMs - emptySinceMs < KEEP_MS) continue;
      spare?.close();
      this.#routers.delete(key);
    }
  }

  abort(): void {
    for (const { lanes, spare } of this.#routers.values()) {
      spare?.close();
      for (const lane of lanes) lane.abort();
    }
  }

  #of(key: string): Router {
    let router = this.#routers.get(key);
    if (router === undefined) {
      router = {
        lanes: [],
        backoff: new Backoff(),
        hasFailed: false,
        spare: undefined,
        emptySinceMs: 0,
      };
      this.#routers.set(key, router);
    }
    return router;
  }

  async #run(router: Router): Promise<void> {
    for (let lane = router.lanes[0]; lane !== undefined; lane = router.lanes[0]) {
      await lane.run();
      router.lanes.shift();
      router.emptySinceMs = performance.now();
      this.#onEnded(lane);
    }
  }
}

function keyOf({ source, listener, parallel, session }: SessionInfo): string {
  return parallel ? session : `${listener} ${source}`;
}
