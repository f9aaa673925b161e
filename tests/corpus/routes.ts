/**
 * One form for routes, so that our records and the decodes of others can be compared: a route is a line of text,
 * `add 2 20010db8000000000000000000000000/32 path 7 labels 3000 via 192.0.2.1 as 65001 65002`.
 * Nothing here comes from the code under test.
 */

/** What a decoder says of one message. */
export interface MessageRoutes {
  /** Sorted {@linkcode routeText}s. */
  readonly routes: string[];
  /** AFI/SAFI of an End-of-RIB. */
  readonly endOfRib: string[];
}

/** A route before it is written as text. */
export interface Route {
  readonly withdraw: boolean;
  readonly afi: number;
  /** Address as text, host bits as they come. */
  readonly prefix: string;
  readonly bits: number;
  readonly pathId: number;
  readonly labels: readonly number[];
  /** Announcements only. */
  readonly nextHop: string;
  /** Announcements only; all segments in order. */
  readonly asPath: readonly number[];
}

/** Unicast and labelled routes differ by their labels alone here: goBMP's record does not name the SAFI. */
export function routeText(route: Route): string {
  const head = `${route.withdraw ? "del" : "add"} ${route.afi} ${
    prefixHex(route.prefix, route.bits, route.afi)
  }/${route.bits}`;
  const tail = `path ${route.pathId | 0} labels ${route.labels.join(" ")}`;
  if (route.withdraw) return `${head} ${tail}`;
  const nextHop = route.nextHop.split(",").map((text) =>
    text === "" ? "" : hex(unmapped(addressBytes(text)))
  );
  return `${head} ${tail} via ${nextHop.join(",")} as ${route.asPath.join(" ")}`;
}

/** The first `bits` bits of an address in hexadecimal, the rest zero. */
export function prefixHex(text: string, bits: number, afi: number): string {
  let bytes = addressBytes(text);
  // An IPv4-mapped IPv6 prefix is printed dotted by goBMP (contract 0.11).
  if (afi === 2 && bytes.length === 4) {
    bytes = [...new Array<number>(10).fill(0), 0xff, 0xff, ...bytes];
  }
  return hex(bytes.map((byte, i) => {
    const left = bits - i * 8;
    return left >= 8 ? byte : left <= 0 ? 0 : byte & (0xff00 >> left);
  }));
}

/** Bytes of an IPv4 or IPv6 address. */
export function addressBytes(text: string): number[] {
  const dotted = /^(.*?)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted?.[1] === "") return dotted.slice(2).map(Number);
  let address = text;
  if (dotted) {
    const [a, b, c, d] = dotted.slice(2).map(Number) as [number, number, number, number];
    address = `${dotted[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  }
  const [left, right] = address.split("::") as [string, string | undefined];
  const head = groups(left);
  const rest = right === undefined ? [] : groups(right);
  const words = right === undefined
    ? head
    : [...head, ...new Array<number>(8 - head.length - rest.length).fill(0), ...rest];
  if (words.length !== 8 || words.some(Number.isNaN)) {
    throw new Error(`Cannot read the address "${text}"`);
  }
  return words.flatMap((word) => [word >> 8, word & 0xff]);
}

export function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function groups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
}

function unmapped(bytes: number[]): number[] {
  return /^0{20}ffff/.test(hex(bytes)) && bytes.length === 16 ? bytes.slice(12) : bytes;
}
