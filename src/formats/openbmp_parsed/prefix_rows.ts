/**
 * Rows of routes that are a prefix: unicast_prefix (unicast and labelled) and l3vpn. Written byte by byte: what the rows of a list share is
 * rendered once and copied, with the route's own hash, prefix, path identifier and labels between.
 */
import { labelCount } from "../../bgp/nlri/prefix.ts";
import { Md5, Md5Ends } from "../../wire/md5.ts";
import {
  ipv4At,
  ipv6At,
  octetAt,
  putHex,
  putRouteDistinguisher,
  putU32,
  u32At,
} from "../../wire/text.ts";
import { ByteWriter, KeptViews, utf8 } from "../../wire/writer.ts";
import type { PrefixRange } from "../prefix_readings.ts";
import { Mark } from "./attributes.ts";
import type { RouteAttributes } from "./base_attributes.ts";
import type { PeerView } from "./peer_view.ts";
import type { Rows } from "./rows.ts";
import { isMapped, mappedAt } from "./text.ts";

const TAB = 0x09;
const COMMA = 0x2c;
const COLON = 0x3a;
const ADD = utf8("add\t");
const DEL = utf8("del\t");
/** Columns 14 to 27 of a row that withdraws, and the TABs around them. */
const NO_ATTRIBUTES = utf8("\t".repeat(15));
const NOTHING = new Uint8Array(0);
const ADDRESS_BYTES = 16;
const HEX_BYTES = 32;
/** What fits an MD5 block beside its padding and length. */
const BLOCK_TEXT_MAX = 55;
/** Numbers, hash, address, distinguisher and labels (at most 10, as a list of 255 bits has) of one row. */
const OWN_BYTES_MAX = 400;
/** A record is cut before it is longer: brokers take 1 MB. One row alone can have 400 KB of communities. */
const RECORD_BYTES_MAX = 256 * 1024;
const MESSAGE_START = new Md5().mark();

/** What all routes of one list share. */
export interface RouteRows extends PrefixRange {
  isAnnounced: boolean;
  /** Undefined: they are withdrawn. */
  attributes: RouteAttributes | undefined;
  /** Text of the time. */
  readonly time: Uint8Array;
}

export class PrefixRowWriter {
  readonly #ends = new Md5Ends();
  /** For hashes of more than one block. */
  readonly #md5 = new Md5();
  readonly #hashed = new Uint8Array(160);
  readonly #address = new Uint8Array(ADDRESS_BYTES);
  readonly #behindHash = new ByteWriter(512);
  readonly #behindPrefix = new ByteWriter(4096);
  readonly #behindLabels = new ByteWriter(512);
  readonly #hashViews = new KeptViews();
  readonly #prefixViews = new KeptViews();
  readonly #labelsViews = new KeptViews();

  constructor() {
    this.#ends.startFrom(MESSAGE_START);
  }

  /** Writes the rows of the list; returns how many routes it has. `baseHash`: of its attributes. */
  write(
    rows: Rows,
    view: PeerView,
    list: RouteRows,
    baseHash: Uint8Array,
    bytes: Uint8Array,
    data: DataView,
  ): number {
    const { family, addPath, end } = list;
    const { labelled, distinguisherBits, addressBits } = family;
    const isVpn = distinguisherBits > 0;
    const isIpv4 = addressBits === 32;
    const addressBytes = addressBits >> 3;
    const type = isVpn ? "l3vpn" : "unicast_prefix";
    const topic = view.topic(type);
    const { sequences } = rows.session;
    const out = rows.data;
    const address = this.#address;
    // Neither path identifiers nor labels: all columns behind the length are the same.
    const isPlain = !addPath && !labelled;
    this.#renderShared(view, list, baseHash, isIpv4);
    if (isPlain) this.#joinTail(view);
    const behindHash = this.#hashViews.upTo(this.#behindHash.bytes, this.#behindHash.pos);
    const behindPrefix = this.#prefixViews.upTo(this.#behindPrefix.bytes, this.#behindPrefix.pos);
    const behindLabels = isPlain
      ? NOTHING
      : this.#labelsViews.upTo(this.#behindLabels.bytes, this.#behindLabels.pos);
    const action = list.attributes === undefined ? DEL : ADD;
    const rowBytesMax = behindHash.length + behindPrefix.length + behindLabels.length +
      OWN_BYTES_MAX;
    const rowsMax = Math.max(1, Math.floor(RECORD_BYTES_MAX / rowBytesMax));
    let count = 0;
    let left = 0;
    let isWriting = false;
    for (let pos = list.start; pos < end;) {
      let pathId = 0;
      if (addPath) {
        pathId = data.getUint32(pos);
        pos += 4;
      }
      let bits = bytes[pos++]!;
      const next = pos + ((bits + 7) >> 3);
      const labelsStart = pos;
      if (labelled) {
        const labels = labelCount(bytes, pos, bits - distinguisherBits, distinguisherBits);
        pos += 3 * labels;
        bits -= 24 * labels;
      }
      const labelsEnd = pos;
      if (isVpn) {
        pos += 8;
        bits -= 64;
      }
      count++;
      if (left-- === 0) {
        if (isWriting) this.#finish(rows);
        isWriting = rows.wantsNext();
        left = rowsMax - 1;
        if (isWriting) rows.begin(type, topic, view.hash);
      }
      if (!isWriting) {
        pos = next;
        continue;
      }
      out.ensure(rowBytesMax);
      const target = out.bytes;
      let at = out.pos;
      for (let i = 0; i < action.length; i++) target[at++] = action[i]!;
      at = u32At(target, at, sequences[type]++);
      target[at++] = TAB;
      const hashAt = at;
      at += HEX_BYTES;
      target.set(behindHash, at);
      const textStart = at + behindHash.length;
      // Bits behind the prefix are no part of it (RFC 4271 section 4.3); a route has one hash whatever they are.
      const octets = next - pos;
      for (let i = 0; i < octets; i++) address[i] = bytes[pos + i]!;
      for (let i = octets; i < addressBytes; i++) address[i] = 0;
      if ((bits & 7) !== 0) address[octets - 1]! &= 0xff00 >> (bits & 7);
      out.pos = isIpv4
        ? ipv4At(target, textStart, address[0]!, address[1]!, address[2]!, address[3]!)
        : isMapped(address, 0)
        ? mappedAt(target, textStart, address, 0)
        : ipv6At(target, textStart, address, 0);
      const textEnd = out.pos;
      target[out.pos++] = TAB;
      out.pos = octetAt(target, out.pos, bits);
      target.set(behindPrefix, out.pos);
      out.pos += behindPrefix.length;
      if (isPlain) {
        const { hashText, ribByte } = view;
        this.#putHash(target, hashAt, textStart, textEnd, bits, 0, 0, hashText, ribByte, 0, false);
        rows.endRow();
        pos = next;
        continue;
      }
      putU32(out, pathId);
      target[out.pos++] = TAB;
      for (let i = labelsStart; i < labelsEnd; i += 3) {
        if (i > labelsStart) target[out.pos++] = COMMA;
        putU32(out, (bytes[i]! << 12) | (bytes[i + 1]! << 4) | (bytes[i + 2]! >> 4));
      }
      out.raw(view.flags);
      let rdStart = 0;
      let rdEnd = 0;
      if (isVpn) {
        target[out.pos++] = TAB;
        rdStart = out.pos;
        if (!putRouteDistinguisher(out, bytes, labelsEnd)) {
          putHex(out, bytes, labelsEnd, labelsEnd + 8);
        }
        rdEnd = out.pos;
        target[out.pos++] = TAB;
        putU32(out, data.getUint16(labelsEnd));
      }
      out.raw(behindLabels);
      this.#putHash(
        target,
        hashAt,
        textStart,
        textEnd,
        bits,
        rdStart,
        rdEnd,
        view.hashText,
        view.ribByte,
        pathId,
        labelled,
      );
      rows.endRow();
      pos = next;
    }
    if (isWriting) this.#finish(rows);
    return count;
  }

  #finish(rows: Rows): void {
    this.#ends.flush(rows.data.bytes);
    rows.finish();
  }

  /** Renders what all rows of the list share. */
  #renderShared(
    view: PeerView,
    { attributes, time }: RouteRows,
    baseHash: Uint8Array,
    isIpv4: boolean,
  ): void {
    const behindHash = this.#behindHash;
    behindHash.reset();
    behindHash.raw(view.router);
    if (attributes !== undefined) behindHash.raw(baseHash);
    behindHash.raw(view.columns);
    behindHash.raw(time);
    behindHash.byte(TAB);

    const behindPrefix = this.#behindPrefix;
    behindPrefix.reset();
    behindPrefix.ascii(isIpv4 ? "\t1" : "\t0");
    if (attributes === undefined) {
      behindPrefix.raw(NO_ATTRIBUTES);
    } else {
      behindPrefix.byte(TAB);
      behindPrefix.raw(attributes.text);
      behindPrefix.byte(TAB);
    }

    const behindLabels = this.#behindLabels;
    behindLabels.reset();
    behindLabels.byte(TAB);
    if (attributes !== undefined) {
      const { bytes, marks } = attributes.columns;
      behindLabels.range(bytes, marks[Mark.originator]!, marks[Mark.large]!);
    }
  }

  /** Puts what stands behind labels behind what stands before the path identifier. */
  #joinTail(view: PeerView): void {
    const { bytes, pos } = this.#behindLabels;
    this.#behindPrefix.ascii("0\t");
    this.#behindPrefix.raw(view.flags);
    this.#behindPrefix.range(bytes, 0, pos);
  }

  /**
   * Writes the hash of a route, at once or with the next one's: MD5 of prefix, length, distinguisher without its colon, peer's hash, path
   * identifier, that it has labels, and the RIB.
   */
  #putHash(
    text: Uint8Array,
    hashAt: number,
    start: number,
    end: number,
    bits: number,
    rdStart: number,
    rdEnd: number,
    hashText: Uint8Array,
    ribByte: number,
    pathId: number,
    labelled: boolean,
  ): void {
    const length = end - start + 1 + rdEnd - rdStart + HEX_BYTES + 6;
    const fits = length <= BLOCK_TEXT_MAX;
    const target = fits ? this.#ends.block : this.#hashed;
    let p = 0;
    for (let i = start; i < end; i++) target[p++] = text[i]!;
    target[p++] = bits;
    for (let i = rdStart; i < rdEnd; i++) if (text[i] !== COLON) target[p++] = text[i]!;
    for (let i = 0; i < HEX_BYTES; i++) target[p++] = hashText[i]!;
    if (pathId !== 0) {
      target[p++] = pathId;
      target[p++] = pathId >>> 8;
      target[p++] = pathId >>> 16;
      target[p++] = pathId >>> 24;
    }
    if (labelled) target[p++] = 1;
    if (ribByte !== 0) target[p++] = ribByte;
    if (fits) this.#ends.hexAt(p, text, hashAt);
    else this.#md5.reset().update(target, 0, p).hexAt(text, hashAt);
  }
}
