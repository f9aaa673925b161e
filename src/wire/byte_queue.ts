/** Bytes that came in chunks and wait to be read, in one piece. */
export class ByteQueue {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  /** What waits is `bytes[start, end)`. */
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  /** Appends a chunk. What was read before may be overwritten. */
  push(chunk: Uint8Array): void {
    const { length } = this;
    if (this.end + chunk.length > this.bytes.length) {
      const size = length + chunk.length;
      // Twice the size, so that a byte is moved a bounded number of times.
      const room = size * 2 <= this.bytes.length ? this.bytes : new Uint8Array(2 * size);
      room.set(this.bytes.subarray(this.start, this.end));
      if (room !== this.bytes) {
        this.bytes = room;
        this.view = new DataView(room.buffer);
      }
      this.start = 0;
      this.end = length;
    }
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Forgets everything that waits. */
  clear(): void {
    this.start = this.end;
  }
}
