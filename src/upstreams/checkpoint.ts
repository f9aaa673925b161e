/**
 * Where each session of an upstream goes on after a restart: kept with the committed cursor, which is the lowest of these places.
 *
 * ```
 * edgebmp-upstream 1
 * {"sessions":[[7,123456],...],"done":[5,6]}
 * ```
 *
 * By the journal's number of the session; `done` are those behind the cursor that the upstream has had to their end.
 */

const HEAD = "edgebmp-upstream 1\n";

export interface Places {
  readonly sessions: ReadonlyMap<number, number>;
  readonly done: ReadonlySet<number>;
}

export function writePlaces({ sessions, done }: Places): Uint8Array {
  return new TextEncoder().encode(
    HEAD + JSON.stringify({ sessions: [...sessions], done: [...done] }),
  );
}

/** Undefined: it is something else, such as what a decoding reader has learned. */
export function readPlaces(bytes: Uint8Array): Places | undefined {
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith(HEAD)) return undefined;
  const { sessions, done } = JSON.parse(text.slice(HEAD.length)) as {
    sessions: [number, number][];
    done: number[];
  };
  return { sessions: new Map(sessions), done: new Set(done) };
}

/**
 * What the journal keeps of an upstream's sessions, whose lowest position is committed; `done` forgets what a restart will not meet.
 *
 * @param end where the upstream's reader is
 * @param done sessions that the upstream has had to their end, and the position behind that
 */
export function writeCheckpoint(
  position: number,
  end: number,
  lanes: ReadonlyMap<number, { readonly isGivenUp: boolean; readonly needs: number }>,
  done: Map<number, number>,
): Uint8Array {
  for (const [session, sessionEnd] of done) if (sessionEnd <= position) done.delete(session);
  const sessions = new Map<number, number>();
  const ended = new Set(done.keys());
  for (const [session, { isGivenUp, needs }] of lanes) {
    if (isGivenUp) ended.add(session);
    else sessions.set(session, Math.min(needs, end));
  }
  return writePlaces({ sessions, done: ended });
}
