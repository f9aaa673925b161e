/** One peer in the live view. */
import type { RibView } from "../../bmp/peer_header.ts";
import { bytesOf, keptBytes } from "../../wire/strings.ts";
import { type RouteSum, Tally } from "./tally.ts";

/** `unknown`: its messages came, and no Peer Up or Down. */
export type PeerState = "up" | "down" | "unknown";

export class LivePeer {
  #header: string;
  state: PeerState = "unknown";
  /** When it came into this state. */
  sinceUs: number;
  /** VRF/Table Name of its Loc-RIB. */
  tableName = "";
  /** Why it is down. */
  downReason = "";
  /** One for each RIB view that messages came from. */
  tallies: readonly Tally[] = [];
  /** Whether the keyframe after a gap has it. */
  isKept = true;

  constructor(header: Uint8Array, atUs: number) {
    this.#header = keptBytes(header);
    this.sinceUs = atUs;
  }

  /** The per-peer header of its last Peer Up, or of the message that made it known: a copy. */
  get header(): Uint8Array<ArrayBuffer> {
    return bytesOf(this.#header);
  }

  set header(header: Uint8Array) {
    this.#header = keptBytes(header);
  }

  tally(view: RibView, sum: RouteSum): Tally {
    for (const tally of this.tallies) if (tally.view === view) return tally;
    const tally = new Tally(sum, view);
    // In V8 a list that grows has room for 17 at once.
    this.tallies = this.tallies.concat(tally);
    return tally;
  }
}
