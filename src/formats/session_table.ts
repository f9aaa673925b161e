/** The open sessions that a formatter knows, and which of them are of one router. */
import type { SessionInfo } from "../journal/types.ts";

export interface KnownSession {
  readonly info: SessionInfo;
  /** sysName of the Initiation, empty until it comes. */
  readonly name: string;
}

/** Other open sessions of the same router, in order of opening. */
export interface Siblings<Session> {
  readonly older: readonly Session[];
  readonly newer: readonly Session[];
}

export class SessionTable<Session extends KnownSession> {
  /** By the journal's number. */
  readonly #sessions = new Map<number, Session>();
  /** Of one source address, in order of opening. */
  readonly #bySource = new Map<string, Set<Session>>();

  get(number: number): Session | undefined {
    return this.#sessions.get(number);
  }

  /** The session of an entry behind its open entry, without which the journal gives none. */
  ofEntry(number: number): Session {
    const session = this.#sessions.get(number);
    if (session === undefined) {
      throw new Error(`Cannot format an entry of session ${number}: it was never opened`);
    }
    return session;
  }

  add(number: number, session: Session): void {
    this.#sessions.set(number, session);
    const { source } = session.info;
    const ofSource = this.#bySource.get(source);
    if (ofSource === undefined) this.#bySource.set(source, new Set([session]));
    else ofSource.add(session);
  }

  remove(number: number): void {
    const session = this.#sessions.get(number);
    if (session === undefined) return;
    this.#sessions.delete(number);
    const { source } = session.info;
    const ofSource = this.#bySource.get(source);
    ofSource?.delete(session);
    if (ofSource?.size === 0) this.#bySource.delete(source);
  }

  /** All, by number; in order of opening. */
  get all(): ReadonlyMap<number, Session> {
    return this.#sessions;
  }

  /** Those of the same router (source, listener, sysName) that are not declared parallel. */
  siblings(session: Session): Siblings<Session> {
    const { source, listener, parallel } = session.info;
    const older: Session[] = [];
    const newer: Session[] = [];
    if (parallel) return { older, newer };
    let side = older;
    for (const other of this.#bySource.get(source) ?? []) {
      if (other === session) {
        side = newer;
        continue;
      }
      if (other.info.listener === listener && !other.info.parallel && other.name === session.name) {
        side.push(other);
      }
    }
    return { older, newer };
  }
}
