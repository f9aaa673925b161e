/** A part of a buffer: `bytes[start, end)`. It stays true only as long as the buffer keeps its contents. */
export interface ByteRange {
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
}
