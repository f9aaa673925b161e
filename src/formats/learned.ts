/**
 * The checkpoint of a decoding format: what it has learned of peers from their messages, and no Peer Up says.
 *
 * JSON: of each session with such peers its number in the journal, of each peer its per-peer header in hex and what `Peer.learned` gives.
 */
import type { PrefixFamily } from "../bgp/nlri/family.ts";
import { FAMILY_BY_KEY } from "../bgp/nlri/registry.ts";
import type { LearnedOfPeer, PeerTable } from "../bmp/peer_table.ts";
import { utf8 } from "../wire/writer.ts";

/** Peers that a checkpoint holds at most, about 150 bytes each; it may be made anew after each message. */
const PEERS_MAX = 1024;

interface LearnedOfSession {
  readonly session: number;
  readonly peers: readonly { readonly header: string; readonly learned: LearnedOfPeer }[];
}

/** Writes checkpoints, each state once. */
export class LearnedCheckpoints {
  #revision = -1;
  #last: Uint8Array | undefined = undefined;

  /**
   * @param revision changes with whatever a peer learns
   * @param sessions by their number in the journal
   */
  write(
    revision: number,
    sessions: ReadonlyMap<number, { readonly peers: PeerTable }>,
  ): Uint8Array | undefined {
    if (revision === this.#revision) return this.#last;
    this.#revision = revision;
    const learned: LearnedOfSession[] = [];
    let room = PEERS_MAX;
    for (const [session, { peers: table }] of sessions) {
      if (table.learnedPeers.size === 0) continue;
      const peers = [...table.learnedPeers].slice(0, room).map((peer) => ({
        header: peer.header.toHex(),
        learned: peer.learned(),
      }));
      room -= peers.length;
      learned.push({ session, peers });
    }
    // From "something" back to "nothing" is a change that has to be told, too.
    if (learned.length === 0 && this.#last === undefined) return undefined;
    return this.#last = utf8(JSON.stringify(learned));
  }
}

/** Takes in a checkpoint; what is not one is left alone. */
export function restoreLearned(
  checkpoint: Uint8Array,
  table: (session: number) => PeerTable | undefined,
): void {
  let sessions: readonly LearnedOfSession[];
  try {
    sessions = JSON.parse(new TextDecoder().decode(checkpoint));
  } catch {
    return;
  }
  for (const { session, peers } of sessions) {
    for (const { header, learned } of peers) {
      table(session)?.of(Uint8Array.fromHex(header), 0).restoreLearned(learned, prefixFamily);
    }
  }
}

function prefixFamily(key: number): PrefixFamily | undefined {
  const family = FAMILY_BY_KEY.get(key);
  return family?.kind === "prefix" ? family : undefined;
}
