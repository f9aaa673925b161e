/** How far a pipeline has read each open session: what a gap has cost it. */
import type { LostEntries, LostOfSession } from "../formats/formatter.ts";
import { type Entry, EntryKind, type Gap } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { SinkMetrics } from "./sink_metrics.ts";

const DECODER = new TextDecoder();

export class Sequences {
  /** Sequence of the last entry by the journal's number of the session. */
  #last = new Map<number, number>();
  readonly #sources = new Map<number, string>();
  #session = -1;
  #sequence = 0;
  /** Whether all open sessions are known. */
  #isComplete = false;
  /** Sequences of entries behind the start of a gap that are not lost after all. */
  readonly #kept = new Map<number, Set<number>>();
  #gap: Gap | undefined = undefined;

  /** To be called after each entry. */
  note(entry: Entry): void {
    if (entry.session !== this.#session) this.#store();
    this.#session = entry.session;
    this.#sequence = entry.sequence;
    if (entry.kind === EntryKind.frame) return;
    if (entry.kind === EntryKind.close) {
      this.#store();
      this.#last.delete(entry.session);
      this.#sources.delete(entry.session);
    } else {
      this.noteSource(entry);
    }
  }

  /** Notes the router of an open entry. */
  noteSource(entry: Entry): void {
    const json = DECODER.decode(entry.bytes.subarray(entry.start, entry.end));
    try {
      const { source } = JSON.parse(json) as { source?: unknown };
      if (typeof source === "string") this.#sources.set(entry.session, source);
    } catch {
      // Only the label of a metric is lost.
    }
  }

  /** Whether the entry was there before. */
  has(entry: Entry): boolean {
    this.#store();
    return entry.sequence <= (this.#last.get(entry.session) ?? -1);
  }

  startGap(gap: Gap): void {
    this.#store();
    this.#gap = gap;
    this.#kept.clear();
  }

  /** Whether the keyframe behind a gap is being read. */
  get isInGap(): boolean {
    return this.#gap !== undefined;
  }

  /** Notes an entry that is behind the gap's start, but which the keyframe has. */
  keep(entry: Entry): void {
    const kept = this.#kept.get(entry.session);
    if (kept === undefined) this.#kept.set(entry.session, new Set([entry.sequence]));
    else kept.add(entry.sequence);
  }

  /** Ends the gap under way: says what it has cost the sink, in the log and by router in the metrics. */
  endGap(sink: string, { lostMessages }: SinkMetrics, log: Log): LostEntries {
    const { reason, lostBytes, sequences } = this.#gap!;
    this.#gap = undefined;
    const lost = { reason, sessions: this.#lost(sequences) };
    let messages = 0;
    for (const [session, { count = 0 }] of lost.sessions) {
      messages += count;
      lostMessages(this.#sources.get(session) ?? "").add(count);
    }
    log.limited("error", sink, "journal entries lost for this sink", {
      sink,
      reason,
      journal_bytes: lostBytes,
      sessions: lost.sessions.size,
      messages,
    });
    return lost;
  }

  #lost(sequences: ReadonlyMap<number, number>): Map<number, LostOfSession> {
    const sessions = new Map<number, LostOfSession>();
    for (const [session, last] of this.#last) {
      if (!sequences.has(session)) sessions.set(session, { sequence: last + 1, count: undefined });
    }
    for (const [session, now] of sequences) {
      const last = this.#last.get(session) ?? -1;
      const kept = this.#kept.get(session) ?? new Set();
      const count = now - last - kept.size;
      if (count === 0) continue;
      if (last >= 0 || this.#isComplete) {
        let sequence = last + 1;
        while (kept.has(sequence)) sequence++;
        sessions.set(session, { sequence, count });
      } else {
        let sequence = now;
        while (kept.has(sequence)) sequence--;
        sessions.set(session, { sequence, count: undefined });
      }
    }
    return sessions;
  }

  /** Goes on where these are the last. */
  jump(sequences: ReadonlyMap<number, number>): void {
    this.#session = -1;
    this.#last = new Map(sequences);
    this.#isComplete = true;
    for (const session of this.#sources.keys()) {
      if (!sequences.has(session)) this.#sources.delete(session);
    }
  }

  #store(): void {
    if (this.#session >= 0) this.#last.set(this.#session, this.#sequence);
    this.#session = -1;
  }
}
