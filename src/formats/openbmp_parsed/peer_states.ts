/** What the database has of peers, over all sessions of their routers. */

/** Of further peers the times are not kept in order. */
const STATES_MAX = 100_000;
/** So many of the oldest ones are looked at for one that can go. */
const LOOKS = 8;

/**
 * What the database has of one peer hash. A row of a peer deletes its routes with an older time, and kinds of rows are written in any order, so
 * that times have to rise: Peer Up, routes, Peer Down, and the next Peer Up, perhaps of another session.
 */
export class PeerState {
  readonly hash: string;
  /** Whether the database has the peer as up. */
  isKnown = false;
  /** Time of the last up or first. */
  floorUs = 0;
  /** The latest time of any row. */
  newestUs = 0;

  constructor(hash: string) {
    this.hash = hash;
  }

  /** The time of a route row. */
  routeTime(us: number): number {
    const time = Math.max(us, this.floorUs);
    if (time > this.newestUs) this.newestUs = time;
    return time;
  }

  /**
   * The time of an up or first. A further Peer Up of a peer that is up (Huawei sends one per address family) keeps the time of the first:
   * a later one would delete the routes between them.
   */
  upTime(us: number): number {
    if (!this.isKnown) this.floorUs = this.newestUs = Math.max(us, this.newestUs);
    this.isKnown = true;
    return this.floorUs;
  }

  /** The time of a down: later than that of any route, which it has to delete. */
  downTime(us: number): number {
    this.isKnown = false;
    return this.newestUs = Math.max(us, this.newestUs + 1);
  }
}

export class PeerStates {
  readonly #byHash = new Map<string, PeerState>();

  /** By the peer's hash, which has the router's in it. */
  of(peerHash: string): PeerState {
    const states = this.#byHash;
    let state = states.get(peerHash);
    if (state !== undefined) return state;
    state = new PeerState(peerHash);
    if (states.size >= STATES_MAX) this.#makeRoom();
    if (states.size < STATES_MAX) states.set(peerHash, state);
    return state;
  }

  /** Forgets a peer that is down. */
  #makeRoom(): void {
    for (const [hash, state] of [...this.#byHash.entries().take(LOOKS)]) {
      this.#byHash.delete(hash);
      if (!state.isKnown) return;
      this.#byHash.set(hash, state);
    }
  }
}
