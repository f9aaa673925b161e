/** What goBMP's link-state records show of the BGP-LS attribute, in its names and shapes. `bgp_ls` in `base_attrs` has all of it. */
import { decodeLinkStateTlvs, type LinkStateTlvs } from "../../../bgp/link_state/attribute.ts";
import { TLV_BY_CODE } from "../../../bgp/link_state/attribute_registry.ts";
import type { Tlv, TlvSpec, TlvValue } from "../../../bgp/link_state/attribute_spec.ts";
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

/**
 * Where the TLVs of each type are, of those that could be decoded. Of one attribute at a time: as maps of each attribute's own they
 * were a twelfth of the cost of a link.
 */
class TlvIndex {
  /** By type: place of the first one, -1 none. Types without a row are not kept, as nobody asks for them. */
  readonly #firsts = new Int32Array(1 + Math.max(...TLV_BY_CODE.keys())).fill(-1);
  /** By place: that of the next one of its type, -1 none. */
  #nexts: number[] = [];
  #tlvs: readonly Tlv[] = [];

  take(tlvs: readonly Tlv[]): void {
    for (let i = 0; i < this.#tlvs.length; i++) this.#firsts[this.#tlvs[i]!.type] = -1;
    this.#tlvs = tlvs;
    this.#nexts.length = tlvs.length;
    for (let i = tlvs.length - 1; i >= 0; i--) {
      const { type, error } = tlvs[i]!;
      if (error !== undefined || type >= this.#firsts.length) continue;
      this.#nexts[i] = this.#firsts[type]!;
      this.#firsts[type] = i;
    }
  }

  first(type: number): number {
    return this.#firsts[type] ?? -1;
  }

  all<Item>(type: number, items: readonly Item[]): readonly Item[] {
    let at = this.first(type);
    if (at === -1) return NONE;
    const found: Item[] = [];
    for (; at !== -1; at = this.#nexts[at]!) found.push(items[at]!);
    return found;
  }
}

const TLVS = new TlvIndex();

/** The attribute of one UPDATE, and the fields that were made of it. Valid for one list of routes. */
export class LinkStateAttribute {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #decoded: LinkStateTlvs;
  /** What was written: routes of one list share it. A hostile list has thousands of routes, and as many TLVs beside. */
  readonly #made: MadeFields[] = [];

  constructor(bytes: Uint8Array, view: DataView, decoded: LinkStateTlvs) {
    this.bytes = bytes;
    this.view = view;
    this.#decoded = decoded;
    TLVS.take(decoded.tlvs);
  }

  /** Where the values of this type are, in the order of the wire; malformed ones are left out. */
  ranges({ code }: TlvSpec): readonly TlvRange[] {
    return TLVS.all(code, this.#decoded.ranges);
  }

  /** Where the first value of this type is that is not malformed. */
  range({ code }: TlvSpec): TlvRange | undefined {
    const first = TLVS.first(code);
    return first === -1 ? undefined : this.#decoded.ranges[first];
  }

  /** Decoded values in the order of the wire. */
  values<Value extends TlvValue>({ code }: TlvSpec<Value>): readonly Value[] {
    const tlvs = TLVS.all(code, this.#decoded.tlvs);
    return tlvs.length === 0 ? NONE : tlvs.map(({ value }) => value as Value);
  }

  /** The first decoded value. */
  value<Value extends TlvValue>({ code }: TlvSpec<Value>): Value | undefined {
    const first = TLVS.first(code);
    return first === -1 ? undefined : this.#decoded.tlvs[first]!.value as Value;
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
