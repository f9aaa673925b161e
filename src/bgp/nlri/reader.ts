/**
 * Reads the fields of one NLRI in order, for families that are decoded to objects, and for what attributes share with them. Every read checks that its field is there, so that
 * a decoder is a list of fields, as the RFC draws them.
 */
import { fail } from "../../wire/fault.ts";
import { addressText, hexText, routeDistinguisherText } from "../../wire/strings.ts";

/** A route distinguisher (RFC 4364 section 4.2). */
export interface Distinguished {
  /** Text by type, hex of all 8 octets where the type is unknown. */
  readonly rd: string;
  readonly rdType: number;
}

/** A prefix of IPv4 or IPv6; host bits stay as they came. */
export interface Prefix {
  readonly prefix: string;
  readonly prefixLen: number;
}

export class NlriReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  pos: number;
  readonly end: number;
  readonly #truncated: string;

  /** `truncated`: code of the fault where a field does not fit. */
  constructor(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    truncated = "nlri-truncated",
  ) {
    this.bytes = bytes;
    this.view = view;
    this.pos = start;
    this.end = end;
    this.#truncated = truncated;
  }

  get left(): number {
    return this.end - this.pos;
  }

  /** Goes past the next `count` octets and returns where they start. @throws DecodeFault `nlri-truncated`, or the code given */
  take(count: number, what: string): number {
    const at = this.pos;
    if (count > this.end - at) fail(this.#truncated, at, `${count} bytes of ${what}`);
    this.pos = at + count;
    return at;
  }

  u8(what: string): number {
    return this.bytes[this.take(1, what)]!;
  }

  u16(what: string): number {
    return this.view.getUint16(this.take(2, what));
  }

  u24(what: string): number {
    const at = this.take(3, what);
    return (this.bytes[at]! << 16) | this.view.getUint16(at + 1);
  }

  u32(what: string): number {
    return this.view.getUint32(this.take(4, what));
  }

  hex(count: number, what: string): string {
    const at = this.take(count, what);
    return hexText(this.bytes, at, at + count);
  }

  routeDistinguisher(): Distinguished {
    const at = this.take(8, "route distinguisher");
    return { rd: routeDistinguisherText(this.bytes, at), rdType: this.view.getUint16(at) };
  }

  /** An address of 32 or 128 bits. */
  address(bits: number, what: string): string {
    return addressText(this.bytes, this.take(bits >> 3, what), bits);
  }

  /** An address that takes up the rest. @throws DecodeFault `nlri-address-length` */
  restAddress(what: string): string {
    const { left } = this;
    if (left !== 4 && left !== 16) {
      fail("nlri-address-length", this.pos, `${what}: an address of 4 or 16 bytes`);
    }
    return this.address(8 * left, what);
  }

  /** The first bits of an address, in whole octets; the octets that are not there are 0. */
  startOfAddress(bits: number, addressBits: 32 | 128, what: string): string {
    const octets = (bits + 7) >> 3;
    const start = this.take(octets, what);
    const address = new Uint8Array(16);
    for (let i = 0; i < octets; i++) address[i] = this.bytes[start + i]!;
    return addressText(address, 0, addressBits);
  }

  /** An address behind its length in bits. @throws DecodeFault `nlri-address-length` */
  countedAddress(what: string): string {
    return addressText(this.bytes, this.pos + 1, this.takeCountedAddress(what));
  }

  /** An address behind its length in bits, which is 0 where there is none: a wildcard (RFC 6625 section 4.1). */
  optionalAddress(what: string): string | undefined {
    const at = this.pos + 1;
    const bits = this.takeOptionalAddress(what);
    return bits === 0 ? undefined : addressText(this.bytes, at, bits);
  }

  /** Goes past what {@linkcode NlriReader.countedAddress} reads and returns the length. */
  takeCountedAddress(what: string): number {
    const at = this.pos;
    const bits = this.takeOptionalAddress(what);
    if (bits === 0) fail("nlri-address-length", at, "32 or 128 bits");
    return bits;
  }

  /** Goes past what {@linkcode NlriReader.optionalAddress} reads and returns the length. */
  takeOptionalAddress(what: string): number {
    const at = this.pos;
    const bits = this.u8(what);
    if (bits !== 0 && bits !== 32 && bits !== 128) {
      fail("nlri-address-length", at, "0, 32 or 128 bits");
    }
    this.take(bits >> 3, what);
    return bits;
  }

  /** A prefix behind its length in bits. @throws DecodeFault `nlri-prefix-length` */
  countedPrefix(addressBits: 32 | 128): Prefix {
    const at = this.pos;
    const prefixLen = this.u8("length of the prefix");
    if (prefixLen > addressBits) fail("nlri-prefix-length", at, `at most ${addressBits} bits`);
    return { prefix: this.startOfAddress(prefixLen, addressBits, "prefix"), prefixLen };
  }

  /** @throws DecodeFault `nlri-trailing-bytes` when the NLRI is longer than its fields */
  finish(): void {
    if (this.pos < this.end) fail("nlri-trailing-bytes", this.pos, "the end of the NLRI");
  }
}

/** Where an NLRI that starts with `length u8 in bits of the rest` ends (RFC 4760 section 5). */
export function endOfCountedBits(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): number {
  const octets = (bytes[start]! + 7) >> 3;
  if (octets > end - start - 1) fail("nlri-truncated", start, `${octets} bytes of NLRI`);
  return start + 1 + octets;
}

/** Where an NLRI that starts with `length u8 in octets of the rest` ends. */
export function endOfCountedOctets(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): number {
  const octets = bytes[start]!;
  if (octets > end - start - 1) fail("nlri-truncated", start, `${octets} bytes of NLRI`);
  return start + 1 + octets;
}

/**
 * Where an NLRI that starts with `route type u8, length u8 in octets of the rest` ends: EVPN (RFC 7432 section 7), MCAST-VPN (RFC
 * 6514 section 4), MCAST-VPLS (RFC 7117 section 9.2).
 */
export function endOfTypedRoute(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): number {
  const bodyStart = start + 2;
  if (bodyStart > end) fail("nlri-truncated", start, "a route type and a length");
  const next = bodyStart + bytes[start + 1]!;
  if (next > end) fail("nlri-truncated", start + 1, `a length of at most ${end - bodyStart}`);
  return next;
}

/** A route of any type: its type, and the octets behind type and length where that is unknown, or its name and what its body says. */
export type TypedRoute<Body> = Body & {
  readonly routeType: number;
  readonly name?: string;
  readonly hex?: string;
};

/** Name of a route type and reader of its body. */
export type RouteTypes<Body> = Readonly<
  Record<number, readonly [name: string, read: (reader: NlriReader) => Body]>
>;

/** Decodes an NLRI that ends at {@linkcode endOfTypedRoute}. */
export function readTypedRoute<Body extends object>(
  types: RouteTypes<Body>,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): TypedRoute<Body> | TypedRoute<object> {
  const routeType = bytes[start]!;
  const bodyStart = start + 2;
  const known = types[routeType];
  if (known === undefined) return { routeType, hex: hexText(bytes, bodyStart, end) };
  const [name, read] = known;
  const reader = new NlriReader(bytes, view, bodyStart, end);
  const body = read(reader);
  reader.finish();
  return { routeType, name, ...body };
}
