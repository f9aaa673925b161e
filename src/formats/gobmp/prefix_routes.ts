/**
 * Routes that are a prefix: unicast, labelled unicast, multicast, VPN (message types 7, 11, 18n, 20n and the like, see prefix_records.ts).
 *
 * This is where nearly all bytes of a collector are made. The first prefix of a list is written part by part; each further
 * one is a copy of its head and tail inside the output buffer, with its own hash, prefix, path identifier, labels and
 * ordinal written between. No object, string or view per prefix (measured: 0.6 us a record of 900 bytes, of which one MD5
 * block 0.2 us; with an object and JSON.stringify 3 to 5 us).
 */
import { VALIDATION_STATES } from "../../bgp/attributes/016_extended_communities.ts";
import type { AttributeScope } from "../../bgp/attributes/spec.ts";
import type { PrefixFamily } from "../../bgp/nlri/family.ts";
import { type ServiceSid, transposeLabel } from "../../bgp/prefix_sid/transposition.ts";
import { isWithdrawLabel, labelCount } from "../../bgp/nlri/prefix.ts";
import { ipv4At, ipv6At, octetAt, putIpv6, putJson, putU32, u32At } from "../../wire/text.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";
import type { Topic } from "../output.ts";
import { type PrefixRecord, prefixRecord } from "./prefix_records.ts";
import type { Assumed, PeerMessage, Records } from "./records.ts";
import { RouteDistinguisher } from "./route_distinguisher.ts";
import { RouteHashes } from "./route_hashes.ts";
import { readRouteSid } from "./route_sid.ts";
import { HASH_OFFSET } from "./router_view.ts";

const PREFIX = utf8('","prefix":"');
const PREFIX_LENGTH = utf8('","prefix_len":');
const PREFIX_SID = utf8(',"prefix_sid":');
const SRV6_SID = utf8(',"srv6_sid":"');
const PATH_ID = utf8(',"path_id":');
const LABELS = utf8(',"labels":');
const IS_IPV4 = utf8(',"is_ipv4":true');
const IS_IPV6 = utf8(',"is_ipv4":false');
const IS_IPV4_ORIGIN_AS = utf8(',"is_ipv4":true,"origin_as":');
const IS_IPV6_ORIGIN_AS = utf8(',"is_ipv4":false,"origin_as":');
const NEXT_HOP = utf8(',"nexthop":"');
const NEXT_HOP_IPV4 = utf8(',"is_nexthop_ipv4":true');
const NEXT_HOP_IPV6 = utf8(',"is_nexthop_ipv4":false');
const QUOTE_NEXT_HOP_IPV4 = utf8('","is_nexthop_ipv4":true');
const QUOTE_NEXT_HOP_IPV6 = utf8('","is_nexthop_ipv4":false');
const COLOR = utf8(',"color":');
const END_OF_RIB = utf8(',"is_eor":true');
const NO_DISTINGUISHER = utf8(',"vpn_rd_type":0');
const LABELLED_SAFI = utf8(',"safi":4');

/** Room for what is written between head and tail: an address, numbers, and the member names. Labels make their own. */
const MIDDLE_BYTES_MAX = 192;
const ADDRESS_BYTES = 16;
const NO_BYTES = new Uint8Array(0);

/** What all routes of one MP attribute, or of the Withdrawn Routes or NLRI field, share. */
export interface RouteListFacts {
  isAnnounced: boolean;
  /** Text of the next hop, empty: none. */
  readonly nextHop: ByteWriter;
  assumed: Assumed;
  /** RFC 7606: announced, but with attributes that make it a withdrawal. */
  isTreatedAsWithdraw: boolean;
}

/** A list of prefixes, as the bytes `[start, end)` that were checked to read well. */
export interface RouteList extends RouteListFacts {
  family: PrefixFamily;
  addPath: boolean;
  start: number;
  end: number;
  /** Whether the next hop is an IPv4 address; the family's own where there is none. */
  isNextHopIpv4: boolean;
  /** Whether the list came in an MP attribute. */
  isMultiprotocol: boolean;
}

/** What all routes of one message share. */
export interface RouteMessage extends PeerMessage {
  /** Rendered `base_attrs`. */
  readonly baseAttrs: ByteWriter;
  readonly scope: AttributeScope;
}

export class PrefixRouteWriter {
  readonly #splitAf: boolean;
  readonly #hashes = new RouteHashes();
  readonly #distinguisher = new RouteDistinguisher();
  /** An address padded to its full length. */
  readonly #address = new Uint8Array(ADDRESS_BYTES);

  constructor(splitAf: boolean) {
    this.#splitAf = splitAf;
  }

  #topic(record: PrefixRecord, isIpv4: boolean): Topic {
    if (!this.#splitAf && record.both !== undefined) return record.both;
    return isIpv4 ? record.v4 : record.v6;
  }

  /** Writes one record per route; returns how many routes the list has. */
  write(
    records: Records,
    message: RouteMessage,
    list: RouteList,
    bytes: Uint8Array,
    view: DataView,
  ): number {
    const { family, addPath, end } = list;
    const { addressBits, labelled, distinguisherBits } = family;
    const isIpv4 = addressBits === 32;
    const { out, extraFields } = records;
    const kind = prefixRecord(family);
    const topic = this.#topic(kind, isIpv4);
    const isLeftOut = isOwn(topic) && !extraFields;
    const sid = labelled && list.isAnnounced ? readRouteSid(message.scope, bytes, view) : undefined;
    this.#hashes.start(message.view, kind.hashName);
    let count = 0;
    // The record that the others are copied from: its number, and where its wrapping starts, its prefix and its tail.
    let model = -1;
    let modelStart = 0;
    let headLength = 0;
    let tailStart = 0;
    let tailLength = 0;
    let hashOffset = 0;
    // Views of head and tail, made with the second record: V8 copies from a view 4 times as fast as by `copyWithin`.
    let head = NO_BYTES;
    let tail = NO_BYTES;
    for (let pos = list.start; pos < end;) {
      let pathId = 0;
      if (addPath) {
        pathId = view.getInt32(pos);
        pos += 4;
      }
      let bits = bytes[pos++]!;
      const next = pos + ((bits + 7) >> 3);
      let labelsStart = pos;
      if (labelled) {
        const labels = labelCount(bytes, pos, bits - distinguisherBits, distinguisherBits);
        pos += 3 * labels;
        bits -= 24 * labels;
        if (labels === 1 && isWithdrawLabel(bytes, labelsStart)) labelsStart = pos;
      }
      const labelsEnd = pos;
      if (distinguisherBits > 0) {
        pos += 8;
        bits -= 64;
      }
      count++;
      if (isLeftOut || !records.wantsNext()) {
        pos = next;
        continue;
      }
      if (model === -1) {
        modelStart = out.pos;
        model = out.count;
        out.begin(topic, message.view.router.hash);
        hashOffset = this.#putHead(out, message, list) - modelStart;
        headLength = out.pos - modelStart;
      } else {
        if (head === NO_BYTES) {
          head = out.bytes.subarray(modelStart, modelStart + headLength);
          tail = out.bytes.subarray(tailStart, tailStart + tailLength);
        }
        out.beginLike(model, head, out.starts[model]! - modelStart);
      }
      out.ensure(MIDDLE_BYTES_MAX + tailLength);
      const recordStart = out.pos - headLength;
      const textStart = out.pos;
      // Host bits stay as they came, but goBMP clears those of VPN routes.
      const mask = distinguisherBits > 0 ? 0xff00 >> (((bits + 7) & 7) + 1) : 0xff;
      const textEnd = this.#putAddress(out.bytes, textStart, bytes, pos, next, mask, isIpv4);
      out.pos = textEnd;
      if (bits > 0) {
        out.raw(PREFIX_LENGTH);
        out.pos = octetAt(out.bytes, out.pos, bits);
      } else {
        out.bytes[out.pos++] = 0x22;
      }
      if (distinguisherBits > 0) {
        this.#distinguisher.take(bytes, view, labelsEnd);
        const { text } = this.#distinguisher;
        out.range(text.bytes, 0, text.pos);
      }
      this.#hashes.put(
        out.bytes,
        recordStart + hashOffset,
        textStart,
        textEnd,
        bits,
        isIpv4,
        pathId,
        distinguisherBits > 0 ? this.#distinguisher.hashed : undefined,
      );
      if (pathId !== 0) {
        out.raw(PATH_ID);
        putPathId(out, pathId);
      }
      if (labelsStart < labelsEnd) {
        putLabels(out, bytes, labelsStart, labelsEnd);
        if (sid?.service !== undefined && extraFields) {
          this.#putServiceSid(out, sid.service, bytes, labelsStart);
        }
      }
      if (tailLength === 0) {
        tailStart = out.pos;
        if (sid !== undefined) {
          out.raw(PREFIX_SID);
          putJson(out, sid.object);
        }
        this.#putTail(records, message, list, kind);
        tailLength = out.pos - tailStart;
      } else {
        out.raw(tail);
      }
      out.ensure(16);
      if (extraFields) out.pos = u32At(out.bytes, out.pos, records.part);
      out.bytes[out.pos++] = 0x7d;
      out.end();
      records.part++;
      pos = next;
    }
    this.#hashes.flush(out.bytes);
    return count;
  }

  /** Writes everything before the prefix; returns the position of the hash. */
  #putHead(out: ByteWriter, message: RouteMessage, list: RouteList): number {
    const isAdd = list.isAnnounced && !list.isTreatedAsWithdraw;
    const hashAt = out.pos + HASH_OFFSET;
    message.view.router.putHead(out, isAdd);
    out.range(message.baseAttrs.bytes, 0, message.baseAttrs.pos);
    out.raw(message.view.peerFields);
    out.range(message.timestamp.bytes, 0, message.timestamp.pos);
    out.raw(PREFIX);
    return hashAt;
  }

  /** Writes the route's own SRv6 SID, put together from what all routes share and its label field (RFC 9252 section 4). */
  #putServiceSid(out: ByteWriter, service: ServiceSid, bytes: Uint8Array, label: number): void {
    const field = (bytes[label]! << 16) | (bytes[label + 1]! << 8) | bytes[label + 2]!;
    transposeLabel(service, field, this.#address);
    out.raw(SRV6_SID);
    putIpv6(out, this.#address, 0);
    out.byte(0x22);
  }

  /** Writes everything behind the values of the route itself. */
  #putTail(records: Records, message: RouteMessage, list: RouteList, kind: PrefixRecord): void {
    const { out } = records;
    const { scope } = message;
    const isIpv4 = list.family.addressBits === 32;
    if (scope.originAs > 0) {
      out.raw(isIpv4 ? IS_IPV4_ORIGIN_AS : IS_IPV6_ORIGIN_AS);
      putU32(out, scope.originAs);
    } else {
      out.raw(isIpv4 ? IS_IPV4 : IS_IPV6);
    }
    if (list.nextHop.pos > 0) {
      out.raw(NEXT_HOP);
      out.range(list.nextHop.bytes, 0, list.nextHop.pos);
      out.raw(list.isNextHopIpv4 ? QUOTE_NEXT_HOP_IPV4 : QUOTE_NEXT_HOP_IPV6);
    } else {
      out.raw(list.isNextHopIpv4 ? NEXT_HOP_IPV4 : NEXT_HOP_IPV6);
    }
    if (list.isMultiprotocol && list.isAnnounced) {
      if (kind.hasColor && scope.color !== -1) {
        out.raw(COLOR);
        putU32(out, scope.color);
      }
      if (kind.hasOriginValidation && scope.originValidation !== -1) {
        out.ascii(`,"origin_validation":"${VALIDATION_STATES[scope.originValidation]}"`);
      }
    }
    this.#putSafi(records, list.family);
    records.putFlagsAndOwnFields(message.view, list.assumed, list.isTreatedAsWithdraw);
  }

  /** Says of labelled unicast what goBMP's fields cannot: a withdrawal has no labels and the hash of the unicast route. */
  #putSafi(records: Records, family: PrefixFamily): void {
    if (records.extraFields && family.safi === 4) records.out.raw(LABELLED_SAFI);
  }

  /** Writes the address whose first octets are `bytes[start, end)`, the last of them under `mask`. */
  #putAddress(
    out: Uint8Array,
    at: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    mask: number,
    isIpv4: boolean,
  ): number {
    const octets = end - start;
    if (isIpv4) {
      return ipv4At(
        out,
        at,
        octetOf(bytes, start, octets, 0, mask),
        octetOf(bytes, start, octets, 1, mask),
        octetOf(bytes, start, octets, 2, mask),
        octetOf(bytes, start, octets, 3, mask),
      );
    }
    const address = this.#address;
    for (let i = 0; i < ADDRESS_BYTES; i++) address[i] = octetOf(bytes, start, octets, i, mask);
    return ipv6At(out, at, address, 0);
  }

  /** Writes an End-of-RIB (RFC 4724 section 2) in goBMP's form: "add" for the legacy one of IPv4, "del" for MP_UNREACH_NLRI. */
  writeEndOfRib(
    records: Records,
    message: RouteMessage,
    family: PrefixFamily,
    isMultiprotocol: boolean,
    assumed: Assumed,
  ): void {
    const isIpv4 = family.addressBits === 32;
    const topic = this.#topic(prefixRecord(family), isIpv4);
    if ((isOwn(topic) && !records.extraFields) || !records.wantsNext()) return;
    const { out } = records;
    out.begin(topic, message.view.router.hash);
    out.ascii(isMultiprotocol ? '{"action":"del",' : '{"action":"add",');
    out.raw(message.view.router.fields);
    out.raw(message.view.peerFields);
    out.range(message.timestamp.bytes, 0, message.timestamp.pos);
    out.byte(0x22);
    out.raw(isIpv4 ? IS_IPV4 : IS_IPV6);
    out.raw(isIpv4 ? NEXT_HOP_IPV4 : NEXT_HOP_IPV6);
    out.raw(END_OF_RIB);
    if (family.distinguisherBits > 0) out.raw(NO_DISTINGUISHER);
    out.raw(message.view.flagsAndTable);
    this.#putSafi(records, family);
    records.putOwnFields(assumed);
    records.finish();
  }
}

/** Octet i of the address that has `octets` of its octets at `start`, the last of them under `mask`, and zeros behind. */
function octetOf(
  bytes: Uint8Array,
  start: number,
  octets: number,
  i: number,
  mask: number,
): number {
  if (i >= octets) return 0;
  const octet = bytes[start + i]!;
  return i === octets - 1 ? octet & mask : octet;
}

/** Whether goBMP has no such record. */
function isOwn(topic: Topic): boolean {
  return topic.messageType >= 1000;
}

/** Path identifiers are signed in goBMP's records, whose consumers read them into 32 bits. */
function putPathId(out: ByteWriter, pathId: number): void {
  if (pathId < 0) out.byte(0x2d);
  putU32(out, Math.abs(pathId));
}

/** Writes the labels at `bytes[start, end)` as a list of 20-bit numbers. */
function putLabels(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  out.raw(LABELS);
  for (let pos = start; pos < end; pos += 3) {
    out.byte(pos === start ? 0x5b : 0x2c);
    putU32(out, (bytes[pos]! << 12) | (bytes[pos + 1]! << 4) | (bytes[pos + 2]! >> 4));
  }
  out.byte(0x5d);
}
