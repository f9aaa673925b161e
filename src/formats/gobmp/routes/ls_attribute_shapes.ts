/** Shapes that goBMP's link-state records share: flags as booleans, SIDs, sub-TLVs as bytes. */
import type { PrefixSid, Sid } from "../../../bgp/link_state/attribute_segment_routing.ts";
import type { Tlv, TlvSpec, TlvValue } from "../../../bgp/link_state/attribute_spec.ts";
import { isIsis, isOspf } from "../../../bgp/link_state/protocols.ts";
import type { TlvRange } from "../../../bgp/link_state/tlv.ts";
import { base64Text } from "../../../wire/strings.ts";
import { utf8 } from "../../../wire/writer.ts";
import type { FieldWriter } from "../fields.ts";

/** Objects with a boolean per flag, for each octet that they can stand in. */
export type Flags = readonly Uint8Array[];

/** Booleans `x_flag`, by a list like `x - y`, the most significant bit first; a hyphen: goBMP has none. */
export function flagsOf(names: string): Flags {
  const list = names.split(" ");
  return Array.from({ length: 256 }, (_, octet) => {
    const members = list.flatMap((name, bit) =>
      name === "-" ? [] : [`"${name}_flag":${(octet & (0x80 >> bit)) !== 0}`]
    );
    return utf8(`{${members.join(",")}}`);
  });
}

/** Letters of flags and the names of their fields. */
export type LetterNames = readonly (readonly [letter: string, name: string])[];

/** Names of the form `x_flag`. */
export function letterNames(letters: string): LetterNames {
  return Array.from(letters, (letter) => [letter, `${letter.toLowerCase()}_flag`]);
}

/** Writes an object with a boolean per letter, of flags that are read already. */
export function putLetters(
  to: FieldWriter,
  name: string,
  set: readonly string[],
  names: LetterNames,
): void {
  to.begin(name);
  putLetterFields(to, set, names);
  to.end();
}

/** The fields alone. */
export function putLetterFields(
  to: FieldWriter,
  set: readonly string[],
  names: LetterNames,
): void {
  for (let i = 0; i < names.length; i++) {
    const [letter, field] = names[i]!;
    to.flag(field, set.includes(letter));
  }
}

/** Writes flags by IGP; those of others have no names and are a number, as those of OSPF are where `ospf` is undefined. */
export function putIgpFlags(
  to: FieldWriter,
  octet: number,
  protocolId: number,
  isis: Flags,
  ospf: Flags | undefined,
): void {
  if (isIsis(protocolId)) return to.object("flags", isis[octet]!);
  if (isOspf(protocolId) && ospf !== undefined) return to.object("flags", ospf[octet]!);
  to.begin("flags");
  to.numberOrZero("flags", octet);
  to.end();
}

/** goBMP has one member for a label and an index. */
export function sidNumber({ label, index }: Sid): number {
  return label ?? index ?? 0;
}

const ISIS_PREFIX_SID = flagsOf("r n p e v l"); // RFC 8667 section 2.1
const OSPF_PREFIX_SID = flagsOf("- np m e v l"); // RFC 8665 section 5

export function putPrefixSids(
  to: FieldWriter,
  name: string,
  sids: readonly PrefixSid[],
  protocolId: number,
): void {
  to.objects(name, sids, (to, sid) => {
    putIgpFlags(to, sid.flags, protocolId, ISIS_PREFIX_SID, OSPF_PREFIX_SID);
    to.numberOrZero("algo", sid.algorithm);
    to.numberOrZero("prefix_sid", sidNumber(sid));
  });
}

export function putSubTlvs(to: FieldWriter, bytes: Uint8Array, ranges: readonly TlvRange[]): void {
  to.objects("sub_tlvs", ranges, (to, { type, start, end }) => {
    to.numberOrZero("sub_tlv_type", type);
    to.text("sub_tlv_value", base64Text(bytes, start, end));
  });
}

/** Decoded values of a kind, in the order of the wire. */
export function valuesIn<Value extends TlvValue>(
  tlvs: readonly Tlv[],
  { code }: TlvSpec<Value>,
): readonly Value[] {
  return tlvs.filter(({ type, value }) => type === code && value !== undefined)
    .map(({ value }) => value as Value);
}

/** All items of the lists, of which there is hardly ever more than one. */
export function joined<Item>(lists: readonly (readonly Item[])[]): readonly Item[] {
  return lists.length === 1 ? lists[0]! : lists.flat();
}
