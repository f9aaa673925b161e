/**
 * TLVs of traffic engineering: performance of a link (RFC 8571), Extended Administrative Group (RFC 9104), attributes per application
 * (RFC 9294), residence time (RFC 8169), graceful shutdown of a link (RFC 8379).
 */
import { fail } from "../../wire/fault.ts";
import {
  decodeFloat,
  decodeU32List,
  expectAtLeast,
  expectLength,
  flagLetters,
  type NestedTlvs,
  readUnsigned,
  type Tlv,
  tlv,
  type TlvDecoder,
  type TlvSpec,
} from "./attribute_spec.ts";

/** Microseconds, or units of 0.000003 % for a loss. */
export interface Measured {
  readonly value: number;
  /** A flag: above the configured threshold. */
  readonly anomalous: boolean;
}

/** Microseconds. */
export interface DelayRange {
  readonly min: number;
  readonly max: number;
  /** A flag: above the configured threshold. */
  readonly anomalous: boolean;
}

export interface ApplicationAttributes {
  /** Standard applications: R RSVP-TE, S SR policy, F loop-free alternate, X flexible algorithm; none: any. */
  readonly applications: readonly string[];
  /** User-defined applications, by number of their bit. */
  readonly userApplications: readonly string[];
  /** Link attributes for these applications. */
  readonly subTlvs: readonly Tlv[];
}

/** A flag in the first bit, the value in the last 24 (RFC 8571 section 2). */
const decodeMeasured: TlvDecoder<Measured> = (bytes, _view, start, end) => {
  expectLength(start, end, 4);
  return {
    value: readUnsigned(bytes, start + 1, start + 4),
    anomalous: (bytes[start]! & 0x80) !== 0,
  };
};

/**
 * ```
 * 0  u8   octets of the bit mask of standard applications, n: 0, 4 or 8
 * 1  u8   octets of the bit mask of user-defined ones, m: likewise
 * 2  u16  reserved
 * 4  n    standard applications
 *    m    user-defined applications
 *    ...  sub-TLVs: TLVs of links
 * ```
 */
function decodeApplications(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
  nested: NestedTlvs,
): ApplicationAttributes {
  expectAtLeast(start, end, 4);
  const standard = start + 4;
  const user = standard + maskLength(bytes, start);
  const subTlvs = user + maskLength(bytes, start + 1);
  expectAtLeast(start, end, subTlvs - start);
  return {
    applications: flagLetters(bytes, standard, user, "RSFX"),
    userApplications: flagLetters(bytes, user, subTlvs, ""),
    subTlvs: nested(subTlvs, end),
  };
}

/** Of a bit mask of applications: 0, 4 or 8 octets. */
function maskLength(bytes: Uint8Array, start: number): number {
  const length = bytes[start]!;
  if (length !== 0 && length !== 4 && length !== 8) {
    fail("ls-application-mask", start, `a mask of 0, 4 or 8 bytes, found ${length}`);
  }
  return length;
}

export const LINK_DELAY = tlv(
  1114,
  "Unidirectional Link Delay",
  "RFC 8571 section 2.1",
  ["link"],
  decodeMeasured,
);

export const LINK_DELAY_RANGE = tlv(
  1115,
  "Min/Max Unidirectional Link Delay",
  "RFC 8571 section 2.2",
  ["link"],
  (bytes, _view, start, end): DelayRange => {
    expectLength(start, end, 8);
    return {
      min: readUnsigned(bytes, start + 1, start + 4),
      max: readUnsigned(bytes, start + 5, start + 8),
      anomalous: (bytes[start]! & 0x80) !== 0,
    };
  },
);

/** Microseconds. */
export const DELAY_VARIATION = tlv(
  1116,
  "Unidirectional Delay Variation",
  "RFC 8571 section 2.3",
  ["link"],
  (bytes, _view, start, end): number => {
    expectLength(start, end, 4);
    return readUnsigned(bytes, start + 1, start + 4);
  },
);

export const LINK_LOSS = tlv(
  1117,
  "Unidirectional Link Loss",
  "RFC 8571 section 2.4",
  ["link"],
  decodeMeasured,
);

/** Octets per second. */
export const RESIDUAL_BANDWIDTH = tlv(
  1118,
  "Unidirectional Residual Bandwidth",
  "RFC 8571 section 2.5",
  ["link"],
  decodeFloat,
);

/** Octets per second. */
export const AVAILABLE_BANDWIDTH = tlv(
  1119,
  "Unidirectional Available Bandwidth",
  "RFC 8571 section 2.6",
  ["link"],
  decodeFloat,
);

/** Octets per second. */
export const UTILIZED_BANDWIDTH = tlv(
  1120,
  "Unidirectional Utilized Bandwidth",
  "RFC 8571 section 2.7",
  ["link"],
  decodeFloat,
);

export const APPLICATION_ATTRIBUTES = tlv(
  1122,
  "Application-Specific Link Attributes",
  "RFC 9294 section 2",
  ["link"],
  decodeApplications,
);

export const PERFORMANCE_TLVS: readonly TlvSpec[] = [
  // 3 bits at the front say how the node measures; what follows them is reserved or sub-TLVs that nobody has defined.
  tlv(1105, "RTM Capability", "RFC 8169 section 4", ["link"], (bytes, _view, start, end) => {
    expectAtLeast(start, end, 1);
    return { capability: bytes[start]! >> 5 };
  }),
  LINK_DELAY,
  LINK_DELAY_RANGE,
  DELAY_VARIATION,
  LINK_LOSS,
  RESIDUAL_BANDWIDTH,
  AVAILABLE_BANDWIDTH,
  UTILIZED_BANDWIDTH,
  tlv(
    1121,
    "Graceful-Link-Shutdown TLV",
    "RFC 8379 section 4",
    ["link"],
    (_b, _v, start, end) => {
      expectLength(start, end, 0);
      return true;
    },
  ),
  APPLICATION_ATTRIBUTES,
  tlv(1173, "Extended Administrative Group", "RFC 9104 section 2", ["link"], decodeU32List),
];
