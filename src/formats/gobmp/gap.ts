/** What a gap in the journal leaves behind: a record of it for each session that lost messages, and downs for what ended meanwhile. */
import { peerId } from "../../bmp/peer_table.ts";
import type { LostEntries } from "../formatter.ts";
import type { PeerFormatter } from "./peer.ts";
import type { Records } from "./records.ts";
import type { Session } from "./session.ts";
import type { Output } from "../output.ts";
import { SESSION } from "./topics.ts";

/** A gap from its begin until the keyframe behind it has been read and published. */
export class GapUnderWay {
  /** What the keyframe has: sessions, and their peers that are up. */
  readonly #live = new Map<Session, Set<string>>();
  /** Sessions whose records are still to be written. */
  #rest: Ended[] | undefined = undefined;

  addSession(session: Session): void {
    if (!this.#live.has(session)) this.#live.set(session, new Set());
  }

  addPeer(session: Session, id: string): void {
    this.#live.get(session)?.add(id);
  }

  /** Whether the peer that a Peer Up names was up before the gap, and ended in it. */
  hasReplaced(session: Session, bytes: Uint8Array, header: number): boolean {
    const id = peerId(bytes, header);
    return this.#live.get(session)?.has(id) === false && session.peers.get(id)?.isUp === true;
  }

  /**
   * Writes the records; false: the batch is full, to be called again.
   *
   * @param sessions those that are known, by the journal's number
   * @param newer the later sessions of the same router
   * @param close told of a session that ended in the gap
   */
  write(
    lost: LostEntries,
    records: Records,
    out: Output,
    peers: PeerFormatter,
    sessions: ReadonlyMap<number, Session>,
    newer: (session: Session) => readonly Session[],
    close: (number: number) => void,
  ): boolean {
    this.#rest ??= [...lost.sessions.keys()].flatMap((number) => {
      const session = sessions.get(number);
      return session === undefined ? [] : [{ number, session, part: 0 }];
    });
    for (let next = this.#rest[0]; next !== undefined; next = this.#rest[0]) {
      const { number, session, part } = next;
      const { sequence, count } = lost.sessions.get(number)!;
      const live = this.#live.get(session);
      records.start(out, session, sequence, session.lastAtUs, part);
      records.writeOwn(SESSION, [["action", "gap"], ["reason", lost.reason], [
        "lost_messages",
        count,
      ]]);
      peers.writeAllDown(records, newer(session), live);
      if (live === undefined) records.writeOwn(SESSION, [["action", "closed"], ["reason", "gap"]]);
      if (records.isStopped) {
        next.part = records.part;
        return false;
      }
      if (live === undefined) close(number);
      else session.peers.removeEnded(live);
      session.views.clear();
      this.#rest.shift();
    }
    return true;
  }
}

interface Ended {
  readonly number: number;
  readonly session: Session;
  part: number;
}
