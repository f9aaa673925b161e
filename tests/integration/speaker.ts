/**
 * A raw BGP speaker for tests against real daemons: it opens the session (RFC 4271) with the capabilities that a test
 * asks for, keeps it alive, and sends UPDATEs from small descriptions or from bytes. It shares no code with the
 * collector, so that both cannot be wrong in the same way.
 */
import net from "node:net";

/** One AFI/SAFI that the speaker offers. */
export interface Family {
  readonly afi: number;
  readonly safi: number;
  /** Offers to send several paths for a prefix (RFC 7911); every NLRI then carries a path identifier. */
  readonly addPath?: boolean;
  /** Offers IPv6 next hops for this IPv4 family (RFC 8950). */
  readonly extendedNextHop?: boolean;
}

export const IPV4_UNICAST: Family = { afi: 1, safi: 1 };
export const IPV6_UNICAST: Family = { afi: 2, safi: 1 };
export const IPV4_LABELED: Family = { afi: 1, safi: 4 };

export interface SpeakerOptions {
  /** The loopback address that the speaker dials from, by which the daemon knows its neighbour. */
  readonly address: string;
  readonly daemon: { readonly host: string; readonly port: number };
  readonly asn: number;
  readonly routerId: string;
  readonly families: readonly Family[];
  /** False: no capability 65, AS_PATHs are sent with two octets per AS (RFC 6793). */
  readonly fourOctetAs: boolean;
  readonly timeoutMs?: number;
}

/** `set` is an AS_SET, else an AS_SEQUENCE. */
export interface PathSegment {
  readonly set?: boolean;
  readonly asns: readonly number[];
}

export interface Attributes {
  /** 0 IGP, 1 EGP, 2 INCOMPLETE. */
  readonly origin: 0 | 1 | 2;
  readonly asPath: readonly PathSegment[];
  readonly nextHop: string;
  /** A second IPv6 next hop, link-local (RFC 2545 section 3). */
  readonly linkLocal?: string;
  readonly med?: number;
  readonly atomicAggregate?: boolean;
  readonly aggregator?: { readonly asn: number; readonly address: string };
  /** Pairs of 16-bit numbers. */
  readonly communities?: readonly (readonly [number, number])[];
  /** Route targets, two-octet AS and a number. */
  readonly routeTargets?: readonly (readonly [number, number])[];
  readonly largeCommunities?: readonly (readonly [number, number, number])[];
  /** Sent as they are, after the others: type, flags, value. */
  readonly raw?: readonly {
    readonly code: number;
    readonly flags: number;
    readonly value: Uint8Array;
  }[];
}

export interface Route {
  readonly prefix: string;
  readonly length: number;
  readonly pathId?: number;
  readonly labels?: readonly number[];
}

/** One UPDATE: routes of one family. IPv4 unicast goes outside MP attributes unless its next hop is IPv6. */
export interface Update {
  readonly family: Family;
  readonly withdraw?: readonly Route[];
  readonly announce?: { readonly routes: readonly Route[]; readonly attributes: Attributes };
}

const MARKER = new Uint8Array(16).fill(0xff);
const OPEN = 1;
const UPDATE = 2;
const NOTIFICATION = 3;
const KEEPALIVE = 4;
/** RFC 6793: stands for an AS number that two octets cannot hold. */
export const AS_TRANS = 23456;

const OPTIONAL = 0x80;
const TRANSITIVE = 0x40;

/** An established BGP session. */
export class Speaker {
  readonly options: SpeakerOptions;
  /** NOTIFICATION of the daemon as hex, once there was one. */
  notification: string | undefined;
  readonly #socket: net.Socket;
  readonly #keepalive: ReturnType<typeof setInterval>;
  #closed = false;

  private constructor(options: SpeakerOptions, socket: net.Socket) {
    this.options = options;
    this.#socket = socket;
    this.#keepalive = setInterval(() => this.send(bgpMessage(KEEPALIVE, new Uint8Array(0))), 5000);
    socket.on("close", () => {
      this.#closed = true;
      clearInterval(this.#keepalive);
    });
  }

  /** Dials until the daemon takes the session: a passive neighbour refuses while it is idle. */
  static async connect(options: SpeakerOptions): Promise<Speaker> {
    const deadline = Date.now() + (options.timeoutMs ?? 30_000);
    for (;;) {
      try {
        return await dial(options);
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  static established(options: SpeakerOptions, socket: net.Socket): Speaker {
    return new Speaker(options, socket);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The speaker's TCP port. */
  get port(): number {
    return this.#socket.localPort ?? 0;
  }

  update(update: Update): void {
    this.send(encodeUpdate(update, this.options));
  }

  /** End-of-RIB (RFC 4724 section 2). */
  endOfRib(family: Family): void {
    const legacy = family.afi === 1 && family.safi === 1;
    const attributes = legacy ? new Uint8Array(0) : attribute(OPTIONAL, 15, mpUnreach(family, []));
    this.send(bgpMessage(UPDATE, concat(u16(0), u16(attributes.length), attributes)));
  }

  /** Sends a whole BGP message as it is. */
  send(message: Uint8Array): void {
    if (!this.#closed) this.#socket.write(message);
  }

  /** Ends the session with a NOTIFICATION: code, subcode, data. */
  async notify(body: Uint8Array): Promise<void> {
    this.send(notification(body));
    await this.close();
  }

  /** Closes the connection without a word. */
  async close(): Promise<void> {
    clearInterval(this.#keepalive);
    if (this.#closed) return;
    const closed = new Promise((resolve) => this.#socket.once("close", resolve));
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), 1000);
    await closed;
    clearTimeout(timer);
  }
}

/** One attempt: TCP, OPEN, KEEPALIVE; resolves when both sides have confirmed. */
function dial(options: SpeakerOptions): Promise<Speaker> {
  return new Promise((resolve, reject) => {
    const { host, port } = options.daemon;
    const socket = net.connect({ host, port, localAddress: options.address });
    const name = `BGP session ${options.address} -> ${host}:${port}`;
    let speaker: Speaker | undefined;
    let pending = new Uint8Array(0);
    const timer = setTimeout(() => fail("no KEEPALIVE within 5 s"), 5000);
    function fail(reason: string): void {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(`Cannot establish the ${name}: ${reason}`));
    }
    socket.on("connect", () => socket.write(openMessage(options)));
    socket.on("error", (error) => fail(error.message));
    socket.on("close", () => fail("closed by the daemon"));
    socket.on("data", (chunk: Uint8Array) => {
      pending = concat(pending, chunk);
      while (pending.length >= 19) {
        const length = pending[16]! << 8 | pending[17]!;
        if (pending.length < length) return;
        const type = pending[18]!;
        const body = pending.slice(19, length);
        pending = pending.slice(length);
        if (type === OPEN) {
          socket.write(bgpMessage(KEEPALIVE, new Uint8Array(0)));
        } else if (type === KEEPALIVE && speaker === undefined) {
          clearTimeout(timer);
          speaker = Speaker.established(options, socket);
          resolve(speaker);
        } else if (type === NOTIFICATION) {
          const hex = toHex(body);
          if (speaker === undefined) fail(`NOTIFICATION ${hex}`);
          else speaker.notification = hex;
        }
      }
    });
  });
}

function openMessage(options: SpeakerOptions): Uint8Array {
  const capabilities: Uint8Array[] = [];
  for (const { afi, safi } of options.families) {
    capabilities.push(capability(1, [...u16(afi), 0, safi]));
  }
  const extended = options.families.filter((family) => family.extendedNextHop);
  if (extended.length > 0) {
    capabilities.push(
      capability(5, extended.flatMap(({ afi, safi }) => [...u16(afi), 0, safi, 0, 2])),
    );
  }
  if (options.fourOctetAs) capabilities.push(capability(65, [...u32(options.asn)]));
  const addPath = options.families.filter((family) => family.addPath);
  if (addPath.length > 0) {
    capabilities.push(capability(69, addPath.flatMap(({ afi, safi }) => [...u16(afi), safi, 2])));
  }
  const parameter = concat(...capabilities);
  return bgpMessage(
    OPEN,
    concat(
      [4],
      u16(twoOctetAs(options.asn)),
      u16(90),
      addressBytes(options.routerId),
      [parameter.length + 2, 2, parameter.length],
      parameter,
    ),
  );
}

function capability(code: number, value: readonly number[]): Uint8Array {
  return concat([code, value.length], value);
}

/** The whole BGP message of an update, as this session's capabilities ask for. */
export function encodeUpdate(update: Update, options: SpeakerOptions): Uint8Array {
  const { withdraw = [], announce } = update;
  const family = options.families.find((own) =>
    own.afi === update.family.afi && own.safi === update.family.safi
  );
  if (family === undefined) {
    throw new Error(`Cannot send family ${update.family.afi}/${update.family.safi}: not offered`);
  }
  const addPath = family.addPath === true;
  const legacy = family.afi === 1 && family.safi === 1;
  const withdrawn = withdraw.map((route) => nlri(route, addPath, true));
  const announced = announce?.routes.map((route) => nlri(route, addPath, false)) ?? [];
  const outside = legacy && announce !== undefined && isLegacyNextHop(family, announce.attributes);
  const block = concat(
    ...(!legacy && withdrawn.length > 0
      ? [attribute(OPTIONAL, 15, mpUnreach(family, withdrawn))]
      : []),
    ...(announce === undefined
      ? []
      : attributeList(announce.attributes, options, family, outside ? undefined : announced)),
  );
  const head = legacy ? concat(...withdrawn) : [];
  return bgpMessage(
    UPDATE,
    concat(u16(head.length), head, u16(block.length), block, ...(outside ? announced : [])),
  );
}

/** Whether the routes go outside MP_REACH_NLRI, with the NEXT_HOP attribute. */
export function isLegacyNextHop(family: Family, attributes: Attributes): boolean {
  return family.afi === 1 && family.safi === 1 && !attributes.nextHop.includes(":");
}

/** The attributes in the order of their codes, but for MP_REACH_NLRI (of `reach`), which takes NEXT_HOP's place. */
function attributeList(
  attributes: Attributes,
  options: SpeakerOptions,
  family: Family,
  reach: readonly Uint8Array[] | undefined,
): Uint8Array[] {
  const list = [attribute(TRANSITIVE, 1, [attributes.origin])];
  list.push(attribute(TRANSITIVE, 2, asPathBytes(attributes.asPath, options.fourOctetAs)));
  const nextHop = concat(
    addressBytes(attributes.nextHop),
    attributes.linkLocal === undefined ? [] : addressBytes(attributes.linkLocal),
  );
  if (reach === undefined) {
    list.push(attribute(TRANSITIVE, 3, nextHop));
  } else {
    const value = concat(u16(family.afi), [family.safi, nextHop.length], nextHop, [0], ...reach);
    list.push(attribute(OPTIONAL, 14, value));
  }
  if (attributes.med !== undefined) list.push(attribute(OPTIONAL, 4, u32(attributes.med)));
  if (attributes.atomicAggregate) list.push(attribute(TRANSITIVE, 6, []));
  if (attributes.aggregator !== undefined) {
    const { asn, address } = attributes.aggregator;
    const number = options.fourOctetAs ? u32(asn) : u16(twoOctetAs(asn));
    list.push(attribute(OPTIONAL | TRANSITIVE, 7, concat(number, addressBytes(address))));
  }
  if (attributes.communities !== undefined) {
    const value = attributes.communities.flatMap(([high, low]) => [...u16(high), ...u16(low)]);
    list.push(attribute(OPTIONAL | TRANSITIVE, 8, value));
  }
  if (attributes.routeTargets !== undefined) {
    const value = attributes.routeTargets.flatMap((
      [asn, number],
    ) => [0, 2, ...u16(asn), ...u32(number)]);
    list.push(attribute(OPTIONAL | TRANSITIVE, 16, value));
  }
  if (!options.fourOctetAs && hasWideAs(attributes.asPath)) {
    list.push(attribute(OPTIONAL | TRANSITIVE, 17, asPathBytes(attributes.asPath, true)));
  }
  if (attributes.largeCommunities !== undefined) {
    const value = attributes.largeCommunities.flatMap((parts) =>
      parts.flatMap((part) => [...u32(part)])
    );
    list.push(attribute(OPTIONAL | TRANSITIVE, 32, value));
  }
  for (const { code, flags, value } of attributes.raw ?? []) {
    list.push(attribute(flags, code, value));
  }
  return list;
}

/** Whether a session without capability 65 has to add AS4_PATH (RFC 6793 section 4.2.2). */
export function hasWideAs(path: readonly PathSegment[]): boolean {
  return path.some((segment) => segment.asns.some((asn) => asn > 0xffff));
}

function twoOctetAs(asn: number): number {
  return asn > 0xffff ? AS_TRANS : asn;
}

function asPathBytes(path: readonly PathSegment[], fourOctetAs: boolean): Uint8Array {
  return concat(
    ...path.map(({ set, asns }) =>
      concat(
        [set ? 1 : 2, asns.length],
        ...asns.map((asn) => fourOctetAs ? u32(asn) : u16(twoOctetAs(asn))),
      )
    ),
  );
}

function mpUnreach(family: Family, routes: readonly Uint8Array[]): Uint8Array {
  return concat(u16(family.afi), [family.safi], ...routes);
}

function nlri(route: Route, addPath: boolean, withdraw: boolean): Uint8Array {
  const labels = (route.labels ?? []).map((label, i, all) =>
    // RFC 8277 section 2.4: a withdrawn label is 0x800000; else 20 bits, 3 of traffic class, bottom of stack.
    withdraw ? [0x80, 0, 0] : u32(label << 12 | (i === all.length - 1 ? 0x100 : 0)).subarray(0, 3)
  );
  return concat(
    addPath ? u32(route.pathId ?? 0) : [],
    [route.length + 24 * labels.length],
    ...labels,
    addressBytes(route.prefix).subarray(0, Math.ceil(route.length / 8)),
  );
}

function attribute(flags: number, code: number, value: ArrayLike<number>): Uint8Array {
  return value.length > 255
    ? concat([flags | 0x10, code], u16(value.length), value)
    : concat([flags, code, value.length], value);
}

/** A whole NOTIFICATION message out of code, subcode and data. */
export function notification(body: Uint8Array): Uint8Array {
  return bgpMessage(NOTIFICATION, body);
}

function bgpMessage(type: number, body: Uint8Array): Uint8Array {
  return concat(MARKER, u16(19 + body.length), [type], body);
}

/** 4 or 16 bytes of an address; IPv6 may be shortened with `::`. */
export function addressBytes(text: string): Uint8Array {
  if (!text.includes(":")) return Uint8Array.from(text.split(".").map(Number));
  const [head = "", tail] = text.split("::");
  const groups = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return concat(...[...before, ...zeros, ...after].map(u16));
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16 & 0xff, value >>> 8 & 0xff, value & 0xff);
}

export function concat(...parts: ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let pos = 0;
  for (const part of parts) {
    bytes.set(part, pos);
    pos += part.length;
  }
  return bytes;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(hex: string): Uint8Array {
  const digits = hex.replace(/\s+/g, "");
  return Uint8Array.from(
    { length: digits.length / 2 },
    (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}
