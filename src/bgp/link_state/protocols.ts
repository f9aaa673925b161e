/** Where link-state information comes from: the Protocol-ID of BGP-LS NLRI (RFC 9552 section 5.2). */

export const Protocol = {
  isisLevel1: 1,
  isisLevel2: 2,
  ospfV2: 3,
  direct: 4,
  static: 5,
  ospfV3: 6,
  bgp: 7,
  rsvpTe: 8,
  segmentRouting: 9,
} as const;

/** IANA's name; `Unknown` of an unassigned one. */
export function protocolName(protocolId: number): string {
  return NAMES[protocolId] ?? "Unknown";
}

export function isIsis(protocolId: number): boolean {
  return protocolId === Protocol.isisLevel1 || protocolId === Protocol.isisLevel2;
}

export function isOspf(protocolId: number): boolean {
  return protocolId === Protocol.ospfV2 || protocolId === Protocol.ospfV3;
}

const NAMES: Readonly<Record<number, string>> = {
  1: "IS-IS Level 1",
  2: "IS-IS Level 2",
  3: "OSPFv2",
  4: "Direct",
  5: "Static configuration",
  6: "OSPFv3",
  7: "BGP",
  8: "RSVP-TE",
  9: "Segment Routing",
};
