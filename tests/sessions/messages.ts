/** A message of a type with `length` bytes in all, numbered in its last four. */
export function message(type: number, length = 10, number = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 3;
  view.setUint32(1, length);
  bytes[5] = type;
  if (length >= 10) view.setUint32(length - 4, number);
  return bytes;
}
