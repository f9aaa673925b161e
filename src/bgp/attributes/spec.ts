/**
 * What a path attribute is to this program: one file, one {@linkcode AttributeSpec}, one line in the registry.
 */
import { type ByteWriter, utf8 } from "../../wire/writer.ts";
import type { LinkStateTlvs } from "../link_state/attribute.ts";
import type { UpdateLayout } from "../update.ts";

/** RFC 7606 section 2, the weakest first; the strongest of an UPDATE wins. */
export const Outcome = { none: 0, attributeDiscard: 1, treatAsWithdraw: 2 } as const;
export type Outcome = typeof Outcome[keyof typeof Outcome];

/** Attribute Flags octet (RFC 4271 section 4.3). */
export const AttributeFlag = {
  optional: 0x80,
  transitive: 0x40,
  partial: 0x20,
  extendedLength: 0x10,
} as const;

/** Optional and Transitive bits of the three kinds of attribute. */
export const WELL_KNOWN = 0x40;
export const OPTIONAL_NON_TRANSITIVE = 0x80;
export const OPTIONAL_TRANSITIVE = 0xc0;

/**
 * What the decoder of an attribute may look at beside its own bytes, and where it leaves the values that a route record
 * needs outside `base_attrs`. One instance is reused for all UPDATEs; every field has a value from the start.
 */
export class AttributeScope {
  /** Octets of an AS number in AS_PATH and AGGREGATOR: 2 or 4 (RFC 6793). */
  asWidth = 4;
  /** Whether the peer is known to be in another AS; decides the outcome of some malformed attributes (RFC 7606). */
  external = false;
  /** Where all attributes of the UPDATE are. */
  readonly layout: UpdateLayout;
  /** The last AS of the path, -1 where there is none or it ends in a set or confederation segment. */
  originAs = -1;
  /** Value of the first Color extended community (RFC 9012 section 4.3), -1: none. */
  color = -1;
  /** RPKI state of the Origin Validation extended community (RFC 8097 section 2): 0 valid, 1 not found, 2 invalid, -1: none. */
  originValidation = -1;
  /** The BGP-LS attribute, where it was decoded for this UPDATE: not where its text was at hand. */
  linkState: LinkStateTlvs | undefined = undefined;
  /** Writes `base_attrs` of attributes inside an attribute (ATTR_SET). */
  readonly writeNested: NestedWriter;
  /** In how many ATTR_SETs the attributes stand. */
  readonly depth: number;

  constructor(layout: UpdateLayout, writeNested: NestedWriter, depth: number) {
    this.layout = layout;
    this.writeNested = writeNested;
    this.depth = depth;
  }

  reset(): void {
    this.originAs = -1;
    this.color = -1;
    this.originValidation = -1;
    this.linkState = undefined;
  }
}

export type NestedWriter = (
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  depth: number,
) => void;

export interface AttributeSpec {
  /** IANA's type code. */
  readonly code: number;
  /** IANA's name. */
  readonly name: string;
  /** The document that defines it, e.g. `RFC 4271 section 5.1.1`: in the support matrix and in `explain`. */
  readonly reference: string;
  /** Expected Optional and Transitive bits; a conflict is a malformed attribute (RFC 7606 section 3 c). */
  readonly flags: typeof WELL_KNOWN | typeof OPTIONAL_NON_TRANSITIVE | typeof OPTIONAL_TRANSITIVE;
  /** What RFC 7606 (or the attribute's own RFC) asks for when the value is malformed. */
  readonly malformed: typeof Outcome.attributeDiscard | typeof Outcome.treatAsWithdraw;
  /** The outcome where that depends on what is wrong, by the fault's code. */
  readonly outcomeOf?: (code: string) => Outcome;
  /** From an external peer a malformed one is discarded instead (RFC 7606 sections 7.5, 7.9, 7.10). */
  readonly discardIfExternal?: true;
  /** A Transitive bit that should not be there costs the attribute only (RFC 7311 section 3.2, RFC 9552 section 8.2.2). */
  readonly discardIfTransitive?: true;
  /** The member that a value of 0 leaves out, as goBMP's consumers know it: `explain` shows it all the same. */
  readonly zeroMember?: string;
  /**
   * Writes the JSON members of `base_attrs` that this attribute gives, each with a comma before it, or nothing.
   * The value is `bytes[start, end)`. @throws DecodeFault when it is malformed; what was written is then taken back.
   */
  write(
    out: ByteWriter,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    scope: AttributeScope,
  ): void;
  /** Writes members in place of those that were taken back: what is left to say of a malformed value. */
  writeMalformed?(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void;
}

/** `,"name":` as bytes, for {@linkcode ByteWriter.raw}. */
export function member(name: string): Uint8Array {
  return utf8(`,"${name}":`);
}
