/**
 * The columns of rows that come from path attributes, rendered once per distinct block of attributes.
 *
 * ```
 * origin ⇥ AS path ⇥ count ⇥ origin AS ⇥                                              up to `head`
 * next hop                                                                           up to `nextHop`
 * ⇥ MED ⇥ LOCAL_PREF ⇥ aggregator ⇥ communities ⇥ extended communities ⇥ clusters ⇥ is atomic ⇥    up to `tail`
 * 1 ⇥ originator                                                                       up to `originator`
 * large communities                                                                  up to `large`
 * ```
 *
 * That is what routes of the NLRI field have, and routes of MP attributes but for the next hop and the column behind the tail: whether
 * it is IPv4.
 */
import { AGGREGATOR } from "../../bgp/attributes/007_aggregator.ts";
import {
  AS_PATH_CODE,
  asNumber,
  isAsPath,
  isAsZero,
  mergedPath,
} from "../../bgp/attributes/002_as_path.ts";
import { ATOMIC_AGGREGATE_CODE } from "../../bgp/attributes/006_atomic_aggregate.ts";
import { CLUSTER_LIST } from "../../bgp/attributes/010_cluster_list.ts";
import { COMMUNITIES } from "../../bgp/attributes/008_communities.ts";
import { EXTENDED_COMMUNITIES } from "../../bgp/attributes/016_extended_communities.ts";
import { LARGE_COMMUNITIES } from "../../bgp/attributes/032_large_communities.ts";
import { LOCAL_PREF } from "../../bgp/attributes/005_local_pref.ts";
import { MULTI_EXIT_DISC } from "../../bgp/attributes/004_multi_exit_disc.ts";
import { ORIGIN } from "../../bgp/attributes/001_origin.ts";
import { NEXT_HOP } from "../../bgp/attributes/003_next_hop.ts";
import { OTC } from "../../bgp/attributes/035_otc.ts";
import { ORIGINATOR_ID } from "../../bgp/attributes/009_originator_id.ts";
import { AttributeCache } from "../../bgp/attributes/cache.ts";
import { type AttributeFault, AttributeWriter } from "../../bgp/attributes/mod.ts";
import { ATTRIBUTE_BY_CODE } from "../../bgp/attributes/registry.ts";
import { AttributeFlag, type AttributeScope, Outcome } from "../../bgp/attributes/spec.ts";
import type { UpdateLayout } from "../../bgp/update.ts";
import { putIpv4, putU32, u32At } from "../../wire/text.ts";
import { ByteWriter, KeptViews } from "../../wire/writer.ts";
import { EXTENDED_COMMUNITY_BYTES, putExtendedCommunity } from "./ext_communities.ts";

const TAB = 0x09;
const SPACE = 0x20;
const COLON = 0x3a;
const DIGIT_1 = 0x31;
const AS_SET = 1;
const ORIGINS = ["igp", "egp", "incomplete"];
const KIND_BITS = AttributeFlag.optional | AttributeFlag.transitive;
const NO_FAULTS: readonly AttributeFault[] = [];

/**
 * Lengths of attributes, or of the elements of a list (negative), by code; 0: it needs a closer look, or is rare. OTC has no column, but
 * every eighth UPDATE of the Internet's routes.
 */
const LENGTHS = new Int8Array(256);
for (const { code } of [MULTI_EXIT_DISC, LOCAL_PREF, ORIGINATOR_ID, NEXT_HOP, OTC]) {
  LENGTHS[code] = 4;
}
for (const { code } of [COMMUNITIES, CLUSTER_LIST]) LENGTHS[code] = -4;
LENGTHS[EXTENDED_COMMUNITIES.code] = -EXTENDED_COMMUNITY_BYTES;
LENGTHS[LARGE_COMMUNITIES.code] = -12;

/** What {@linkcode AttributeColumns.marks} has: where parts of the text end, and two numbers. */
export const Mark = {
  origin: 0,
  path: 1,
  head: 2,
  aggregatorStart: 3,
  aggregator: 4,
  communities: 5,
  extended: 6,
  clusters: 7,
  tail: 8,
  originator: 9,
  large: 10,
  med: 11,
  localPref: 12,
  nextHop: 13,
} as const;
/** The marks stand in front of the text, so that the cache has them. */
export const TEXT_START = 4 * 14;

type PutElement = (out: ByteWriter, bytes: Uint8Array, view: DataView, pos: number) => void;

export class AttributeColumns {
  readonly #layout: UpdateLayout;
  readonly #cache = new AttributeCache();
  readonly #checker: AttributeWriter;
  readonly #checked = new ByteWriter(4096);
  readonly #text = new ByteWriter(4096);
  readonly #markViews = new KeptViews();
  readonly #views = new KeptViews(TEXT_START);
  outcome: Outcome = Outcome.none;
  faults: readonly AttributeFault[] = NO_FAULTS;

  /** By {@linkcode Mark}; positions in {@linkcode AttributeColumns.bytes}, whose text begins at {@linkcode TEXT_START}. */
  readonly marks = new Uint32Array(TEXT_START / 4);
  readonly #marksBytes = new Uint8Array(this.marks.buffer);

  constructor(layout: UpdateLayout) {
    this.#layout = layout;
    this.#checker = new AttributeWriter(layout, undefined);
  }

  /** To be set before {@linkcode AttributeColumns.read}, and valid for the layout's UPDATE. */
  get scope(): AttributeScope {
    return this.#checker.scope;
  }

  get bytes(): Uint8Array {
    return this.#text.bytes;
  }

  /** The columns from the origin to the originator, of routes in the NLRI field. */
  get text(): Uint8Array {
    return this.#views.upTo(this.#text.bytes, this.marks[Mark.originator]!);
  }

  /** Renders the attributes that the layout has found, and says what is wrong with them. */
  read(bytes: Uint8Array, view: DataView): void {
    const { scope } = this;
    const text = this.#text;
    text.reset();
    this.outcome = Outcome.none;
    this.faults = NO_FAULTS;
    const salt = (scope.asWidth === 2 ? 1 : 0) | (scope.external ? 2 : 0);
    const isWhole = this.#isWhole();
    if (isWhole && this.#cache.find(bytes, view, this.#layout, salt, scope)) {
      this.#cache.writeText(text);
      this.#marksBytes.set(this.#markViews.upTo(text.bytes, TEXT_START));
      return;
    }
    if (!isWhole || !this.#isPlain(bytes)) {
      // What RFC 7606 asks for is decided where all formats have it decided.
      this.#checked.reset();
      const checker = this.#checker;
      checker.write(this.#checked, bytes, view);
      checker.noteMissing();
      this.outcome = checker.outcome;
      this.faults = checker.faults;
      if (this.outcome === Outcome.treatAsWithdraw) return;
    }
    this.#write(text, bytes, view);
    text.bytes.set(this.#marksBytes);
    if (isWhole && this.faults.length === 0) this.#cache.put(text.bytes, 0, text.pos, scope);
  }

  /** Whether nothing outside the cache's key is wrong: mandatory attributes are there, MP attributes have their flags. */
  #isWhole(): boolean {
    const layout = this.#layout;
    const { first } = layout;
    if (layout.fault !== undefined || first[ORIGIN.code] === -1 || first[AS_PATH_CODE] === -1) {
      return false;
    }
    for (let i = 0; layout.multiprotocolCount > 0 && i < layout.count; i++) {
      if (!layout.isMultiprotocol(i)) continue;
      if ((layout.flags[i]! & KIND_BITS) !== ATTRIBUTE_BY_CODE[layout.codes[i]!]!.flags) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether all attributes are sound by a glance at flags and lengths, as nearly always: rendering them for the check alone cost a third
   * of the time where every UPDATE has attributes of its own.
   */
  #isPlain(bytes: Uint8Array): boolean {
    const layout = this.#layout;
    const { codes, flags, starts, ends } = layout;
    for (let i = 0; i < layout.count; i++) {
      if (layout.isMultiprotocol(i)) continue;
      const code = codes[i]!;
      const start = starts[i]!;
      const length = ends[i]! - start;
      const expected = LENGTHS[code]!;
      const isSound = expected > 0
        ? length === expected
        : expected < 0
        ? length > 0 && length % -expected === 0
        : code === ORIGIN.code
        ? length === 1 && bytes[start]! < ORIGINS.length
        : code === AS_PATH_CODE
        ? isAsPath(bytes, start, ends[i]!, this.scope.asWidth)
        : code === AGGREGATOR.code
        ? (length === 6 || length === 8) && !isAsZero(bytes, start, length - 4)
        : code === ATOMIC_AGGREGATE_CODE && length === 0;
      if (!isSound || layout.first[code] !== i) return false;
      if ((flags[i]! & KIND_BITS) !== ATTRIBUTE_BY_CODE[code]!.flags) return false;
    }
    return true;
  }

  #write(text: ByteWriter, bytes: Uint8Array, view: DataView): void {
    const { marks } = this;
    text.ensure(TEXT_START);
    text.pos = TEXT_START;
    const origin = this.#find(ORIGIN.code, 1);
    text.ascii(origin === -1 ? "" : ORIGINS[bytes[origin]!] ?? "");
    marks[Mark.origin] = text.pos;
    text.byte(TAB);
    this.#writePath(text, bytes, view);
    text.byte(TAB);
    marks[Mark.head] = text.pos;
    const nextHop = this.#find(NEXT_HOP.code, 4);
    if (nextHop !== -1) putIpv4(text, bytes, nextHop);
    else text.ascii("0.0.0.0");
    marks[Mark.nextHop] = text.pos;

    marks[Mark.med] = this.#number(MULTI_EXIT_DISC.code, view);
    marks[Mark.localPref] = this.#number(LOCAL_PREF.code, view);
    text.byte(TAB);
    putU32(text, marks[Mark.med]!);
    text.byte(TAB);
    putU32(text, marks[Mark.localPref]!);
    text.byte(TAB);
    marks[Mark.aggregatorStart] = text.pos;
    this.#writeAggregator(text, bytes, view);
    marks[Mark.aggregator] = text.pos;
    text.byte(TAB);
    this.#writeList(text, bytes, view, COMMUNITIES.code, 4, putCommunity);
    marks[Mark.communities] = text.pos;
    text.byte(TAB);
    this.#writeList(
      text,
      bytes,
      view,
      EXTENDED_COMMUNITIES.code,
      EXTENDED_COMMUNITY_BYTES,
      putExtendedCommunity,
    );
    marks[Mark.extended] = text.pos;
    text.byte(TAB);
    const clusters = text.pos;
    this.#writeList(text, bytes, view, CLUSTER_LIST.code, 4, putClusterId);
    if (text.pos > clusters) text.byte(SPACE);
    marks[Mark.clusters] = text.pos;
    text.ascii(this.#layout.first[ATOMIC_AGGREGATE_CODE] === -1 ? "\t0\t" : "\t1\t");
    marks[Mark.tail] = text.pos;

    text.byte(DIGIT_1);
    text.byte(TAB);
    const originator = this.#find(ORIGINATOR_ID.code, 4);
    if (originator !== -1) putIpv4(text, bytes, originator);
    marks[Mark.originator] = text.pos;
    this.#writeList(text, bytes, view, LARGE_COMMUNITIES.code, 12, putLargeCommunity);
    marks[Mark.large] = text.pos;
  }

  #writePath(text: ByteWriter, bytes: Uint8Array, view: DataView): void {
    const { scope } = this;
    const i = this.#layout.first[AS_PATH_CODE]!;
    const start = i === -1 ? 0 : this.#layout.starts[i]!;
    const end = i === -1 ? 0 : this.#layout.ends[i]!;
    if (i === -1 || !isAsPath(bytes, start, end, scope.asWidth)) {
      return this.#writeSegments(text, bytes, view, 0, 0, 4);
    }
    const merged = scope.asWidth === 2 ? mergedPath(bytes, view, start, end, scope) : undefined;
    if (merged === undefined) {
      return this.#writeSegments(text, bytes, view, start, end, scope.asWidth);
    }
    const { buffer, length } = merged;
    this.#writeSegments(text, merged, new DataView(buffer), 0, length, 4);
  }

  /** The path, ` 64500 { 64501 64502 }`, how many ASes it has, and the last one. */
  #writeSegments(
    text: ByteWriter,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    width: number,
  ): void {
    let count = 0;
    let last = 0;
    for (let pos = start; pos < end;) {
      const isSet = bytes[pos] === AS_SET;
      const ases = bytes[pos + 1]!;
      pos += 2;
      text.ensure(4 + 11 * ases);
      if (isSet) text.ascii(" {");
      for (let k = 0; k < ases; k++, pos += width) {
        last = asNumber(view, pos, width);
        text.bytes[text.pos++] = SPACE;
        text.pos = u32At(text.bytes, text.pos, last);
      }
      if (isSet) text.ascii(" }");
      count += ases;
    }
    this.marks[Mark.path] = text.pos;
    text.byte(TAB);
    putU32(text, count);
    text.byte(TAB);
    putU32(text, last);
  }

  #writeAggregator(text: ByteWriter, bytes: Uint8Array, view: DataView): void {
    const i = this.#layout.first[AGGREGATOR.code]!;
    if (i === -1) return;
    const start = this.#layout.starts[i]!;
    const width = this.#layout.ends[i]! - start - 4;
    if ((width !== 2 && width !== 4) || isAsZero(bytes, start, width)) return;
    putU32(text, asNumber(view, start, width));
    text.byte(SPACE);
    putIpv4(text, bytes, start + width);
  }

  #writeList(
    text: ByteWriter,
    bytes: Uint8Array,
    view: DataView,
    code: number,
    size: number,
    put: PutElement,
  ): void {
    const i = this.#layout.first[code]!;
    if (i === -1) return;
    const start = this.#layout.starts[i]!;
    const end = this.#layout.ends[i]!;
    if ((end - start) % size !== 0) return;
    for (let pos = start; pos < end; pos += size) {
      if (pos > start) text.byte(SPACE);
      put(text, bytes, view, pos);
    }
  }

  /** Where the value of an attribute of this length starts, -1: there is none. */
  #find(code: number, length: number): number {
    const i = this.#layout.first[code]!;
    if (i === -1) return -1;
    const start = this.#layout.starts[i]!;
    return this.#layout.ends[i]! - start === length ? start : -1;
  }

  #number(code: number, view: DataView): number {
    const at = this.#find(code, 4);
    return at === -1 ? 0 : view.getUint32(at);
  }
}

function putClusterId(out: ByteWriter, bytes: Uint8Array, _view: DataView, pos: number): void {
  putIpv4(out, bytes, pos);
}

function putCommunity(out: ByteWriter, _bytes: Uint8Array, view: DataView, pos: number): void {
  putU32(out, view.getUint16(pos));
  out.byte(COLON);
  putU32(out, view.getUint16(pos + 2));
}

function putLargeCommunity(out: ByteWriter, _bytes: Uint8Array, view: DataView, pos: number): void {
  putU32(out, view.getUint32(pos));
  out.byte(COLON);
  putU32(out, view.getUint32(pos + 4));
  out.byte(COLON);
  putU32(out, view.getUint32(pos + 8));
}
