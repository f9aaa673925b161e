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
