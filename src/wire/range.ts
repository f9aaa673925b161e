/** A part of a buffer: `bytes[start, end)`. It stays true only as long as the buffer keeps its contents. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}
