/** A journal that keeps what it is given, and is full when told to. */
import type { EntryBatch, EntryKind, Journal } from "../../src/journal/types.ts";

export interface FakeEntry {
  readonly kind: EntryKind;
  readonly session: number;
  readonly sequence: number;
  readonly receivedAtUs: number;
  readonly bytes: Uint8Array;
}

export class FakeJournal implements Journal {
  readonly entries: FakeEntry[] = [];
  readonly usedBytes = 0;
  readonly isDurable = false;
  /** Appends of these sessions wait. */
  readonly full = new Set<number>();
  /** What an append throws or, if the session's are to wait, rejects with. */
  failure: Error | undefined;
  #sessions = 0;
  readonly #waiters: { batch: EntryBatch; settle: (error?: Error) => void }[] = [];

  /** @param onAppend called in place of keeping the entries */
  constructor(readonly onAppend?: (batch: EntryBatch) => void) {}

  nextSession(): number {
    return ++this.#sessions;
  }

  append(batch: EntryBatch): Promise<void> | undefined {
    if (this.full.has(batch.session) || this.full.has(0)) {
      return new Promise((resolve, reject) => {
        this.#waiters.push({ batch, settle: (error) => error ? reject(error) : resolve() });
      });
    }
    if (this.failure !== undefined) throw this.failure;
    this.#keep(batch);
    return undefined;
  }

  /** How many appends wait. */
  get waiting(): number {
    return this.#waiters.length;
  }

  /** Room again for all; with an error, what waits is not taken. */
  release(error?: Error): void {
    this.full.clear();
    for (const { batch, settle } of this.#waiters.splice(0)) {
      // Read only now: the batch and the bytes that it points to belong to the journal until the promise settles.
      if (error === undefined) this.#keep(batch);
      settle(error);
    }
  }

  of(session: number): FakeEntry[] {
    return this.entries.filter((entry) => entry.session === session);
  }

  kinds(session: number): string {
    return this.of(session).map((entry) => "OFC"[entry.kind]).join("");
  }

  json(session: number, kind: EntryKind): Record<string, unknown> {
    const entry = this.of(session).find((entry) => entry.kind === kind);
    return entry === undefined ? {} : JSON.parse(new TextDecoder().decode(entry.bytes));
  }

  openReader(): never {
    throw new Error("The fake journal has no readers");
  }

  commit(): void {}

  close(): void {}

  finish(): Promise<void> {
    return Promise.resolve();
  }

  #keep(batch: EntryBatch): void {
    if (this.onAppend !== undefined) return this.onAppend(batch);
    for (let i = 0; i < batch.count; i++) {
      this.entries.push({
        kind: batch.kind,
        session: batch.session,
        sequence: batch.firstSequence + i,
        receivedAtUs: batch.receivedAtUs,
        bytes: batch.sources[i]!.slice(batch.starts[i], batch.ends[i]),
      });
    }
  }
}
