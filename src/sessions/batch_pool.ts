/** The batches that sessions cut their messages into. */
import { EntryBatch } from "../journal/types.ts";

/** Entries that the batches of each pool have room for, at 24 bytes each. */
const POOL_ENTRIES_MAX = 25_000;
/** A batch with room for more is a large one: what a read of 4 KiB of small messages needs. */
const SMALL_BATCH_ENTRIES_MAX = 64;
/** From this size on, a chunk is given a large batch. */
const LARGE_CHUNK_BYTES_MIN = 8 * 1024;

/**
 * Batches that no append holds. Shared, because a batch that took 512 KiB of small messages keeps more memory than an idle session
 * may cost; many, because sessions that wait for a full journal hold one each, and new ones would fill the heap; small and large
 * ones apart, as in the hands of many sessions in turn all would become large.
 */
export class BatchPool {
  readonly #small = new Batches();
  readonly #large = new Batches();

  /** @param chunkBytes length of what is to be cut into entries */
  take(chunkBytes: number): EntryBatch {
    return (chunkBytes < LARGE_CHUNK_BYTES_MIN ? this.#small : this.#large).take();
  }

  giveBack(batch: EntryBatch): void {
    batch.clear();
    (batch.room <= SMALL_BATCH_ENTRIES_MAX ? this.#small : this.#large).giveBack(batch);
  }
}

class Batches {
  readonly #batches: EntryBatch[] = [];
  #entries = 0;

  take(): EntryBatch {
    const batch = this.#batches.pop();
    if (batch === undefined) return new EntryBatch();
    this.#entries -= batch.room;
    return batch;
  }

  giveBack(batch: EntryBatch): void {
    const entries = this.#entries + batch.room;
    if (entries > POOL_ENTRIES_MAX) return;
    this.#entries = entries;
    this.#batches.push(batch);
  }
}
