/**
 * Ethernet Segment Identifier (RFC 7432 section 5): `type u8, value of 9 octets`.
 *
 * ```
 * 0 arbitrary   value
 * 1 LACP        system MAC 6, port key u16, 0
 * 2 MSTP        root bridge MAC 6, root priority u16, 0
 * 3 MAC         system MAC 6, local discriminator u24
 * 4 router ID   router id u32, local discriminator u32, 0
 * 5 AS          AS number u32, local discriminator u32, 0
 * ```
 */
import { colonHexText, ipv4Text } from "../../../wire/strings.ts";

export const ESI_BYTES = 10;

/** What the value of an ESI says, by its type. */
export interface EthernetSegment {
  readonly type: number;
  readonly name?: string;
  readonly systemMac?: string;
  readonly portKey?: number;
  readonly rootMac?: string;
  readonly rootPriority?: number;
  readonly routerId?: string;
  readonly asn?: number;
  readonly localDiscriminator?: number;
}

/** What the ESI at `at` says; undefined for the reserved ESI 0, which means that there is no multihomed segment. */
export function ethernetSegment(
  bytes: Uint8Array,
  view: DataView,
  at: number,
): EthernetSegment | undefined {
  const type = bytes[at]!;
  const value = at + 1;
  switch (type) {
    case 0: {
      let any = 0;
      for (let i = value; i < at + ESI_BYTES; i++) any |= bytes[i]!;
      return any === 0 ? undefined : { type, name: "arbitrary" };
    }
    case 1:
      return {
        type,
        name: "lacp",
        systemMac: macText(bytes, value),
        portKey: view.getUint16(value + 6),
      };
    case 2:
      return {
        type,
        name: "mstp",
        rootMac: macText(bytes, value),
        rootPriority: view.getUint16(value + 6),
      };
    case 3:
      return {
        type,
        name: "mac",
        systemMac: macText(bytes, value),
        localDiscriminator: view.getUint32(value + 5) & 0xffffff,
      };
    case 4:
      return {
        type,
        name: "router-id",
        routerId: ipv4Text(bytes, value),
        localDiscriminator: view.getUint32(value + 4),
      };
    case 5:
      return {
        type,
        name: "as",
        asn: view.getUint32(value),
        localDiscriminator: view.getUint32(value + 4),
      };
    default:
      return { type };
  }
}

function macText(bytes: Uint8Array, at: number): string {
  return colonHexText(bytes, at, at + 6);
}
