/**
 * The header before each BMP message in OpenBMP's raw messages. There is no standard: this is what the collectors write and the
 * readers check (docs/openbmp.md).
 *
 * ```
 * binary, version 1.7, big-endian; N and M: lengths of admin id and router group
 *  0      u8[4]   magic "OBMP"
 *  4      u8[2]   version 1, 7
 *  6      u16     length of this header: 78 + N + M
 *  8      u32     length of the BMP message
 * 12      u8      flags: 0x80 a router's message, 0x40 the router's address is IPv6
 * 13      u8      object type: 12 BMP message
 * 14      u32[2]  time of receipt: seconds, microseconds
 * 22      u8[16]  collector hash: MD5 of the admin id
 * 38      u16, u8[N]  admin id
 * 40+N    u8[16]  router hash: MD5 of the router's address, its text (goBMP) or its bytes (others)
 * 56+N    u8[16]  router address; IPv4 in the first 4 bytes
 * 72+N    u16, u8[M]  router group
 * 74+N+M  u32     rows: 1
 * 78+N+M          one BMP message
 * ```
 */
import { ipBytes } from "../../wire/ip.ts";
import { md5Hex } from "../../wire/md5.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";
import type { RawOptions } from "./options.ts";

const MAGIC = utf8("OBMP");
const VERSION_MAJOR = 1;
const VERSION_MINOR = 7;
const FIXED_BYTES = 78;
const ROUTER_MESSAGE = 0x80;
const ROUTER_IS_IPV6 = 0x40;
const BMP_RAW = 12;
const ADDRESS_BYTES = 16;
/** Readers take no more, whatever the length says. */
const ADMIN_ID_BYTES_MAX = 255;

/** Where the fields are that differ from message to message. */
export const MESSAGE_LENGTH_OFFSET = 8;
export const TIME_OFFSET = 14;

/** The hash, in hex, that names a router in one of the profiles. `source`: its address. */
export function routerHash(source: string, { collector, profile }: RawOptions): string {
  switch (profile) {
    case "gobmp":
      return md5Hex(utf8(source));
    case "openbmp":
      return md5Hex(ipBytes(source) ?? utf8(source));
    case "text":
      // The collectors in C++ hash the collector's hash, in hex, behind it.
      return md5Hex(utf8(source + md5Hex(utf8(collector))));
  }
}

/** The binary header of a router's messages, with the length of the message and the time still 0. */
export function binaryHeader(source: string, hash: string, options: RawOptions): Uint8Array {
  const adminId = utf8(options.collector);
  const group = utf8(options.routerGroup);
  if (adminId.length > ADMIN_ID_BYTES_MAX) {
    throw new RangeError(
      `Cannot write OpenBMP headers: found an admin id of ${adminId.length} bytes, expected at most ${ADMIN_ID_BYTES_MAX}`,
    );
  }
  const length = FIXED_BYTES + adminId.length + group.length;
  const address = ipBytes(source) ?? new Uint8Array(4);
  const padded = new Uint8Array(ADDRESS_BYTES);
  padded.set(address);
  const out = new ByteWriter(length);
  out.raw(MAGIC);
  out.byte(VERSION_MAJOR);
  out.byte(VERSION_MINOR);
  putU16(out, length);
  out.raw(new Uint8Array(4));
  out.byte(address.length === ADDRESS_BYTES ? ROUTER_MESSAGE | ROUTER_IS_IPV6 : ROUTER_MESSAGE);
  out.byte(BMP_RAW);
  out.raw(new Uint8Array(8));
  out.raw(Uint8Array.fromHex(md5Hex(adminId)));
  putU16(out, adminId.length);
  out.raw(adminId);
  out.raw(Uint8Array.fromHex(hash));
  out.raw(padded);
  putU16(out, group.length);
  out.raw(group);
  out.raw(Uint8Array.of(0, 0, 0, 1));
  return out.written();
}

function putU16(out: ByteWriter, value: number): void {
  out.byte(value >> 8);
  out.byte(value & 0xff);
}

/**
 * The text header of a router's messages, up to the length of the message.
 *
 * The collectors write the router's hash as `R_HASH`, the readers look for `R_HASH_ID`: both are there.
 */
export function textHeader(source: string, hash: string, { collector }: RawOptions): Uint8Array {
  const lines = [
    `V: ${VERSION_MAJOR}.${VERSION_MINOR}`,
    `C_HASH_ID: ${md5Hex(utf8(collector))}`,
    `R_HASH: ${hash}`,
    `R_HASH_ID: ${hash}`,
    `R_IP: ${source}`,
    "L: ",
  ];
  return utf8(lines.join("\n"));
}
