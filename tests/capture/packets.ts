/** Makes captures of packets for tests. */
import { joined } from "../property/streams.ts";

/** Flags of a TCP segment. */
export const SYN = 0x02;
export const FIN = 0x01;
export const RST = 0x04;
const ACK = 0x10;

/** One TCP segment. */
export interface SegmentOptions {
  /** 4 or 16 octets as hex. */
  readonly from?: string;
  readonly to?: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly sequence?: number;
  readonly flags?: number;
  readonly data?: Uint8Array;
  /** Fragment field of IPv4; fragment header of IPv6. */
  readonly fragment?: number;
  /** Extension headers of IPv6, as `type`, in order. */
  readonly extensions?: readonly number[];
  /** Total length of IPv4 is zero, as network cards leave it. */
  readonly noLength?: boolean;
}

export const ROUTER = "c0000201";
export const COLLECTOR = "c6336409";
export const BMP_PORT = 5000;

function bytes(size: number, fill: (view: DataView, into: Uint8Array) => void): Uint8Array {
  const into = new Uint8Array(size);
  fill(new DataView(into.buffer), into);
  return into;
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (it) => parseInt(it, 16));
}

function tcp(options: SegmentOptions): Uint8Array {
  const { fromPort = 40000, toPort = BMP_PORT, sequence = 0, flags = 0, data } = options;
  const header = bytes(24, (view) => {
    view.setUint16(0, fromPort);
    view.setUint16(2, toPort);
    view.setUint32(4, sequence);
    // 24 bytes of header: 4 of options.
    view.setUint8(12, 6 << 4);
    view.setUint8(13, flags | ACK);
    view.setUint32(20, 0x01010101);
  });
  return joined([header, data ?? new Uint8Array(0)]);
}

/** An IP packet with a TCP segment. */
export function ip(options: SegmentOptions): Uint8Array {
  const { from = ROUTER, to = COLLECTOR, fragment = 0, extensions = [], noLength = false } =
    options;
  const segment = tcp(options);
  if (from.length === 8) {
    const header = bytes(20, (view, into) => {
      view.setUint8(0, 0x45);
      view.setUint16(2, noLength ? 0 : 20 + segment.length);
      view.setUint16(6, fragment);
      view.setUint8(8, 64);
      view.setUint8(9, 6);
      into.set(hexBytes(from), 12);
      into.set(hexBytes(to), 16);
    });
    // Ethernet pads short frames; what stands behind the packet is not data.
    return joined([header, segment, noLength ? new Uint8Array(0) : hexBytes("eeee")]);
  }
  const chain = extensions.map((type, i) =>
    bytes(type === 51 ? 12 : 8, (view) => {
      view.setUint8(0, extensions[i + 1] ?? 6);
      view.setUint8(1, type === 51 ? 1 : 0);
      if (type === 44) view.setUint16(2, fragment);
    })
  );
  const payload = joined([...chain, segment]);
  const header = bytes(40, (view, into) => {
    view.setUint8(0, 0x60);
    view.setUint16(4, payload.length);
    view.setUint8(6, extensions[0] ?? 6);
    into.set(hexBytes(from), 8);
    into.set(hexBytes(to), 24);
  });
  return joined([header, payload]);
}

/** LINKTYPE_ values and what stands before an IP packet on them. */
export const LINKS: Readonly<Record<string, readonly [type: number, v4: string, v6: string]>> = {
  "null": [0, "02000000", "1e000000"],
  "loop": [108, "00000002", "00000018"],
  "ethernet": [1, `${"00".repeat(12)}0800`, `${"00".repeat(12)}86dd`],
  "VLAN": [1, `${"00".repeat(12)}810000640800`, `${"00".repeat(12)}8100006486dd`],
  "QinQ": [1, `${"00".repeat(12)}88a80001810000640800`, `${"00".repeat(12)}88a800018100006486dd`],
  "raw": [101, "", ""],
  "IPv4 or IPv6": [228, "", ""],
  "Linux SLL": [113, `${"00".repeat(14)}0800`, `${"00".repeat(14)}86dd`],
  "Linux SLL2": [276, `0800${"00".repeat(18)}`, `86dd${"00".repeat(18)}`],
};

/** The packet with what its link has before it. */
export function onLink(link: string, packet: Uint8Array): Uint8Array {
  const [, v4, v6] = LINKS[link]!;
  const head = packet[0]! >> 4 === 4 ? v4 : v6;
  return head === "" ? packet : joined([hexBytes(head), packet]);
}

/** A packet and when it was captured. */
export interface Captured {
  readonly packet: Uint8Array;
  readonly timeUs?: number;
}

export const TIME_US = 1_700_000_000_123_456;

/** A pcap file. */
export function pcap(
  packets: readonly Captured[],
  { linkType = 1, isLittle = true, isNano = false } = {},
): Uint8Array {
  const header = bytes(24, (view) => {
    view.setUint32(0, isNano ? 0xa1b23c4d : 0xa1b2c3d4, isLittle);
    view.setUint16(4, 2, isLittle);
    view.setUint16(6, 4, isLittle);
    view.setUint32(16, 262144, isLittle);
    view.setUint32(20, linkType, isLittle);
  });
  const records = packets.flatMap(({ packet, timeUs = TIME_US }) => [
    bytes(16, (view) => {
      view.setUint32(0, Math.floor(timeUs / 1e6), isLittle);
      view.setUint32(4, timeUs % 1e6 * (isNano ? 1000 : 1), isLittle);
      view.setUint32(8, packet.length, isLittle);
      view.setUint32(12, packet.length, isLittle);
    }),
    packet,
  ]);
  return joined([header, ...records]);
}

function block(type: number, body: Uint8Array, isLittle: boolean): Uint8Array {
  const padded = (body.length + 3) & ~3;
  return bytes(padded + 12, (view, into) => {
    view.setUint32(0, type, isLittle);
    view.setUint32(4, padded + 12, isLittle);
    into.set(body, 8);
    view.setUint32(padded + 8, padded + 12, isLittle);
  });
}

/** How the packets of a pcapng section are written. */
export type PacketBlock = "enhanced" | "simple" | "obsolete";

/** One section of a pcapng file, with one interface. */
export function pcapng(
  packets: readonly Captured[],
  { linkType = 1, isLittle = true, isNano = false, kind = "enhanced" as PacketBlock } = {},
): Uint8Array {
  const section = bytes(16, (view) => {
    view.setUint32(0, 0x1a2b3c4d, isLittle);
    view.setUint16(4, 1, isLittle);
    view.setUint32(8, 0xffffffff, isLittle);
    view.setUint32(12, 0xffffffff, isLittle);
  });
  const described = bytes(isNano ? 20 : 8, (view) => {
    view.setUint16(0, linkType, isLittle);
    if (!isNano) return;
    view.setUint16(8, 9, isLittle);
    view.setUint16(10, 1, isLittle);
    view.setUint8(12, 9);
  });
  const blocks = packets.map(({ packet, timeUs = TIME_US }) => {
    const units = BigInt(timeUs) * (isNano ? 1000n : 1n);
    if (kind === "simple") {
      const head = bytes(4, (view) => view.setUint32(0, packet.length, isLittle));
      return block(3, joined([head, packet]), isLittle);
    }
    const head = bytes(20, (view) => {
      view.setUint32(4, Number(units >> 32n), isLittle);
      view.setUint32(8, Number(units & 0xffffffffn), isLittle);
      view.setUint32(12, packet.length, isLittle);
      view.setUint32(16, packet.length, isLittle);
    });
    return block(kind === "enhanced" ? 6 : 2, joined([head, packet]), isLittle);
  });
  const unknown = block(0x0bad, new Uint8Array(8), isLittle);
  return joined([
    block(0x0a0d0d0a, section, isLittle),
    block(1, described, isLittle),
    unknown,
    ...blocks,
  ]);
}
