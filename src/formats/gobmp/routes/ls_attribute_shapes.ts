/** Shapes that goBMP's link-state records share: flags as booleans, SIDs, sub-TLVs as bytes. */
import type { PrefixSid, Sid } from "../../../bgp/link_state/attribute_segment_routing.ts";
import type { Tlv, TlvSpec, TlvValue } from "../../../bgp/link_state/attribute_spec.ts";
import { isIsis, isOspf } from "../../../bgp/link_state/protocols.ts";
import type { TlvRange } from "../../../bgp/link_state/tlv.ts";
import { base64Text } from "../../../wire/strings.ts";

/** Names of flags, the most significant bit first; empty: goBMP has none. */
export type FlagNames = readonly string[];

/** A boolean per name. */
export function flagMembers(octet: number, names: FlagNames): Record<string, boolean> {
  const members: Record<string, boolean> = {};
  names.forEach((name, bit) => {
    if (name !== "") members[`${name}_flag`] = (octet & (0x80 >> bit)) !== 0;
  });
  return members;
}

/** As {@linkcode flagMembers}, of flags that are read already. */
export function letterMembers(set: readonly string[], letters: string): Record<string, boolean> {
  const members: Record<string, boolean> = {};
  for (const letter of letters) members[`${letter.toLowerCase()}_flag`] = set.includes(letter);
  return members;
}

/** Flags by IGP; those of other protocols have no names and are a number. */
export function igpFlagMembers(
  octet: number,
  protocolId: number,
  isis: FlagNames,
  ospf: FlagNames,
): object {
  if (isIsis(protocolId)) return flagMembers(octet, isis);
  return isOspf(protocolId) ? flagMembers(octet, ospf) : { flags: octet };
}

/** Left out when it is 0. */
export function orAbsent(value: number): number | undefined {
  return value === 0 ? undefined : value;
}

/** goBMP has one member for a label and an index. */
export function sidNumber({ label, index }: Sid): number {
  return label ?? index ?? 0;
}

const ISIS_PREFIX_SID: FlagNames = ["r", "n", "p", "e", "v", "l"]; // RFC 8667 section 2.1
const OSPF_PREFIX_SID: FlagNames = ["", "np", "m", "e", "v", "l"]; // RFC 8665 section 5

export function prefixSidMember(sid: PrefixSid, protocolId: number): object {
  return {
    flags: igpFlagMembers(sid.flags, protocolId, ISIS_PREFIX_SID, OSPF_PREFIX_SID),
    algo: sid.algorithm,
    prefix_sid: sidNumber(sid),
  };
}

export function subTlvMember(bytes: Uint8Array, { type, start, end }: TlvRange): object {
  return {
    sub_tlv_type: type,
    sub_tlv_value: start === end ? undefined : base64Text(bytes, start, end),
  };
}

/** A list that is left out when it is empty. */
export function listOrAbsent<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Decoded values of a kind, in the order of the wire. */
export function valuesIn<Value extends TlvValue>(
  tlvs: readonly Tlv[],
  { code }: TlvSpec<Value>,
): readonly Value[] {
  return tlvs.filter(({ type, value }) => type === code && value !== undefined)
    .map(({ value }) => value as Value);
}
