/** What a keyframe says of sessions: their open entries, Initiations and Peer Ups. */
import type { EntryBlock } from "../journal/types.ts";

export class KnownSessions {
  readonly #entries = new Map<number, Uint8Array[]>();

  /** Copies entries, with their headers. */
  add({ bytes, view, start, end }: Omit<EntryBlock, "kind">): void {
    for (let offset = start; offset < end;) {
      const next = offset + view.getUint32(offset);
      const session = view.getUint32(offset + 8);
      const entries = this.#entries.get(session);
      if (entries === undefined) this.#entries.set(session, [bytes.slice(offset, next)]);
      else entries.push(bytes.slice(offset, next));
      offset = next;
    }
  }

  /** All that were added, by the journal's number of the session; none are left. */
  take(): [number, Uint8Array[]][] {
    const all = [...this.#entries];
    this.#entries.clear();
    return all;
  }
}
