/**
 * SR Segment (RFC 9857 section 5.7.1): one segment of a segment list.
 *
 * ```
 * 0  u8   type of the descriptor
 * 1  u8   reserved
 * 2  u16  flags: S a SID is there, E explicit, V verified, R resolved, A algorithm is set
 * 4  ...  SID: 4 octets with the label in the first 20 bits, 16 for SRv6; zeros without S
 *    ...  descriptor, by type
 *    ...  sub-TLVs: SRv6 Endpoint Behavior, SRv6 SID Structure
 * ```
 *
 * The types are numbers of BGP-LS's own, not those of the SR Policy SAFI.
 */
import { hexText, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import {
  expectAtLeast,
  flagLetters,
  type NestedTlvs,
  readLabelEntry,
  type Tlv,
  tlv,
} from "./attribute_spec.ts";

export interface SrSegment {
  readonly segmentType: number;
  /** The type's letter in RFC 9256 section 4, `A` to `K`. */
  readonly letter: string;
  readonly flags: readonly string[];
  /** With flag S: a label, or an address for SRv6. */
  readonly sid: number | string | undefined;
  readonly algorithm: number | undefined;
  readonly localAddress: string | undefined;
  readonly localInterfaceId: number | undefined;
  readonly remoteAddress: string | undefined;
  readonly remoteInterfaceId: number | undefined;
  readonly subTlvs: readonly Tlv[];
}

/** Of a type that nobody has defined: where the SID ends cannot be told. */
export interface UnknownSegment {
  readonly segmentType: number;
  readonly flags: readonly string[];
  /** What follows the flags. */
  readonly hex: string;
}

interface SegmentType {
  readonly letter: string;
  readonly sidBytes: 4 | 16;
  /** Octets of an address. */
  readonly addressBytes: 0 | 4 | 16;
  /** Parts of the descriptor in their order. */
  readonly parts: readonly ("algorithm" | "local" | "localId" | "remote" | "remoteId")[];
}

const NODE = ["algorithm", "local"] as const;
const ADJACENCY = ["local", "remote"] as const;
const INTERFACES = ["local", "localId", "remote", "remoteId"] as const;

/** By type. */
const TYPES: readonly (SegmentType | undefined)[] = [
  undefined,
  { letter: "A", sidBytes: 4, addressBytes: 0, parts: ["algorithm"] },
  { letter: "B", sidBytes: 16, addressBytes: 0, parts: ["algorithm"] },
  { letter: "C", sidBytes: 4, addressBytes: 4, parts: NODE },
  { letter: "D", sidBytes: 4, addressBytes: 16, parts: NODE },
  { letter: "E", sidBytes: 4, addressBytes: 4, parts: ["local", "localId"] },
  { letter: "F", sidBytes: 4, addressBytes: 4, parts: ADJACENCY },
  { letter: "G", sidBytes: 4, addressBytes: 16, parts: INTERFACES },
  { letter: "H", sidBytes: 4, addressBytes: 16, parts: ADJACENCY },
  { letter: "I", sidBytes: 16, addressBytes: 16, parts: NODE },
  { letter: "J", sidBytes: 16, addressBytes: 16, parts: INTERFACES },
  { letter: "K", sidBytes: 16, addressBytes: 16, parts: ADJACENCY },
];

const HAS_SID = 0x80;

function decodeSegment(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  nested: NestedTlvs,
): SrSegment | UnknownSegment {
  expectAtLeast(start, end, 4);
  const segmentType = bytes[start]!;
  const flags = flagLetters(bytes, start + 2, start + 4, "SEVRA");
  const type = TYPES[segmentType];
  if (type === undefined) return { segmentType, flags, hex: hexText(bytes, start + 4, end) };
  const { letter, sidBytes, addressBytes, parts } = type;
  const descriptor = start + 4 + sidBytes;
  const widths = {
    algorithm: 1,
    local: addressBytes,
    remote: addressBytes,
    localId: 4,
    remoteId: 4,
  };
  const starts: Partial<Record<typeof parts[number], number>> = {};
  let pos = descriptor;
  for (const part of parts) {
    starts[part] = pos;
    pos += widths[part];
  }
  expectAtLeast(start, end, pos - start);

  const address = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : addressBytes === 4 ? ipv4Text(bytes, at) : ipv6Text(bytes, at);
  const number = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : view.getUint32(at);
  const sid = sidBytes === 4 ? readLabelEntry(view, start + 4) : ipv6Text(bytes, start + 4);
  return {
    segmentType,
    letter,
    flags,
    sid: (bytes[start + 2]! & HAS_SID) !== 0 ? sid : undefined,
    algorithm: starts.algorithm === undefined ? undefined : bytes[starts.algorithm]!,
    localAddress: address(starts.local),
    localInterfaceId: number(starts.localId),
    remoteAddress: address(starts.remote),
    remoteInterfaceId: number(starts.remoteId),
    subTlvs: nested(pos, end),
  };
}

export const SR_SEGMENT = tlv(
  1206,
  "SR Segment",
  "RFC 9857 section 5.7.1",
  ["sub-tlv"],
  decodeSegment,
);
