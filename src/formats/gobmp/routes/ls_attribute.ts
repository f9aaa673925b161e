/** What goBMP's link-state records show of the BGP-LS attribute, in its names and shapes. `bgp_ls` in `base_attrs` has all of it. */
import { decodeLinkStateTlvs, type LinkStateTlvs } from "../../../bgp/link_state/attribute.ts";
import type { TlvSpec, TlvValue } from "../../../bgp/link_state/attribute_spec.ts";
import type { TlvRange } from "../../../bgp/link_state/tlv.ts";
import { isFault } from "../../../wire/fault.ts";
import type { Field } from "../records.ts";
import type { RouteFacts } from "./kind.ts";
import { linkFields } from "./ls_attribute_link.ts";
import { nodeFields } from "./ls_attribute_node.ts";
import { prefixFields, sidFields } from "./ls_attribute_prefix.ts";

const BGP_LS_CODE = 29;
const NONE: readonly never[] = [];

/** The attribute of one UPDATE, and the fields that were made of it. Valid for one list of routes. */
export class LinkStateAttribute {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #decoded: LinkStateTlvs;
  /** Positions in {@linkcode LinkStateTlvs} of what could be decoded, by type. */
  readonly #positions = new Map<number, number[]>();
  /** Routes of one list share them: a hostile list has thousands of routes, and as many TLVs beside. */
  readonly #fields = new Map<string, readonly Field[]>();

  constructor(bytes: Uint8Array, view: DataView, decoded: LinkStateTlvs) {
    this.bytes = bytes;
    this.view = view;
    this.#decoded = decoded;
    decoded.tlvs.forEach(({ type, error }, i) => {
      if (error !== undefined) return;
      const positions = this.#positions.get(type);
      if (positions === undefined) this.#positions.set(type, [i]);
      else positions.push(i);
    });
  }

  /** Where the values of this type are, in the order of the wire; malformed ones are left out. */
  ranges(type: number): readonly TlvRange[] {
    return this.#positions.get(type)?.map((i) => this.#decoded.ranges[i]!) ?? NONE;
  }

  /** Decoded values in the order of the wire. */
  values<Value extends TlvValue>({ code }: TlvSpec<Value>): readonly Value[] {
    return this.#positions.get(code)?.map((i) => this.#decoded.tlvs[i]!.value as Value) ?? NONE;
  }

  /** The first decoded value. */
  value<Value extends TlvValue>({ code }: TlvSpec<Value>): Value | undefined {
    const position = this.#positions.get(code)?.[0];
    return position === undefined ? undefined : this.#decoded.tlvs[position]!.value as Value;
  }

  /** `make`'s fields, made once per protocol; `kind` tells whose they are. */
  fields(
    kind: string,
    protocolId: number,
    make: (attribute: LinkStateAttribute, protocolId: number) => readonly Field[],
  ): readonly Field[] {
    const key = `${kind} ${protocolId}`;
    let fields = this.#fields.get(key);
    if (fields === undefined) {
      fields = make(this, protocolId);
      this.#fields.set(key, fields);
    }
    return fields;
  }
}

/** The list's BGP-LS attribute; undefined: there is none, or it is malformed as a whole, which is reported with the attributes. */
export function readLinkStateAttribute(facts: RouteFacts): LinkStateAttribute | undefined {
  const range = facts.attribute(BGP_LS_CODE);
  if (range === undefined) return undefined;
  try {
    const decoded = decodeLinkStateTlvs(facts.bytes, facts.data, range.start, range.end);
    decoded.faults.forEach((fault) => facts.noteFault(fault));
    return new LinkStateAttribute(facts.bytes, facts.data, decoded);
  } catch (error) {
    if (!isFault(error)) throw error;
    return undefined;
  }
}

/** Fields of `ls_node` that come from the attribute, but for `area_id` and `router_id`. */
export function nodeAttributeFields(
  attribute: LinkStateAttribute | undefined,
  protocolId: number,
): readonly Field[] {
  return attribute?.fields("node", protocolId, nodeFields) ?? NONE;
}

/** Fields of `ls_link` that come from the attribute, but for router identifiers and link identifiers. */
export function linkAttributeFields(
  attribute: LinkStateAttribute | undefined,
  protocolId: number,
): readonly Field[] {
  return attribute?.fields("link", protocolId, linkFields) ?? NONE;
}

/** Fields of `ls_prefix` that come from the attribute, but for `router_id`. */
export function prefixAttributeFields(
  attribute: LinkStateAttribute | undefined,
  protocolId: number,
): readonly Field[] {
  return attribute?.fields("prefix", protocolId, prefixFields) ?? NONE;
}

/** Fields of `ls_srv6_sid` that come from the attribute. */
export function sidAttributeFields(
  attribute: LinkStateAttribute | undefined,
  protocolId: number,
): readonly Field[] {
  return attribute?.fields("sid", protocolId, sidFields) ?? NONE;
}
