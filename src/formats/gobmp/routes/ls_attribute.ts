/** What goBMP's link-state records show of the BGP-LS attribute, in its names and shapes. `bgp_ls` in `base_attrs` has all of it. */
import { decodeLinkStateTlvs, type LinkStateTlvs } from "../../../bgp/link_state/attribute.ts";
import type { TlvSpec, TlvValue } from "../../../bgp/link_state/attribute_spec.ts";
import type { TlvRange } from "../../../bgp/link_state/tlv.ts";
import { isFault } from "../../../wire/fault.ts";
import type { FieldWriter } from "../fields.ts";
import type { RouteFacts } from "./kind.ts";

const BGP_LS_CODE = 29;
const NONE: readonly never[] = [];

/** Writes the fields of one record that come from the attribute. */
export type PutAttributeFields = (
  to: FieldWriter,
  attribute: LinkStateAttribute,
  protocolId: number,
) => void;

interface MadeFields {
  readonly putFields: PutAttributeFields;
  readonly protocolId: number;
  text: Uint8Array | undefined;
}

/** The attribute of one UPDATE, and the fields that were made of it. Valid for one list of routes. */
export class LinkStateAttribute {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #decoded: LinkStateTlvs;
  /** Where the first TLV of each type is, of those that could be decoded. */
  readonly #firsts = new Map<number, number>();
  /** Where the next one of its type is, from each that is not the last. */
  readonly #nexts = new Map<number, number>();
  /** What was written: routes of one list share it. A hostile list has thousands of routes, and as many TLVs beside. */
  readonly #made: MadeFields[] = [];

  constructor(bytes: Uint8Array, view: DataView, decoded: LinkStateTlvs) {
    this.bytes = bytes;
    this.view = view;
    this.#decoded = decoded;
    const { tlvs } = decoded;
    for (let i = tlvs.length - 1; i >= 0; i--) {
      const { type, error } = tlvs[i]!;
      if (error !== undefined) continue;
      const next = this.#firsts.get(type);
      if (next !== undefined) this.#nexts.set(i, next);
      this.#firsts.set(type, i);
    }
  }

  /** Where the values of this type are, in the order of the wire; malformed ones are left out. */
  ranges(type: number): readonly TlvRange[] {
    return this.#all(type, this.#decoded.ranges);
  }

  /** Decoded values in the order of the wire. */
  values<Value extends TlvValue>({ code }: TlvSpec<Value>): readonly Value[] {
    const tlvs = this.#all(code, this.#decoded.tlvs);
    return tlvs.length === 0 ? NONE : tlvs.map(({ value }) => value as Value);
  }

  /** The first decoded value. */
  value<Value extends TlvValue>({ code }: TlvSpec<Value>): Value | undefined {
    const first = this.#firsts.get(code);
    return first === undefined ? undefined : this.#decoded.tlvs[first]!.value as Value;
  }

  #all<Item>(type: number, items: readonly Item[]): readonly Item[] {
    let at = this.#firsts.get(type);
    if (at === undefined) return NONE;
    const found: Item[] = [];
    for (; at !== undefined; at = this.#nexts.get(at)) found.push(items[at]!);
    return found;
  }

  /** Writes the fields that `putFields` makes of the attribute. They are kept from the second time on: most lists are of one route. */
  put(to: FieldWriter, protocolId: number, putFields: PutAttributeFields): void {
    const known = this.#made.find((made) =>
      made.putFields === putFields && made.protocolId === protocolId
    );
    if (known?.text !== undefined) {
      to.out.raw(known.text);
      return;
    }
    const start = to.out.pos;
    putFields(to, this, protocolId);
    if (known !== undefined) known.text = to.out.copyFrom(start);
    else this.#made.push({ putFields, protocolId, text: undefined });
  }
}

/** The list's BGP-LS attribute; undefined: there is none, or it is malformed as a whole, which is reported with the attributes. */
export function readLinkStateAttribute(facts: RouteFacts): LinkStateAttribute | undefined {
  const range = facts.attribute(BGP_LS_CODE);
  if (range === undefined) return undefined;
  try {
    const decoded = facts.scope.linkState ??
      decodeLinkStateTlvs(facts.bytes, facts.data, range.start, range.end);
    decoded.faults.forEach((fault) => facts.noteFault(fault));
    return new LinkStateAttribute(facts.bytes, facts.data, decoded);
  } catch (error) {
    if (!isFault(error)) throw error;
    return undefined;
  }
}
