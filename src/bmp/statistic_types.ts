/**
 * Types of statistics in a Statistics Report (RFC 7854 section 4.8, RFC 8671 section 6.2, RFC 9972). To add one, add a row.
 */

/** Form of a value: `counter32` 4 octets, `gauge64` 8, `family-gauge64` AFI u16, SAFI u8, then 8. */
export type StatisticKind = "counter32" | "gauge64" | "family-gauge64";

export interface StatisticType {
  /** IANA's description. */
  readonly name: string;
  readonly kind: StatisticKind;
  /** The document that defines it: in the support matrix and in `explain`. */
  readonly reference: string;
}

/** By type code. */
export const STATISTIC_TYPES: Readonly<Record<number, StatisticType>> = {
  0: {
    name: "Number of prefixes rejected by inbound policy",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  1: {
    name: "Number of (known) duplicate prefix advertisements",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  2: {
    name: "Number of (known) duplicate withdraws",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  3: {
    name: "Number of updates invalidated due to CLUSTER_LIST loop",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  4: {
    name: "Number of updates invalidated due to AS_PATH loop",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  5: {
    name: "Number of updates invalidated due to ORIGINATOR_ID",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  6: {
    name:
      "Number of updates invalidated due to a loop found in AS_CONFED_SEQUENCE or AS_CONFED_SET",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  7: {
    name: "Number of routes in Adj-RIBs-In",
    kind: "gauge64",
    reference: "RFC 7854 section 4.8",
  },
  8: { name: "Number of routes in Loc-RIB", kind: "gauge64", reference: "RFC 7854 section 4.8" },
  9: {
    name: "Number of routes in per-AFI/SAFI Adj-RIB-In",
    kind: "family-gauge64",
    reference: "RFC 7854 section 4.8",
  },
  10: {
    name: "Number of routes in per-AFI/SAFI Loc-RIB",
    kind: "family-gauge64",
    reference: "RFC 7854 section 4.8",
  },
  11: {
    name: "Number of updates subjected to treat-as-withdraw",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  12: {
    name: "Number of prefixes subjected to treat-as-withdraw",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  13: {
    name: "Number of duplicate update messages received",
    kind: "counter32",
    reference: "RFC 7854 section 4.8",
  },
  14: {
    name: "Number of routes in pre-policy Adj-RIB-Out",
    kind: "gauge64",
    reference: "RFC 8671 section 6.2",
  },
  15: {
    name: "Number of routes in post-policy Adj-RIB-Out",
    kind: "gauge64",
    reference: "RFC 8671 section 6.2",
  },
  16: {
    name: "Number of routes in per-AFI/SAFI pre-policy Adj-RIB-Out",
    kind: "family-gauge64",
    reference: "RFC 8671 section 6.2",
  },
  17: {
    name: "Number of routes in per-AFI/SAFI post-policy Adj-RIB-Out",
    kind: "family-gauge64",
    reference: "RFC 8671 section 6.2",
  },
  18: {
    name: "Number of routes currently in pre-policy Adj-RIB-In",
    kind: "gauge64",
    reference: "RFC 9972",
  },
  19: {
    name: "Number of routes currently in per-AFI/SAFI pre-policy Adj-RIB-In",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  20: {
    name: "Number of routes currently in post-policy Adj-RIB-In",
    kind: "gauge64",
    reference: "RFC 9972",
  },
  21: {
    name: "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  22: {
    name:
      "Number of routes currently in per-AFI/SAFI pre-policy Adj-RIB-In rejected by inbound policy",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  23: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In accepted by inbound policy",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  26: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In or Loc-RIB suppressed by configured route damping policy",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  27: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In or Loc-RIB marked as stale by Graceful Restart (GR) events",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  28: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In or Loc-RIB marked as stale by Long-Lived Graceful Restart (LLGR)",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  29: {
    name:
      "Number of routes currently in post-policy Adj-RIB-In left before exceeding the received route threshold",
    kind: "gauge64",
    reference: "RFC 9972",
  },
  30: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In left before exceeding the received route threshold",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  31: {
    name:
      "Number of routes currently in post-policy Adj-RIB-In or Loc-RIB left before exceeding a license-customized route threshold",
    kind: "gauge64",
    reference: "RFC 9972",
  },
  32: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In or Loc-RIB left before exceeding a license-customized route threshold",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  33: {
    name:
      "Number of routes currently in pre-policy Adj-RIB-In rejected due to exceeding the locally configured maximum AS_PATH length",
    kind: "gauge64",
    reference: "RFC 9972",
  },
  34: {
    name:
      "Number of routes currently in per-AFI/SAFI pre-policy Adj-RIB-In rejected due to exceeding the locally configured maximum AS_PATH length",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  35: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In invalidated after verifying route origin AS number through the ROA of RPKI",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  36: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In validated after verifying route origin AS number through the ROA of RPKI",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  37: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-In whose RPKI route origin validation state is NotFound",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  38: {
    name:
      "Number of routes currently in per-AFI/SAFI pre-policy Adj-RIB-Out rejected by outbound policy",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  39: {
    name:
      "Number of routes currently in pre-policy Adj-RIB-Out filtered due to AS_PATH length exceeding the locally configured maximum",
    kind: "gauge64",
    reference: "RFC 9972",
  },
  40: {
    name:
      "Number of routes currently in per-AFI/SAFI pre-policy Adj-RIB-Out filtered due to AS_PATH length exceeding the locally configured maximum",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  41: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-Out invalidated after verifying route origin AS number through the ROA of RPKI",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  42: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-Out validated after verifying route origin AS number through the ROA of RPKI",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
  43: {
    name:
      "Number of routes currently in per-AFI/SAFI post-policy Adj-RIB-Out whose RPKI route origin validation state is NotFound",
    kind: "family-gauge64",
    reference: "RFC 9972",
  },
};
