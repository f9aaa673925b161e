/** Since when routers can be accepted, or cannot, for the reasons that there are. */
export class Readiness {
  readonly #unreadiness: () => readonly string[];
  #sinceMs: number;
  #isReady = true;

  /** @param nowMs milliseconds since 1970 */
  constructor(unreadiness: () => readonly string[], nowMs: number) {
    this.#unreadiness = unreadiness;
    this.#sinceMs = nowMs;
  }

  /** As last looked at, milliseconds since 1970. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** The reasons; empty: none. To be called every few seconds. */
  look(nowMs: number): readonly string[] {
    const reasons = this.#unreadiness();
    const isReady = reasons.length === 0;
    if (isReady !== this.#isReady) {
      this.#isReady = isReady;
      this.#sinceMs = nowMs;
    }
    return reasons;
  }
}
