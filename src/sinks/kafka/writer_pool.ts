/** Buffers of record batches, used again: making and growing them costs more than filling them. */
import { ByteWriter } from "../../wire/writer.ts";

/**
 * What may lie idle in all: what holds as much as a pipeline has under way, 16 MiB, when that is acknowledged at once. Below, some were
 * dropped and grown anew all the time, and under Deno collecting these took a tenth of the CPU.
 */
const IDLE_BYTES_MAX = 24 * 1024 * 1024;
const WRITER_BYTES = 64 * 1024;
/** A writer that a giant record has blown up is given back. */
const WRITER_BYTES_MAX = 2 * 1024 * 1024;

/**
 * Writers by the partition that has used them: those of a busy one are large, those of others small. Out of one heap for all, small
 * batches held large buffers, so that there were never enough, and growing and collecting them took a third of the CPU.
 */
export class WriterPool {
  readonly #idle = new WeakMap<object, ByteWriter[]>();
  #bytes = 0;

  take(partition: object): ByteWriter {
    const writer = this.#idle.get(partition)?.pop();
    if (writer === undefined) return new ByteWriter(WRITER_BYTES);
    this.#bytes -= writer.bytes.length;
    return writer;
  }

  giveBack(partition: object, writer: ByteWriter): void {
    const { length } = writer.bytes;
    if (length > WRITER_BYTES_MAX || this.#bytes + length > IDLE_BYTES_MAX) return;
    this.#bytes += length;
    let idle = this.#idle.get(partition);
    if (idle === undefined) this.#idle.set(partition, idle = []);
    idle.push(writer);
  }
}
