/** One peer in the live view. */
import type { RibView } from "../../bmp/peer_header.ts";
import { type RouteSum, Tally } from "./tally.ts";

/** `unknown`: its messages came, and no Peer Up or Down. */
export type PeerState = "up" | "down" | "unknown";

export class LivePeer {
  /** The per-peer header of its last Peer Up or Down, or of the message that made it known. */
  header: Uint8Array;
  state: PeerState = "unknown";
  /** When it came into this state. */
  sinceUs: number;
  /** VRF/Table Name of its Loc-RIB. */
  tableName = "";
  /** Why it is down. */
  downReason = "";
  /** One for each RIB view that messages came from. */
  readonly tallies: Tally[] = [];
  /** Whether the keyframe after a gap has it. */
  isKept = true;

  constructor(header: Uint8Array, atUs: number) {
    this.header = header;
    this.sinceUs = atUs;
  }

  tally(view: RibView, sum: RouteSum): Tally {
    for (const tally of this.tallies) if (tally.view === view) return tally;
    const tally = new Tally(sum, view);
    this.tallies.push(tally);
    return tally;
  }
}
