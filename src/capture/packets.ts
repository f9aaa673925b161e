/**
 * Packets of a capture file: pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng), either byte order.
 *
 * ```
 * pcap
 *  0  u32  magic: a1b2c3d4 times in microseconds, a1b23c4d in nanoseconds
 *  4  u16  major, minor version; 8 u32 u32 zero; 16 u32 longest packet
 * 20  u32  link type in the lower 16 bits
 * 24  ...  packets: u32 seconds, u32 fraction, u32 bytes here, u32 bytes on the wire, bytes
 *
 * pcapng block
 *  0  u32  type
 *  4  u32  length of the whole block, a multiple of 4
 *  8  ...  body
 *     u32  the length again
 * ```
 */
import { ByteQueue } from "../wire/byte_queue.ts";

const PCAP_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const BLOCK_HEADER_BYTES = 8;
const BLOCK_BYTES_MIN = 12;
/** Longest packet or block that is read; libpcap itself makes none longer than 256 KiB. Longer blocks without packets are passed over. */
const RECORD_BYTES_MAX = 1024 * 1024;
const INTERFACES_MAX = 65_536;

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_TIME_OFFSET = 14;

/** A packet; its bytes are valid during the call only. */
export interface Packet {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The packet, as far as it was captured, is `bytes[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** One of the LINKTYPE_ values. */
  readonly linkType: number;
  /** Microseconds since 1970, 0: unknown. */
  readonly timeUs: number;
}

export type PacketHandler = (packet: Packet) => void;

/** A capture file that cannot be read on. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";

  constructor(offset: number, problem: string) {
    super(`Cannot read capture at byte ${offset}: ${problem}`);
  }
}

interface Interface {
  readonly linkType: number;
  readonly unitsPerSecond: number;
  readonly offsetSeconds: number;
}

/** Whether a file that begins with these 4 bytes is a capture; a BMP stream never does. */
export function isCapture(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return magic === SECTION_HEADER || pcapOrder(magic) !== undefined;
}

/** Byte order and fraction of a second of a pcap file. */
function pcapOrder(magic: number): { isLittle: boolean; unitsPerSecond: number } | undefined {
  switch (magic) {
    case 0xa1b2c3d4:
      return { isLittle: false, unitsPerSecond: 1e6 };
    case 0xd4c3b2a1:
      return { isLittle: true, unitsPerSecond: 1e6 };
    case 0xa1b23c4d:
      return { isLittle: false, unitsPerSecond: 1e9 };
    case 0x4d3cb2a1:
      return { isLittle: true, unitsPerSecond: 1e9 };
    default:
      return undefined;
  }
}

/** Reads a capture that comes in chunks. */
export class PacketReader {
  readonly #onPacket: PacketHandler;
  readonly #queue = new ByteQueue();
  /** Offset in the file of the first byte in the queue. */
  #offset = 0;
  #format: "unknown" | "pcap" | "pcapng" = "unknown";
  #isLittle = false;
  /** Of the section, in the order of their descriptions; a pcap file has one. */
  #interfaces: Interface[] = [];
  /** Bytes of a block that are passed over. */
  #passing = 0;

  constructor(onPacket: PacketHandler) {
    this.#onPacket = onPacket;
  }

  /** @throws {CaptureError} after the packets before it */
  push(chunk: Uint8Array): void {
    const queue = this.#queue;
    queue.push(chunk);
    for (;;) {
      const passed = Math.min(this.#passing, queue.length);
      this.#drop(passed);
      this.#passing -= passed;
      if (this.#passing > 0) return;
      const length = this.#nextLength();
      if (this.#passing > 0) continue;
      if (length === 0 || length > queue.length) return;
      this.#read(length);
      this.#drop(length);
    }
  }

  /** Ends the file. @throws {CaptureError} when it ends within a packet */
  end(): void {
    if (this.#queue.length > 0 || this.#passing > 0) {
      throw new CaptureError(this.#offset, "found the end of the file, expected a whole packet");
    }
  }

  #drop(count: number): void {
    this.#queue.start += count;
    this.#offset += count;
  }

  #u32(at: number): number {
    return this.#queue.view.getUint32(this.#queue.start + at, this.#isLittle);
  }

  #u16(at: number): number {
    return this.#queue.view.getUint16(this.#queue.start + at, this.#isLittle);
  }

  /** Length of what comes next, 0: not known yet. */
  #nextLength(): number {
    const { length } = this.#queue;
    if (this.#format === "unknown") return this.#begin(length);
    if (this.#format === "pcap") {
      if (length < PACKET_HEADER_BYTES) return 0;
      const captured = this.#u32(8);
      if (captured > RECORD_BYTES_MAX) {
        this.#fail(`found a packet of ${captured} bytes, expected at most ${RECORD_BYTES_MAX}`);
      }
      return PACKET_HEADER_BYTES + captured;
    }
    if (length < BLOCK_BYTES_MIN) return 0;
    const type = this.#u32(0);
    if (type === SECTION_HEADER) this.#readByteOrder();
    const block = this.#u32(4);
    if (block < BLOCK_BYTES_MIN || block % 4 !== 0) {
      this.#fail(`found a block of ${block} bytes, expected a multiple of 4 from 12`);
    }
    if (block <= RECORD_BYTES_MAX) return block;
    const hasPacket = [SECTION_HEADER, INTERFACE_DESCRIPTION, SIMPLE_PACKET, ENHANCED_PACKET]
      .includes(type);
    if (hasPacket || type === OBSOLETE_PACKET) {
      this.#fail(`found a block of ${block} bytes, expected at most ${RECORD_BYTES_MAX}`);
    }
    this.#passing = block;
    return 0;
  }

  #begin(length: number): number {
    if (length < 4) return 0;
    const { bytes, view, start } = this.#queue;
    if (!isCapture(bytes.subarray(start, start + 4))) {
      this.#fail("expected the start of a pcap or pcapng file");
    }
    const order = pcapOrder(view.getUint32(start));
    if (order === undefined) {
      this.#format = "pcapng";
      return this.#nextLength();
    }
    if (length < PCAP_HEADER_BYTES) return 0;
    this.#format = "pcap";
    this.#isLittle = order.isLittle;
    const { unitsPerSecond } = order;
    this.#interfaces = [{ linkType: this.#u32(20) & 0xffff, unitsPerSecond, offsetSeconds: 0 }];
    this.#drop(PCAP_HEADER_BYTES);
    return this.#nextLength();
  }

  #readByteOrder(): void {
    for (const isLittle of [false, true]) {
      this.#isLittle = isLittle;
      if (this.#u32(8) === BYTE_ORDER_MAGIC) return;
    }
    this.#fail("expected the byte order magic of a section");
  }

  /** Reads the packet or block of this length. */
  #read(length: number): void {
    if (this.#format === "pcap") {
      const { unitsPerSecond } = this.#interfaces[0]!;
      const timeUs = this.#u32(0) * 1e6 + Math.floor(this.#u32(4) / (unitsPerSecond / 1e6));
      return this.#give(0, PACKET_HEADER_BYTES, length - PACKET_HEADER_BYTES, timeUs);
    }
    const room = length - BLOCK_BYTES_MIN;
    switch (this.#u32(0)) {
      case SECTION_HEADER:
        this.#interfaces = [];
        return;
      case INTERFACE_DESCRIPTION:
        return this.#readInterface(room);
      case ENHANCED_PACKET:
        this.#expectRoom(room, 20);
        return this.#readTimed(this.#u32(8), room);
      case OBSOLETE_PACKET:
        this.#expectRoom(room, 20);
        return this.#readTimed(this.#u16(8), room);
      case SIMPLE_PACKET:
        this.#expectRoom(room, 4);
        return this.#give(0, 12, Math.min(this.#u32(8), room - 4), 0);
    }
  }

  #expectRoom(room: number, expected: number): void {
    if (room < expected) {
      this.#fail(`found a block with ${room} bytes inside, expected at least ${expected}`);
    }
  }

  /** Link type u16, reserved u16, longest packet u32, options. */
  #readInterface(room: number): void {
    this.#expectRoom(room, 8);
    if (this.#interfaces.length === INTERFACES_MAX) {
      this.#fail(`expected at most ${INTERFACES_MAX} interfaces`);
    }
    let unitsPerSecond = 1e6;
    let offsetSeconds = 0;
    const end = BLOCK_HEADER_BYTES + room;
    for (let at = BLOCK_HEADER_BYTES + 8; at + 4 <= end;) {
      const code = this.#u16(at);
      const length = this.#u16(at + 2);
      const value = at + 4;
      if (code === 0 || value + length > end) break;
      if (code === OPTION_TIME_RESOLUTION && length === 1) {
        const exponent = this.#queue.bytes[this.#queue.start + value]!;
        unitsPerSecond = exponent < 128 ? 10 ** exponent : 2 ** (exponent & 127);
      } else if (code === OPTION_TIME_OFFSET && length === 8) {
        const at = this.#queue.start + value;
        offsetSeconds = Number(this.#queue.view.getBigInt64(at, this.#isLittle));
      }
      at = value + ((length + 3) & ~3);
    }
    this.#interfaces.push({
      linkType: this.#u16(BLOCK_HEADER_BYTES),
      unitsPerSecond,
      offsetSeconds,
    });
  }

  /** Interface u32 (or u16 and drops u16), time u32 high, u32 low, bytes here u32, bytes on the wire u32, bytes. */
  #readTimed(interfaceId: number, room: number): void {
    const { unitsPerSecond, offsetSeconds } = this.#interfaceOf(interfaceId);
    const units = this.#u32(12) * 4294967296 + this.#u32(16);
    const timeUs = Math.floor(units / (unitsPerSecond / 1e6)) + offsetSeconds * 1e6;
    this.#give(interfaceId, 28, Math.min(this.#u32(20), room - 20), timeUs);
  }

  #interfaceOf(id: number): Interface {
    const found = this.#interfaces[id];
    if (found === undefined) this.#fail(`found interface ${id}, expected one that was described`);
    return found;
  }

  #give(interfaceId: number, at: number, length: number, timeUs: number): void {
    const { linkType } = this.#interfaceOf(interfaceId);
    const { bytes, view, start } = this.#queue;
    const packetStart = start + at;
    this.#onPacket({
      bytes,
      view,
      start: packetStart,
      end: packetStart + length,
      linkType,
      timeUs: Number.isSafeInteger(timeUs) && timeUs > 0 ? timeUs : 0,
    });
  }

  #fail(problem: string): never {
    throw new CaptureError(this.#offset, problem);
  }
}
