/**
 * The SRv6 SID of a service route, put together from what all routes of an UPDATE share and what is in the label field of each
 * (RFC 9252 section 4).
 */
import { type PrefixSidTlv, PrefixSidType } from "./tlvs.ts";

/** Bits of the largest label field: 24 in EVPN; 20 of RFC 8277 stand in the upper ones. */
const LABEL_FIELD_BITS = 24;
const SID_BITS = 128;

/** What all routes of an UPDATE share of their SID. */
export interface ServiceSid {
  /** 16 bytes; those of the transposed bits mean nothing. */
  readonly sid: Uint8Array;
  readonly endpointBehavior: number;
  /** How many bits are in the label field; 0: none, the SID is whole. */
  readonly transpositionLength: number;
  /** Where in the SID they belong. */
  readonly transpositionOffset: number;
}

/**
 * The first SID of the first SRv6 service (RFC 9252 section 7: others of its type are ignored); undefined where there is none, or its
 * structure is out of bounds. `l2`: of the L2 service, as for most EVPN routes.
 */
export function serviceSid(
  bytes: Uint8Array,
  tlvs: readonly PrefixSidTlv[],
  l2 = false,
): ServiceSid | undefined {
  const type = l2 ? PrefixSidType.l2Service : PrefixSidType.l3Service;
  const service = tlvs.find((tlv) => tlv.type === type)?.service;
  const information = service?.find((it) => it.sid !== undefined)?.sid;
  if (information === undefined) return undefined;
  const structure = information.subSubTlvs.find((it) => it.structure !== undefined)?.structure;
  const { transpositionLength = 0, transpositionOffset = 0 } = structure ?? {};
  if (
    transpositionLength > LABEL_FIELD_BITS || transpositionOffset + transpositionLength > SID_BITS
  ) {
    return undefined;
  }
  return {
    sid: bytes.slice(information.sidStart, information.sidStart + SID_BITS / 8),
    endpointBehavior: information.endpointBehavior,
    transpositionLength,
    transpositionOffset,
  };
}

/**
 * Writes the SID of one route to `into`, 16 bytes. `labelField`: the 3 bytes of the route's label field as one number, all 24 bits of
 * them; the transposed bits are the upper ones.
 */
export function transposeLabel(service: ServiceSid, labelField: number, into: Uint8Array): void {
  const { sid, transpositionLength, transpositionOffset } = service;
  for (let i = 0; i < sid.length; i++) into[i] = sid[i]!;
  for (let i = 0; i < transpositionLength; i++) {
    const bit = transpositionOffset + i;
    const mask = 0x80 >> (bit & 7);
    const isSet = ((labelField >>> (LABEL_FIELD_BITS - 1 - i)) & 1) !== 0;
    into[bit >> 3] = isSet ? into[bit >> 3]! | mask : into[bit >> 3]! & ~mask;
  }
}
