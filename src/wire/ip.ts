/** IP addresses from text, for what is set or comes from a socket; messages carry bytes. */

/** The 4 or 16 bytes of an address, a zone (`%eth0`) left aside; undefined if the text is none. RFC 4291 section 2.2. */
export function ipBytes(text: string): Uint8Array | undefined {
  const [address = ""] = text.split("%", 1);
  return address.includes(":") ? ipv6Bytes(address) : ipv4Bytes(address);
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  if (!/^(?:(?:0|[1-9][0-9]{0,2})(?:\.(?!$)|$)){4}$/.test(text)) return undefined;
  const octets = text.split(".").map(Number);
  return octets.some((octet) => octet > 255) ? undefined : Uint8Array.from(octets);
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => groupBytes(half, i === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const length = head.length + (tail?.length ?? 0);
  // `::` stands for at least one group.
  if (tail === undefined ? length !== 16 : length > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head);
  if (tail !== undefined) bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of groups between colons; undefined if one is none. `isEnd`: the last may be an IPv4 address. */
function groupBytes(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    const ipv4 = isEnd && i === groups.length - 1 && group.includes(".")
      ? ipv4Bytes(group)
      : undefined;
    if (ipv4 !== undefined) {
      bytes.push(...ipv4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

/** An address block. */
export interface IpPrefix {
  /** 4 or 16; bits behind the length are zero. */
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Reads an address, or a prefix such as `192.0.2.0/24`; undefined if the text is none, or has bits behind its length. */
export function ipPrefix(text: string): IpPrefix | undefined {
  const [, address = "", digits] = /^([^/%]*)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const bytes = ipBytes(address);
  if (bytes === undefined) return undefined;
  const length = digits === undefined ? 8 * bytes.length : Number(digits);
  if (length > 8 * bytes.length) return undefined;
  const prefix = { bytes, length };
  const isClean = bytes.every((octet, i) => (octet & ~maskOf(length, i)) === 0);
  return isClean ? prefix : undefined;
}

/** Whether the address `bytes[start, end)` lies in the prefix. */
export function isInPrefix(
  prefix: IpPrefix,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (end - start !== prefix.bytes.length) return false;
  for (let i = 0; 8 * i < prefix.length; i++) {
    if ((bytes[start + i]! & maskOf(prefix.length, i)) !== prefix.bytes[i]) return false;
  }
  return true;
}

/** The bits of octet `i` that belong to a prefix. */
function maskOf(length: number, i: number): number {
  const bits = Math.min(8, Math.max(0, length - 8 * i));
  return 0xff & (0xff00 >> bits);
}
