/** TLVs of flexible algorithms: RFC 9351. */
import { fail } from "../../wire/fault.ts";
import {
  decodeU32List,
  expectAtLeast,
  expectLength,
  expectMultiple,
  flagLetters,
  type Tlv,
  tlv,
  type TlvSpec,
} from "./attribute_spec.ts";

export interface FlexAlgorithmDefinition {
  readonly algorithm: number;
  readonly metricType: number;
  readonly calculationType: number;
  readonly priority: number;
  readonly subTlvs: readonly Tlv[];
}

export interface FlexAlgorithmMetric {
  readonly algorithm: number;
  /** E: external metric (OSPF). */
  readonly flags: readonly string[];
  readonly metric: number;
}

export const FLEX_ALGORITHM = tlv(
  1039,
  "Flexible Algorithm Definition",
  "RFC 9351 section 3",
  ["node"],
  (bytes, _view, start, end, nested): FlexAlgorithmDefinition => {
    expectAtLeast(start, end, 4);
    return {
      algorithm: bytes[start]!,
      metricType: bytes[start + 1]!,
      calculationType: bytes[start + 2]!,
      priority: bytes[start + 3]!,
      subTlvs: nested(start + 4, end),
    };
  },
);

export const EXCLUDE_ANY = tlv(
  1040,
  "Flexible Algorithm Exclude Any Affinity",
  "RFC 9351 section 3.1",
  ["sub-tlv"],
  decodeU32List,
);

export const INCLUDE_ANY = tlv(
  1041,
  "Flexible Algorithm Include Any Affinity",
  "RFC 9351 section 3.2",
  ["sub-tlv"],
  decodeU32List,
);

export const INCLUDE_ALL = tlv(
  1042,
  "Flexible Algorithm Include All Affinity",
  "RFC 9351 section 3.3",
  ["sub-tlv"],
  decodeU32List,
);

/** One bit is defined; the RFC has no bound. */
const FLAG_BYTES_MAX = 8;

/** M: the prefix metric of the algorithm is to be used. */
export const DEFINITION_FLAGS = tlv(
  1043,
  "Flexible Algorithm Definition Flags",
  "RFC 9351 section 3.4",
  ["sub-tlv"],
  (bytes, _view, start, end): string[] => {
    if (end - start > FLAG_BYTES_MAX) {
      fail("ls-tlv-value-length", start, `at most ${FLAG_BYTES_MAX} bytes, found ${end - start}`);
    }
    return flagLetters(bytes, start, end, "M");
  },
);

export const EXCLUDE_SRLG = tlv(
  1045,
  "Flexible Algorithm Exclude SRLG",
  "RFC 9351 section 3.5",
  ["sub-tlv"],
  decodeU32List,
);

/** Protocol-IDs whose sub-TLV types have two octets. */
const OSPF_PROTOCOLS = [3, 6];

/** Sub-TLVs of the IGP's definition that the sender could not hand on; their types have one octet in IS-IS, two in OSPF. */
const UNSUPPORTED = tlv(
  1046,
  "Flexible Algorithm Unsupported",
  "RFC 9351 section 3.6",
  ["sub-tlv"],
  (bytes, _view, start, end): { protocolId: number; types: number[] } => {
    expectAtLeast(start, end, 1);
    const protocolId = bytes[start]!;
    const types = [];
    if (OSPF_PROTOCOLS.includes(protocolId)) {
      expectMultiple(start + 1, end, 2);
      for (let pos = start + 1; pos < end; pos += 2) types.push(bytes[pos]! << 8 | bytes[pos + 1]!);
    } else {
      for (let pos = start + 1; pos < end; pos++) types.push(bytes[pos]!);
    }
    return { protocolId, types };
  },
);

/**
 * ```
 * 0  u8   algorithm
 * 1  u8   flags
 * 2  u16  reserved
 * 4  u32  metric
 * ```
 */
export const FLEX_ALGORITHM_METRIC = tlv(
  1044,
  "Flexible Algorithm Prefix Metric",
  "RFC 9351 section 4",
  ["prefix"],
  (bytes, view, start, end): FlexAlgorithmMetric => {
    expectLength(start, end, 8);
    return {
      algorithm: bytes[start]!,
      flags: flagLetters(bytes, start + 1, start + 2, "E"),
      metric: view.getUint32(start + 4),
    };
  },
);

export const FLEXIBLE_ALGORITHM_TLVS: readonly TlvSpec[] = [
  FLEX_ALGORITHM,
  EXCLUDE_ANY,
  INCLUDE_ANY,
  INCLUDE_ALL,
  DEFINITION_FLAGS,
  FLEX_ALGORITHM_METRIC,
  EXCLUDE_SRLG,
  UNSUPPORTED,
];
