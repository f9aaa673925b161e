/** One peer in the live view. */
import { RIB_VIEWS, type RibView } from "../../bmp/peer_header.ts";
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
  readonly tallies: (Tally | undefined)[] = new Array(RIB_VIEWS).fill(undefined);
  /** Whether the keyframe after a gap has it. */
  isKept = true;

  constructor(header: Uint8Array, atUs: number) {
    this.header = header;
    this.sinceUs = atUs;
  }

  tally(view: RibView, sum: RouteSum): Tally {
    return this.tallies[view] ??= new Tally(sum);
  }
}
