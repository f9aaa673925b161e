/**
 * The PROXY protocol, by which a load balancer or relay tells who is really at the other end (HAProxy's proxy-protocol.txt, sections 2.1
 * and 2.2): a header before the first byte of the connection.
 *
 * ```
 * version 1   PROXY TCP4 192.0.2.1 192.0.2.2 56324 5000\r\n       at most 107 bytes; or TCP6, or UNKNOWN and anything
 *
 * version 2   0  u8[12]  0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a
 *            12  u4      version, 2
 *                u4      command: 0 LOCAL (the sender speaks for itself), 1 PROXY
 *            13  u4      family: 1 IPv4, 2 IPv6; others name no address of ours
 *                u4      transport: 1 stream
 *            14  u16     length of all that follows
 *            16  u8[n]   source address, destination address (4 or 16 bytes each)
 *                u16 u16 source port, destination port
 *                ...     TLVs: u8 type, u16 length, value; type 3 is a CRC-32C of the whole header, itself taken as zero
 * ```
 */
import { crc32c } from "./crc32c.ts";
import { fail } from "./fault.ts";
import { ipBytes } from "./ip.ts";
import { asciiText, ipv4Text, ipv6Text } from "./strings.ts";

/** One end of the connection that the header speaks of. */
export interface ProxyEndpoint {
  /** IPv4-mapped forms unmapped. */
  readonly address: string;
  readonly port: number;
}

export interface ProxyHeader {
  readonly version: 1 | 2;
  /** Bytes of the header; the stream proper begins there. */
  readonly length: number;
  /** Undefined: the sender speaks for itself (a health check), or cannot tell. */
  readonly source: ProxyEndpoint | undefined;
  readonly destination: ProxyEndpoint | undefined;
}

/** Section 2.1: "a 108-byte buffer is always enough", with the terminating zero. */
const V1_BYTES_MAX = 107;

const V2_FIXED_BYTES = 16;
/** Ours, as a sender could announce 64 KiB: addresses, and TLVs with room for a certificate. */
const V2_BYTES_MAX = 4096;

/** No header is longer; who has so many bytes and no header yet has been given a fault. */
export const PROXY_HEADER_BYTES_MAX = V2_BYTES_MAX;

const V1_START = Uint8Array.of(0x50, 0x52, 0x4f, 0x58, 0x59, 0x20);
const V2_START = Uint8Array.of(
  0x0d,
  0x0a,
  0x0d,
  0x0a,
  0x00,
  0x0d,
  0x0a,
  0x51,
  0x55,
  0x49,
  0x54,
  0x0a,
);

const VERSION_2 = 0x20;
const LOCAL = 0x20;
const PROXY = 0x21;
const TCP4 = 0x11;
const TCP6 = 0x21;
const TLV_CRC32C = 3;

const CR = 0x0d;
const LF = 0x0a;

/**
 * Reads the header at the start of a connection.
 *
 * @param bytes what has come so far
 * @returns undefined if more must come to tell; a fault is thrown as soon as a byte cannot belong to a header
 */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader | undefined {
  if (bytes.length === 0) return undefined;
  const isV1 = bytes[0] === V1_START[0];
  const expected = isV1 ? V1_START : V2_START;
  for (let i = 0; i < expected.length; i++) {
    if (i === bytes.length) return undefined;
    if (bytes[i] !== expected[i]) {
      fail("proxy-signature", i, `a PROXY protocol header of version 1 or 2`);
    }
  }
  return isV1 ? readV1(bytes) : readV2(bytes);
}

function readV1(bytes: Uint8Array): ProxyHeader | undefined {
  const limit = Math.min(bytes.length, V1_BYTES_MAX);
  let end = V1_START.length;
  while (end < limit && bytes[end]! >= 0x20 && bytes[end]! <= 0x7e) end++;
  if (end < limit && bytes[end] !== CR) fail("proxy-text", end, "printable ASCII and CR LF");
  if (end + 1 < limit && bytes[end + 1] !== LF) fail("proxy-text", end + 1, "LF behind CR");
  if (end + 1 >= limit) {
    if (limit === V1_BYTES_MAX) fail("proxy-length", limit, `at most ${V1_BYTES_MAX} bytes`);
    return undefined;
  }
  const length = end + 2;
  const words = asciiText(bytes, V1_START.length, end).split(" ");
  if (words[0] === "UNKNOWN") {
    return { version: 1, length, source: undefined, destination: undefined };
  }
  const [family, source, destination, sourcePort, destinationPort, ...rest] = words;
  if (family !== "TCP4" && family !== "TCP6") {
    fail("proxy-family", V1_START.length, "TCP4, TCP6 or UNKNOWN");
  }
  if (destinationPort === undefined || rest.length > 0) {
    fail("proxy-text", V1_START.length, "two addresses and two ports");
  }
  const width = family === "TCP4" ? 4 : 16;
  return {
    version: 1,
    length,
    source: { address: addressOf(source!, width), port: portOf(sourcePort!) },
    destination: { address: addressOf(destination!, width), port: portOf(destinationPort) },
  };
}

/** In one form for each address. A zone is not part of the protocol. */
function addressOf(text: string, width: 4 | 16): string {
  const bytes = text.includes("%") ? undefined : ipBytes(text);
  if (bytes?.length !== width) {
    fail("proxy-address", V1_START.length, `an IPv${width === 4 ? 4 : 6} address`);
  }
  return addressText(bytes, 0, width);
}

function portOf(text: string): number {
  if (!/^(?:0|[1-9][0-9]{0,4})$/.test(text) || Number(text) > 0xffff) {
    fail("proxy-port", V1_START.length, "a port from 0 to 65535");
  }
  return Number(text);
}

function readV2(bytes: Uint8Array): ProxyHeader | undefined {
  if (bytes.length > 12 && (bytes[12]! & 0xf0) !== VERSION_2) {
    fail("proxy-version", 12, "version 2");
  }
  if (bytes.length > 12 && bytes[12] !== LOCAL && bytes[12] !== PROXY) {
    fail("proxy-command", 12, "command LOCAL or PROXY");
  }
  if (bytes.length < V2_FIXED_BYTES) return undefined;
  const length = V2_FIXED_BYTES + u16At(bytes, 14);
  if (length > V2_BYTES_MAX) fail("proxy-length", 14, `at most ${V2_BYTES_MAX} bytes`);
  const width = widthOf(bytes[13]!);
  const addressesEnd = V2_FIXED_BYTES + 2 * width + (width === 0 ? 0 : 4);
  if (bytes[12] === PROXY && addressesEnd > length) {
    fail("proxy-length", 14, `at least ${addressesEnd - V2_FIXED_BYTES} bytes of addresses`);
  }
  if (bytes.length < length) return undefined;
  // Section 2.2: LOCAL has the addresses of the connection itself, whatever follows; so have families that are not understood.
  if (bytes[12] === LOCAL || width === 0) {
    return { version: 2, length, source: undefined, destination: undefined };
  }
  checkTlvs(bytes, addressesEnd, length);
  const ports = V2_FIXED_BYTES + 2 * width;
  return {
    version: 2,
    length,
    source: { address: addressText(bytes, V2_FIXED_BYTES, width), port: u16At(bytes, ports) },
    destination: {
      address: addressText(bytes, V2_FIXED_BYTES + width, width),
      port: u16At(bytes, ports + 2),
    },
  };
}

/** Bytes of an address; 0 for families that are not TCP over IP. */
function widthOf(family: number): 0 | 4 | 16 {
  if (family === TCP4) return 4;
  return family === TCP6 ? 16 : 0;
}

/** Their borders and the checksum; what else they say (the name in TLS, for one) is not used. */
function checkTlvs(bytes: Uint8Array, start: number, end: number): void {
  for (let pos = start; pos < end;) {
    const next = pos + 3 <= end ? pos + 3 + u16At(bytes, pos + 1) : end + 1;
    if (next > end) fail("proxy-tlv", pos, "a TLV that ends with the header");
    if (bytes[pos] === TLV_CRC32C) checkSum(bytes, pos + 3, next, end);
    pos = next;
  }
}

function checkSum(bytes: Uint8Array, start: number, end: number, headerEnd: number): void {
  if (end - start !== 4) fail("proxy-tlv", start, "4 bytes of checksum");
  const before = crc32c(bytes, 0, start);
  const sum = crc32c(bytes, end, headerEnd, crc32c(new Uint8Array(4), 0, 4, before));
  const found = u16At(bytes, start) * 0x10000 + u16At(bytes, start + 2);
  if (found !== sum) fail("proxy-checksum", start, "the CRC-32C of the header");
}

/**
 * A header of version 2 for a connection from `source` to `destination`. If only one of them is IPv4, it is written as IPv4-mapped.
 *
 * @throws {RangeError} if an address is none
 */
export function proxyHeaderV2(source: ProxyEndpoint, destination: ProxyEndpoint): Uint8Array {
  const from = bytesOf(source);
  const to = bytesOf(destination);
  const width = from.length === 4 && to.length === 4 ? 4 : 16;
  const header = new Uint8Array(V2_FIXED_BYTES + 2 * width + 4);
  header.set(V2_START);
  header[12] = PROXY;
  header[13] = width === 4 ? TCP4 : TCP6;
  putU16At(header, 14, header.length - V2_FIXED_BYTES);
  putAddressAt(header, V2_FIXED_BYTES, from, width);
  putAddressAt(header, V2_FIXED_BYTES + width, to, width);
  putU16At(header, header.length - 4, source.port);
  putU16At(header, header.length - 2, destination.port);
  return header;
}

/**
 * The same in version 1.
 *
 * @throws {RangeError} if an address is none
 */
export function proxyHeaderV1(source: ProxyEndpoint, destination: ProxyEndpoint): Uint8Array {
  const isIpv4 = [source, destination].every((end) => bytesOf(end).length === 4);
  const [from, to] = [source, destination].map((end) => {
    const bytes = bytesOf(end);
    if (isIpv4) return ipv4Text(bytes, 0);
    return bytes.length === 4 ? `::ffff:${ipv4Text(bytes, 0)}` : ipv6Text(bytes, 0);
  });
  const family = isIpv4 ? "TCP4" : "TCP6";
  const text = `PROXY ${family} ${from} ${to} ${source.port} ${destination.port}\r\n`;
  return new TextEncoder().encode(text);
}

function bytesOf({ address }: ProxyEndpoint): Uint8Array {
  const bytes = ipBytes(address);
  if (bytes !== undefined) return bytes;
  throw new RangeError(
    `Cannot write a PROXY header for "${address}": expected an IPv4 or IPv6 address`,
  );
}

function putAddressAt(out: Uint8Array, pos: number, address: Uint8Array, width: 4 | 16): void {
  if (address.length === width) return out.set(address, pos);
  // RFC 4291 section 2.5.5.2.
  out.set([0xff, 0xff, ...address], pos + 10);
}

function putU16At(out: Uint8Array, pos: number, value: number): void {
  out[pos] = value >> 8;
  out[pos + 1] = value & 0xff;
}

function addressText(bytes: Uint8Array, start: number, width: 4 | 16): string {
  return width === 4 ? ipv4Text(bytes, start) : ipv6Text(bytes, start);
}

function u16At(bytes: Uint8Array, start: number): number {
  return (bytes[start]! << 8) | bytes[start + 1]!;
}
