/** Rendered parts of records, by the bytes of the per-peer header that decide them: all but the time. */
import { PeerHeader } from "../bmp/peer_header.ts";

/** Bytes of the per-peer header that are looked at. */
export const VIEW_KEY_BYTES = PeerHeader.seconds;
/** Rendered headers that are kept per session; a flood of made-up peers starts over instead of growing. */
const VIEWS_MAX = 4096;

export interface KeyedView {
  /** The first {@linkcode VIEW_KEY_BYTES} of the per-peer header. */
  readonly key: DataView;
  /** Next view with the same hash of its key. */
  next: this | undefined;
}

/** The views of one session. */
export class PeerViews<View extends KeyedView> {
  readonly #byHash = new Map<number, View>();
  #size = 0;
  #last: View | undefined = undefined;

  /** The view for the per-peer header at `header`; most messages have that of the message before. */
  find(view: DataView, header: number): View | undefined {
    const last = this.#last;
    if (last !== undefined && isSameKey(last.key, view, header)) return last;
    let found = this.#byHash.get(keyHash(view, header));
    while (found !== undefined && !isSameKey(found.key, view, header)) found = found.next;
    if (found !== undefined) this.#last = found;
    return found;
  }

  add(made: View): View {
    if (this.#size >= VIEWS_MAX) this.clear();
    const hash = keyHash(made.key, 0);
    made.next = this.#byHash.get(hash);
    this.#byHash.set(hash, made);
    this.#size++;
    this.#last = made;
    return made;
  }

  /** To be called when anything that a view is made from has changed: a Peer Up, a Peer Down, a sysName. */
  clear(): void {
    this.#byHash.clear();
    this.#size = 0;
    this.#last = undefined;
  }
}

function isSameKey(key: DataView, view: DataView, header: number): boolean {
  if (key.getUint16(0) !== view.getUint16(header)) return false;
  for (let i = 2; i < VIEW_KEY_BYTES; i += 4) {
    if (key.getInt32(i) !== view.getInt32(header + i)) return false;
  }
  return true;
}

function keyHash(view: DataView, header: number): number {
  let hash = view.getUint16(header);
  for (let i = 2; i < VIEW_KEY_BYTES; i += 4) {
    hash = Math.imul(hash ^ view.getUint32(header + i), 0x9e3779b1);
  }
  return hash ^ (hash >>> 15);
}
