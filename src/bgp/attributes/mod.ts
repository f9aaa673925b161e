/**
 * The path attributes of one UPDATE as the JSON object `base_attrs`, decoded once per distinct block of attributes.
 *
 * RFC 7606 decides what a malformed attribute costs: itself, or the routes of its UPDATE; never the message.
 */
import { type DecodeFault, fail, fault, faultWithin } from "../../wire/fault.ts";
import { Md5 } from "../../wire/md5.ts";
import { putBase64, putU32 } from "../../wire/text.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";
import { layOutAttributes, UpdateLayout } from "../update.ts";
import { ORIGIN } from "./001_origin.ts";
import { AS_PATH } from "./002_as_path.ts";
import { ATOMIC_AGGREGATE_CODE } from "./006_atomic_aggregate.ts";
import { MP_REACH_NLRI_CODE } from "./014_mp_reach_nlri.ts";
import { BGPSEC_PATH } from "./033_bgpsec_path.ts";
import type { AttributeCache } from "./cache.ts";
import { ATTRIBUTE_BY_CODE } from "./registry.ts";
import { AttributeFlag, AttributeScope, type AttributeSpec, Outcome } from "./spec.ts";

const HASH_HEAD = utf8('{"base_attr_hash":"');
const NOT_ATOMIC = utf8(',"is_atomic_agg":false');
const ATOMIC = utf8(',"is_atomic_agg":true');
const UNKNOWN_HEAD = utf8(',"unknown_attributes":[');
const KIND_BITS = AttributeFlag.optional | AttributeFlag.transitive;

/** A malformed attribute of an UPDATE and what it costs. */
export interface AttributeFault {
  readonly code: number;
  readonly outcome: Outcome;
  readonly fault: DecodeFault;
}

/** Renders attribute blocks; holds what the last block gave beside its text. */
export class AttributeWriter {
  readonly #layout: UpdateLayout;
  readonly #cache: AttributeCache | undefined;
  readonly #hash = new Md5();
  /** Values that route records need; of the last {@linkcode AttributeWriter.write}. */
  readonly scope: AttributeScope;
  /** The strongest outcome of the last block. */
  outcome: Outcome = Outcome.none;
  readonly #faults: AttributeFault[] = [];

  /** `depth`: in how many ATTR_SETs the attributes stand. */
  constructor(layout: UpdateLayout, cache: AttributeCache | undefined, depth = 0) {
    this.#layout = layout;
    this.#cache = cache;
    this.scope = new AttributeScope(layout, writeNested, depth);
  }

  /** All malformed attributes of the last block. */
  get faults(): readonly AttributeFault[] {
    return this.#faults;
  }

  /** Writes `{"base_attr_hash":…}` for the attributes that the layout has found. Reads `scope.asWidth` and `scope.external`. */
  write(out: ByteWriter, bytes: Uint8Array, view: DataView): void {
    const layout = this.#layout;
    const scope = this.scope;
    const cache = layout.fault === undefined ? this.#cache : undefined;
    // The hash covers MP attributes, which are not in the key: with them it is made anew, without them it is part of the text.
    const hasMultiprotocol = layout.multiprotocolCount > 0;
    const salt = (scope.asWidth === 2 ? 1 : 0) | (scope.external ? 2 : 0) |
      (hasMultiprotocol ? 4 : 0);
    scope.reset();
    this.outcome = Outcome.none;
    this.#faults.length = 0;
    out.raw(HASH_HEAD);
    if (hasMultiprotocol) {
      this.#writeHash(out, bytes);
      this.#checkMultiprotocolFlags();
    }
    if (cache !== undefined && cache.find(bytes, view, layout, salt, scope)) {
      cache.writeText(out);
    } else {
      const start = out.pos;
      if (!hasMultiprotocol) this.#writeHash(out, bytes);
      this.#writeMembers(out, bytes, view);
      if (cache !== undefined && this.#faults.length === 0) {
        cache.put(out.bytes, start, out.pos, scope);
      }
    }
    out.ensure(1);
    out.bytes[out.pos++] = 0x7d;
  }

  /** `base_attr_hash`: MD5 over all attribute values in wire order (without flags, codes and lengths), MP attributes included. */
  #writeHash(out: ByteWriter, bytes: Uint8Array): void {
    const { count, starts, ends } = this.#layout;
    const hash = this.#hash.reset();
    for (let i = 0; i < count; i++) hash.update(bytes, starts[i]!, ends[i]!);
    out.ensure(33);
    hash.hexAt(out.bytes, out.pos);
    out.pos += 32;
    out.bytes[out.pos++] = 0x22;
  }

  #writeMembers(out: ByteWriter, bytes: Uint8Array, view: DataView): void {
    const layout = this.#layout;
    let unknownCount = 0;
    let isAtomic = false;
    for (let i = 0; i < layout.count; i++) {
      if (layout.isRepeated(i) || layout.isMultiprotocol(i)) continue;
      const code = layout.codes[i]!;
      const spec = ATTRIBUTE_BY_CODE[code];
      if (spec === undefined) {
        unknownCount++;
        continue;
      }
      if ((layout.flags[i]! & KIND_BITS) !== spec.flags) {
        this.#noteFlags(i, spec);
        continue;
      }
      const before = out.pos;
      try {
        spec.write(out, bytes, view, layout.starts[i]!, layout.ends[i]!, this.scope);
        isAtomic ||= code === ATOMIC_AGGREGATE_CODE;
      } catch (error) {
        out.pos = before;
        const found = faultWithin(error, placeOf(spec));
        spec.writeMalformed?.(out, bytes, layout.starts[i]!, layout.ends[i]!);
        const outcome = spec.discardIfExternal && this.scope.external
          ? Outcome.attributeDiscard
          : spec.outcomeOf?.(found.code) ?? spec.malformed;
        this.#note(code, outcome, found);
      }
    }
    out.raw(isAtomic ? ATOMIC : NOT_ATOMIC);
    if (unknownCount > 0) this.#writeUnknown(out, bytes);
    if (layout.fault !== undefined) this.#note(0, Outcome.treatAsWithdraw, layout.fault); // RFC 7606 section 4
  }

  /** The flags of MP attributes are not in the cache's key either, so they are looked at each time. */
  #checkMultiprotocolFlags(): void {
    const layout = this.#layout;
    for (let i = 0; i < layout.count; i++) {
      if (!layout.isMultiprotocol(i)) continue;
      const spec = ATTRIBUTE_BY_CODE[layout.codes[i]!]!;
      if ((layout.flags[i]! & KIND_BITS) !== spec.flags) this.#noteFlags(i, spec);
    }
  }

  /** Attributes without a decoder, kept whole: type, flags and value. */
  #writeUnknown(out: ByteWriter, bytes: Uint8Array): void {
    const layout = this.#layout;
    out.raw(UNKNOWN_HEAD);
    let isFirst = true;
    for (let i = 0; i < layout.count; i++) {
      const code = layout.codes[i]!;
      if (ATTRIBUTE_BY_CODE[code] !== undefined || layout.isRepeated(i)) continue;
      out.ascii(isFirst ? '{"type":' : ',{"type":');
      isFirst = false;
      putU32(out, code);
      out.ascii(',"flags":');
      putU32(out, layout.flags[i]!);
      if (layout.ends[i]! > layout.starts[i]!) {
        out.ascii(',"value":"');
        putBase64(out, bytes, layout.starts[i]!, layout.ends[i]!);
        out.byte(0x22);
      }
      out.byte(0x7d);
    }
    out.byte(0x5d);
  }

  /**
   * Wrong flags make a withdrawal, whatever a malformed value would cost (RFC 7606 section 3 c); from an external peer, LOCAL_PREF
   * and the like are discarded all the same, and AIGP and the BGP-LS attribute if they came as transitive.
   */
  #noteFlags(i: number, spec: AttributeSpec): void {
    const expected = `optional and transitive bits 0x${spec.flags.toString(16)}`;
    const found = fault("attribute-flags", this.#layout.starts[i]!, expected);
    const isDiscarded = (spec.discardIfExternal && this.scope.external) ||
      (spec.discardIfTransitive && (this.#layout.flags[i]! & AttributeFlag.transitive) !== 0);
    this.#note(
      spec.code,
      isDiscarded ? Outcome.attributeDiscard : Outcome.treatAsWithdraw,
      faultWithin(found, placeOf(spec)),
    );
  }

  /** Adds a finding; the strongest outcome counts (RFC 7606 section 3 h). */
  #note(code: number, outcome: Outcome, found: DecodeFault): void {
    this.#faults.push({ code, outcome, fault: found });
    if (outcome > this.outcome) this.outcome = outcome;
  }

  /**
   * Notes which attributes announced routes lack: ORIGIN and AS_PATH (RFC 7606 section 3 d), in whose place BGPsec_Path may stand
   * (RFC 8205 section 3).
   */
  noteMissing(): void {
    const { first, nlriStart, nlriEnd, attributesStart } = this.#layout;
    if (nlriEnd === nlriStart && first[MP_REACH_NLRI_CODE] === -1) return;
    if (first[ORIGIN.code] === -1) this.#noteMissing(ORIGIN, attributesStart);
    if (first[AS_PATH.code] === -1 && first[BGPSEC_PATH.code] === -1) {
      this.#noteMissing(AS_PATH, attributesStart);
    }
  }

  #noteMissing({ code, name }: AttributeSpec, offset: number): void {
    this.#note(
      code,
      Outcome.treatAsWithdraw,
      fault("attribute-missing", offset, `${name} beside announced routes`),
    );
  }
}

function placeOf(spec: AttributeSpec): string {
  return `in path attribute ${spec.code} (${spec.name})`;
}

/**
 * `base_attrs` of the attributes inside ATTR_SET: four-octet AS numbers, any attribute but those that carry routes (RFC 6368 section 5);
 * a fault inside is a fault of the whole.
 */
function writeNested(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  depth: number,
): void {
  const layout = new UpdateLayout();
  layOutAttributes(layout, bytes, view, start, end);
  if (layout.multiprotocolCount > 0) {
    fail("attr-set-nested", start, "no MP_REACH_NLRI or MP_UNREACH_NLRI inside ATTR_SET");
  }
  const writer = new AttributeWriter(layout, undefined, depth);
  writer.write(out, bytes, view);
  const first = writer.faults[0];
  if (first !== undefined) throw first.fault;
}
