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
  readonly text: Uint8Array;
}

/** The attribute of one UPDATE, and the fields that were made of it. Valid for one list of routes. */
export class LinkStateAttribute {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #decoded: LinkStateTlvs;
  /** Positions in {@linkcode LinkStateTlvs} of what could be decoded, by type. */
  readonly #positions = new Map<number, number[]>();
  /** What was written: routes of one list share it. A hostile list has thousands of routes, and as many TLVs beside. */
  readonly #made: MadeFields[] = [];

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

  /** Writes the fields that `putFields` makes of the attribute. */
  put(to: FieldWriter, protocolId: number, putFields: PutAttributeFields): void {
    const known = this.#made.find((made) =>
      made.putFields === putFields && made.protocolId === protocolId
    );
    if (known !== undefined) {
      to.out.raw(known.text);
      return;
    }
    const start = to.out.pos;
    putFields(to, this, protocolId);
    this.#made.push({ putFields, protocolId, text: to.out.copyFrom(start) });
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
