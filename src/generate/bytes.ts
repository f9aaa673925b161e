/** Big-endian numbers and counted fields for the messages that are generated. */
import type { ByteWriter } from "../wire/writer.ts";

export function put16(out: ByteWriter, value: number): void {
  out.ensure(2);
  out.bytes[out.pos++] = value >>> 8;
  out.bytes[out.pos++] = value;
}

export function put32(out: ByteWriter, value: number): void {
  out.ensure(4);
  out.bytes[out.pos++] = value >>> 24;
  out.bytes[out.pos++] = value >>> 16;
  out.bytes[out.pos++] = value >>> 8;
  out.bytes[out.pos++] = value;
}

/** Writes a 16-bit length at `at`, counting the bytes from `from` to the write position. */
export function patchLength16(out: ByteWriter, at: number, from: number): void {
  const length = out.pos - from;
  out.bytes[at] = length >>> 8;
  out.bytes[at + 1] = length;
}

/** Writes a 32-bit length at `at`, counting the bytes from `from` to the write position. */
export function patchLength32(out: ByteWriter, at: number, from: number): void {
  const length = out.pos - from;
  out.bytes[at] = length >>> 24;
  out.bytes[at + 1] = length >>> 16;
  out.bytes[at + 2] = length >>> 8;
  out.bytes[at + 3] = length;
}
