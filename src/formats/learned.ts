/**
 * The checkpoint of a decoding format: what it has learned of peers from their messages, and no Peer Up says.
 *
 * JSON: of each session with such peers its number in the journal, of each peer its per-peer header in hex and what `Peer.learned` gives.
 */
import type { PrefixFamily } from "../bgp/nlri/family.ts";
import { FAMILY_BY_KEY } from "../bgp/nlri/registry.ts";
import type { LearnedOfPeer, Peer, PeerTable } from "../bmp/peer_table.ts";
import { utf8 } from "../wire/writer.ts";
import type { Checkpoint } from "./formatter.ts";

/** Peers that a checkpoint holds at most, about 150 bytes each. */
const PEERS_MAX = 1024;

interface LearnedOfSession {
  readonly session: number;
  readonly peers: readonly { readonly header: string; readonly learned: LearnedOfPeer }[];
}

/** Text of a part of a checkpoint, and the revision it is of. */
interface Part {
  readonly revision: number;
  readonly count: number;
  readonly text: string;
}

/**
 * Writes checkpoints, each state once.
 *
 * There is one after each message that teaches something, of which few are ever kept. So texts are made of what has changed only, and
 * bytes of what is kept: with all made anew each time, 10,000 peers that came up at once took a minute.
 */
export class LearnedCheckpoints {
  #revision = -1;
  #last: Checkpoint | undefined = undefined;
  readonly #sessions = new WeakMap<PeerTable, Part>();
  readonly #peers = new WeakMap<Peer, Part>();

  /**
   * @param revision changes with whatever a peer learns
   * @param sessions by their number in the journal
   */
  write(
    revision: number,
    sessions: ReadonlyMap<number, { readonly peers: PeerTable }>,
  ): Checkpoint | undefined {
    if (revision === this.#revision) return this.#last;
    this.#revision = revision;
    const texts: string[] = [];
    let room = PEERS_MAX;
    for (const [session, { peers: table }] of sessions) {
      const count = Math.min(room, table.learnedPeers.size);
      if (count === 0) continue;
      texts.push(this.#sessionText(session, table, count));
      room -= count;
    }
    // From "something" back to "nothing" is a change that has to be told, too.
    if (texts.length === 0 && this.#last === undefined) return undefined;
    return this.#last = new LearnedCheckpoint(texts);
  }

  #sessionText(session: number, table: PeerTable, count: number): string {
    const { revision, learnedPeers } = table;
    const known = this.#sessions.get(table);
    if (known?.revision === revision && known.count === count) return known.text;
    const peers: string[] = [];
    for (const peer of learnedPeers) {
      if (peers.push(this.#peerText(peer)) === count) break;
    }
    const text = `{"session":${session},"peers":[${peers.join(",")}]}`;
    this.#sessions.set(table, { revision, count, text });
    return text;
  }

  #peerText(peer: Peer): string {
    const { revision } = peer;
    const known = this.#peers.get(peer);
    if (known?.revision === revision) return known.text;
    const text = JSON.stringify({ header: peer.header.toHex(), learned: peer.learned() });
    this.#peers.set(peer, { revision, count: 1, text });
    return text;
  }
}

class LearnedCheckpoint implements Checkpoint {
  readonly #texts: readonly string[];
  #bytes: Uint8Array | undefined = undefined;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  get bytes(): Uint8Array {
    return this.#bytes ??= utf8(`[${this.#texts.join(",")}]`);
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
