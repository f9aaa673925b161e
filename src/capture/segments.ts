/** TCP segments of packets: what stands before them on the link types that captures of routers have. */
import { ipv4Text, ipv6Text } from "../wire/strings.ts";
import type { Packet } from "./packets.ts";

const LINK_NULL = 0;
const LINK_ETHERNET = 1;
const LINK_LOOP = 108;
const LINK_LINUX_SLL = 113;
const LINK_LINUX_SLL2 = 276;
/** LINKTYPE_RAW and the numbers that some systems have for it, LINKTYPE_IPV4, LINKTYPE_IPV6. */
const LINK_RAW: ReadonlySet<number> = new Set([12, 14, 101, 228, 229]);

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
/** 802.1Q, 802.1ad, and what was in use before it. */
const ETHERTYPES_VLAN: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const VLAN_TAGS_MAX = 4;

const PROTOCOL_TCP = 6;
const FRAGMENT_HEADER = 44;
const AUTHENTICATION_HEADER = 51;
/** Hop-by-hop options, routing, destination options (RFC 8200 section 4), and the two above. */
const EXTENSION_HEADERS: ReadonlySet<number> = new Set([
  0,
  43,
  60,
  FRAGMENT_HEADER,
  AUTHENTICATION_HEADER,
]);
const EXTENSION_HEADERS_MAX = 16;

const FLAG_FIN = 1;
const FLAG_SYN = 2;
const FLAG_RST = 4;

/** Why a packet has no segment to read. */
export type NotASegment = "other" | "link-type" | "fragment" | "cut-short";

/** One direction of a TCP connection, as its packets name it. */
export interface Endpoints {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/** Address and port as one text, e.g. `[2001:db8::1]:5000`. */
export function socketText(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** One TCP segment. Reused. */
export class Segment {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  /** Where the source address of the IP header is. */
  addressStart = 0;
  isIpv6 = false;
  tcpStart = 0;
  sequence = 0;
  isSyn = false;
  isFin = false;
  isReset = false;
  /** Data, as far as it was captured: `bytes[start, end)`. */
  start = 0;
  end = 0;
  timeUs = 0;

  /** Addresses and ports, as a string of bytes. */
  get key(): string {
    const addressEnd = this.addressStart + (this.isIpv6 ? 32 : 8);
    return String.fromCharCode(
      ...this.bytes.subarray(this.addressStart, addressEnd),
      ...this.bytes.subarray(this.tcpStart, this.tcpStart + 4),
    );
  }

  get sourcePort(): number {
    return this.view.getUint16(this.tcpStart);
  }

  get destinationPort(): number {
    return this.view.getUint16(this.tcpStart + 2);
  }

  endpoints(): Endpoints {
    const text = this.isIpv6 ? ipv6Text : ipv4Text;
    const { addressStart } = this;
    return {
      source: text(this.bytes, addressStart),
      sourcePort: this.sourcePort,
      destination: text(this.bytes, addressStart + (this.isIpv6 ? 16 : 4)),
      destinationPort: this.destinationPort,
    };
  }

  /** Reads the segment of a packet, or says why there is none. */
  read(packet: Packet): NotASegment | undefined {
    this.bytes = packet.bytes;
    this.view = packet.view;
    this.timeUs = packet.timeUs;
    const start = ipStart(packet);
    if (typeof start === "string") return start;
    const version = start < packet.end ? this.bytes[start]! >> 4 : 0;
    if (version === 4) return this.#readIpv4(start, packet.end);
    if (version === 6) return this.#readIpv6(start, packet.end);
    return "other";
  }

  /** RFC 791 section 3.1. */
  #readIpv4(start: number, end: number): NotASegment | undefined {
    if (end - start < 20) return "cut-short";
    const { bytes, view } = this;
    const headerBytes = (bytes[start]! & 0x0f) * 4;
    // Zero where the network card was to cut it into packets.
    const total = view.getUint16(start + 2) || end - start;
    if (headerBytes < 20 || total < headerBytes) return "other";
    if (bytes[start + 9] !== PROTOCOL_TCP) return "other";
    if ((view.getUint16(start + 6) & 0x3fff) !== 0) return "fragment";
    this.isIpv6 = false;
    this.addressStart = start + 12;
    return this.#readTcp(start + headerBytes, Math.min(end, start + total));
  }

  /** RFC 8200 sections 3 and 4. */
  #readIpv6(start: number, end: number): NotASegment | undefined {
    if (end - start < 40) return "cut-short";
    const { bytes, view } = this;
    const payload = view.getUint16(start + 4) || end - start - 40;
    const packetEnd = Math.min(end, start + 40 + payload);
    let next = bytes[start + 6]!;
    let pos = start + 40;
    for (let i = 0; EXTENSION_HEADERS.has(next); i++) {
      if (i === EXTENSION_HEADERS_MAX) return "other";
      if (packetEnd - pos < 8) return "cut-short";
      if (next === FRAGMENT_HEADER && (view.getUint16(pos + 2) & 0xfff9) !== 0) return "fragment";
      const length = next === FRAGMENT_HEADER
        ? 8
        : next === AUTHENTICATION_HEADER
        ? (bytes[pos + 1]! + 2) * 4
        : (bytes[pos + 1]! + 1) * 8;
      next = bytes[pos]!;
      pos += length;
    }
    if (next !== PROTOCOL_TCP) return "other";
    this.isIpv6 = true;
    this.addressStart = start + 8;
    return this.#readTcp(pos, packetEnd);
  }

  /** RFC 9293 section 3.1. */
  #readTcp(start: number, end: number): NotASegment | undefined {
    if (end - start < 20) return "cut-short";
    const { bytes, view } = this;
    const headerBytes = (bytes[start + 12]! >> 4) * 4;
    if (headerBytes < 20) return "other";
    const flags = bytes[start + 13]!;
    this.tcpStart = start;
    this.sequence = view.getUint32(start + 4);
    this.isFin = (flags & FLAG_FIN) !== 0;
    this.isSyn = (flags & FLAG_SYN) !== 0;
    this.isReset = (flags & FLAG_RST) !== 0;
    this.start = Math.min(end, start + headerBytes);
    this.end = end;
    return undefined;
  }
}

/** Where the IP header is. */
function ipStart({ bytes, view, start, end, linkType }: Packet): number | NotASegment {
  switch (linkType) {
    case LINK_NULL:
    case LINK_LOOP:
      // 4 octets of address family, whose values differ from system to system; the IP version tells as well.
      return start + 4;
    case LINK_ETHERNET:
      return behindEthertype(view, start + 12, start + 14, end);
    case LINK_LINUX_SLL:
      return behindEthertype(view, start + 14, start + 16, end);
    case LINK_LINUX_SLL2:
      return behindEthertype(view, start, start + 20, end);
    default:
      return LINK_RAW.has(linkType) && start < bytes.length ? start : "link-type";
  }
}

/** Passes VLAN tags: 2 octets of tag, 2 of the next type. */
function behindEthertype(
  view: DataView,
  typeAt: number,
  payload: number,
  end: number,
): number | NotASegment {
  for (let tags = 0; payload <= end && tags <= VLAN_TAGS_MAX; tags++) {
    const type = view.getUint16(typeAt);
    if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return payload;
    if (!ETHERTYPES_VLAN.has(type)) return "other";
    typeAt = payload + 2;
    payload += 4;
  }
  return payload > end ? "cut-short" : "other";
}
