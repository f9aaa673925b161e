/**
 * Records that wait for others before they go to Kafka, while everything else goes on.
 *
 * ```
 * batch   P:r1 Q:r2 [P:down] Q:r3 P:up P:r4     at once: P:r1 Q:r2 Q:r3
 * waits   [P:down] P:up P:r4                    until P:r1 is acknowledged, and the delay has passed
 * ```
 *
 * A consumer of several topics reads them in no certain order: what must not overtake goes late. Records with the key of one that waits wait
 * behind it, whatever their topic: routes of the next session of a peer must not come before the end of the last one.
 */
import { Output } from "../../formats/output.ts";
import { sleep } from "../../ops/backoff.ts";

/** What waits is kept beside the batches up to this many bytes; beyond, batches stay under way, which holds back all that follows. */
const HELD_BYTES_MAX = 16 * 1024 * 1024;

export interface HoldsOptions {
  /** Hands a batch on, in order; resolves when it is acknowledged. */
  readonly deliver: (batch: Output) => Promise<void>;
  /** Ends all waiting: what waits then is never sent. */
  readonly signal: AbortSignal;
  /** How many records wait. */
  readonly count?: (records: number) => void;
  readonly heldBytesMax?: number;
}

/** Records of one batch that wait. */
interface Group {
  readonly records: Output;
  readonly keys: Set<string>;
  /** Keys whose records have to be acknowledged before. */
  readonly after: Set<string>;
  /** Others with one of its keys. */
  readonly behind: Set<Promise<unknown>>;
  delayMs: number;
}

/** In an object, so that whoever waits for the handing on does not wait for the acknowledgement. */
interface Passed {
  readonly sent: Promise<void>;
}

export class Holds {
  readonly #options: HoldsOptions;
  /** What is handed on and not acknowledged. */
  readonly #underWay = new Map<Output, Promise<void>>();
  /** The last group that has records with a key. */
  readonly #lines = new Map<string, Promise<Passed>>();
  #bytes = 0;

  constructor(options: HoldsOptions) {
    this.#options = options;
  }

  /**
   * Delivers a batch. Resolves when all its records are acknowledged.
   *
   * @param release called when nothing but records that wait is missing for that, and the batch's buffer is not needed any more
   */
  async deliver(batch: Output, release: () => void): Promise<void> {
    if (batch.holds.size === 0 && this.#lines.size === 0) return await this.#send(batch);
    const now = new Output(0, false);
    const group = this.#divide(batch, now);
    if (group === undefined) return await this.#send(batch);
    const sent = this.#send(now);
    const passed = this.#wait(group);
    for (const key of group.keys) this.#lines.set(key, passed);
    void passed.then(() => this.#endLines(group.keys, passed));
    await sent;
    if (this.#bytes <= (this.#options.heldBytesMax ?? HELD_BYTES_MAX)) release();
    await (await passed).sent;
  }

  /** Copies the records that go at once to `now`; returns those that wait, undefined: none does. */
  #divide(batch: Output, now: Output): Group | undefined {
    let group: Group | undefined;
    let first = 0;
    for (let i = 0; i < batch.count; i++) {
      const key = batch.keys[i]!;
      const hold = batch.holds.get(i);
      const line = this.#lines.get(key);
      if (hold === undefined && line === undefined && !group?.keys.has(key)) continue;
      if (i > first) now.copyRecords(batch, first, i);
      first = i + 1;
      group ??= newGroup();
      group.records.copyRecords(batch, i, i + 1);
      group.keys.add(key);
      if (line !== undefined) group.behind.add(line);
      if (hold === undefined) continue;
      const before = this.#lines.get(hold.after);
      if (before !== undefined) group.behind.add(before);
      group.after.add(hold.after);
      group.delayMs = Math.max(group.delayMs, hold.delayMs);
    }
    if (group !== undefined && first < batch.count) now.copyRecords(batch, first, batch.count);
    return group;
  }

  async #wait({ records, after, behind, delayMs }: Group): Promise<Passed> {
    const { signal, count } = this.#options;
    this.#bytes += records.bytes.length;
    count?.(records.count);
    const earlier = [...this.#underWay].filter(([{ keys, count }]) =>
      keys.some((key, i) => i < count && after.has(key))
    );
    await Promise.all([...behind, ...earlier.map(([, sent]) => sent)]);
    if (delayMs > 0) await sleep(delayMs, signal);
    // Never: whoever waits for it is told by the signal too.
    if (signal.aborted) await new Promise(() => {});
    this.#bytes -= records.bytes.length;
    count?.(-records.count);
    return { sent: this.#send(records) };
  }

  #endLines(keys: ReadonlySet<string>, passed: Promise<Passed>): void {
    for (const key of keys) if (this.#lines.get(key) === passed) this.#lines.delete(key);
  }

  #send(batch: Output): Promise<void> {
    if (batch.count === 0) return Promise.resolve();
    const sent = this.#options.deliver(batch).then(() => void this.#underWay.delete(batch));
    this.#underWay.set(batch, sent);
    return sent;
  }
}

function newGroup(): Group {
  return {
    records: new Output(0, false),
    keys: new Set(),
    after: new Set(),
    behind: new Set(),
    delayMs: 0,
  };
}
