/** Gives an Initiation (RFC 7854 section 4.3) another sysName. */
import { COMMON_HEADER_BYTES } from "../bmp/peer_header.ts";
import { readTlvs } from "../bmp/tlv.ts";

const SYS_NAME = 2;
const TLV_HEADER_BYTES = 4;
/** RFC 1213: sysName is a DisplayString of 255 octets at most. */
const SYS_NAME_BYTES_MAX = 255;

/**
 * The message with `template` as sysName; `{sys_name}` in it is the router's own, `{source}` its address. One that cannot be read
 * stays as it is.
 */
export function withSysName(
  message: Uint8Array,
  template: string,
  source: string,
): Uint8Array {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const { tlvs, malformed } = readTlvs(view, COMMON_HEADER_BYTES, message.length, []);
  if (malformed !== undefined) return message;
  const own = tlvs.find(({ type }) => type === SYS_NAME);
  const start = own === undefined ? COMMON_HEADER_BYTES : own.start - TLV_HEADER_BYTES;
  const end = own?.end ?? start;
  const sysName = own === undefined
    ? ""
    : new TextDecoder().decode(message.subarray(own.start, own.end));
  const text = template.replaceAll(
    /\{(sys_name|source)\}/g,
    (_, word) => word === "source" ? source : sysName,
  );
  const value = utf8Within(text, SYS_NAME_BYTES_MAX);
  const bytes = new Uint8Array(message.length - (end - start) + TLV_HEADER_BYTES + value.length);
  bytes.set(message.subarray(0, start));
  const out = new DataView(bytes.buffer);
  out.setUint32(1, bytes.length);
  out.setUint16(start, SYS_NAME);
  out.setUint16(start + 2, value.length);
  bytes.set(value, start + TLV_HEADER_BYTES);
  bytes.set(message.subarray(end), start + TLV_HEADER_BYTES + value.length);
  return bytes;
}

/** UTF-8 of as many characters as fit. */
function utf8Within(text: string, bytesMax: number): Uint8Array {
  const bytes = new Uint8Array(bytesMax);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return bytes.subarray(0, written);
}
