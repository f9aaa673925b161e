/** Route Monitoring (RFC 7854 section 4.6): rows of routes and of their attributes; withdrawn routes first, as a receiver applies them. */
import {
  MP_REACH_NLRI_CODE,
  MultiprotocolNlri,
  readMpReach,
} from "../../bgp/attributes/014_mp_reach_nlri.ts";
import { readMpUnreach } from "../../bgp/attributes/015_mp_unreach_nlri.ts";
import { Outcome } from "../../bgp/attributes/spec.ts";
import { countedFamilyName, familyKey } from "../../bgp/families.ts";
import { BGP_HEADER_BYTES, BgpMessageType, readBgpMessage } from "../../bgp/message.ts";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../bgp/nlri/001_unicast.ts";
import {
  IPV4_LABELLED_UNICAST,
  IPV6_LABELLED_UNICAST,
} from "../../bgp/nlri/004_labelled_unicast.ts";
import { VPN_IPV4_UNICAST, VPN_IPV6_UNICAST } from "../../bgp/nlri/128_vpn.ts";
import type { PrefixFamily } from "../../bgp/nlri/family.ts";
import { FAMILY_BY_KEY } from "../../bgp/nlri/registry.ts";
import { addPathModes } from "../../bgp/open.ts";
import { layOutUpdate, UpdateLayout } from "../../bgp/update.ts";
import { decodeRouteMonitoringV4 } from "../../bmp/messages/route_monitoring_v4.ts";
import { PEER_HEADER_BYTES } from "../../bmp/peer_header.ts";
import { type DecodeFault, fail, faultWithin } from "../../wire/fault.ts";
import { asciiText } from "../../wire/strings.ts";
import { putIpv4 } from "../../wire/text.ts";
import { ByteWriter, KeptViews } from "../../wire/writer.ts";
import type { DecodeCounts } from "../counts.ts";
import { negotiatedAddPath, PrefixReadings } from "../prefix_readings.ts";
import { readScope } from "../update_scope.ts";
import { AttributeColumns, Mark } from "./attributes.ts";
import { BaseAttributes, putAttributes } from "./base_attributes.ts";
import { hasObjectRows, ObjectRows } from "./object_rows.ts";
import type { ParsedOptions } from "./options.ts";
import { messageTime } from "./peer_rows.ts";
import type { PeerView } from "./peer_view.ts";
import { PrefixRowWriter, type RouteRows } from "./prefix_rows.ts";
import type { Rows } from "./rows.ts";
import { putInet6, setSqlTime, TIME_BYTES } from "./text.ts";

/** Prefixes that have rows. */
const PREFIX_FAMILIES: ReadonlySet<PrefixFamily> = new Set([
  IPV4_UNICAST,
  IPV6_UNICAST,
  IPV4_LABELLED_UNICAST,
  IPV6_LABELLED_UNICAST,
  VPN_IPV4_UNICAST,
  VPN_IPV6_UNICAST,
]);

/** The list and attributes under way. Reused. */
class ListUnderWay implements RouteRows {
  family: PrefixFamily = IPV4_UNICAST;
  addPath = false;
  start = 0;
  end = 0;
  isAnnounced = false;
  isMultiprotocol = false;
  attributes: RouteRows["attributes"] = undefined;
  readonly time = new Uint8Array(TIME_BYTES);
  timeUs = -Infinity;
  readonly columns: AttributeColumns;
  readonly nextHop = new ByteWriter(64);
  text: Uint8Array = new Uint8Array(0);
  /** Text of what comes in an MP attribute. */
  readonly #composed = new ByteWriter(4096);
  readonly #views = new KeptViews();
  isNextHopIpv4 = true;

  constructor(columns: AttributeColumns) {
    this.columns = columns;
  }

  /** Takes the next hop of the NEXT_HOP attribute. */
  useNextHopAttribute(): void {
    const { columns, nextHop } = this;
    const { bytes, marks } = columns;
    nextHop.reset();
    nextHop.range(bytes, marks[Mark.head]!, marks[Mark.nextHop]!);
    this.isNextHopIpv4 = true;
    this.text = columns.text;
  }

  /** Takes the next hop that was set. */
  composeText(): void {
    const text = this.#composed;
    text.reset();
    putAttributes(text, this);
    this.text = this.#views.upTo(text.bytes, text.pos);
  }

  setTime(us: number): void {
    setSqlTime(this.time, us, this.timeUs);
    this.timeUs = us;
  }
}

export class RouteMonitoringRows {
  readonly #counts: DecodeCounts;
  readonly #layout = new UpdateLayout();
  readonly #columns = new AttributeColumns(this.#layout);
  readonly #list = new ListUnderWay(this.#columns);
  readonly #readings = new PrefixReadings();
  readonly #baseAttributes: BaseAttributes;
  readonly #prefixes = new PrefixRowWriter();
  readonly #objects = new ObjectRows();
  readonly #mp = new MultiprotocolNlri();
  #view!: PeerView;
  #statelessModes: ReadonlyMap<number, number> | undefined = undefined;
  #isFirstCall = false;
  /** RFC 7606: announced routes of this UPDATE are to be read as withdrawn. */
  #isTreatedAsWithdraw = false;

  constructor(options: ParsedOptions, counts: DecodeCounts) {
    this.#counts = counts;
    this.#baseAttributes = new BaseAttributes(options);
  }

  /** Writes the rows of the message whose per-peer header is at `header` and which ends at `end`. */
  write(
    rows: Rows,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
    version: number,
  ): void {
    const { session } = rows;
    this.#view = session.viewOf(bytes, view, header);
    this.#statelessModes = undefined;
    this.#isFirstCall = rows.isFirstCall;
    const us = messageTime(session, view, header, rows.atUs);
    this.#list.setTime(this.#view.state.routeTime(us));
    this.#baseAttributes.start();
    this.#readings.start();
    try {
      this.#writeUpdate(rows, bytes, view, header, end, version);
    } catch (error) {
      this.#note(faultWithin(error, "in Route Monitoring"));
    }
  }

  #writeUpdate(
    rows: Rows,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
    version: number,
  ): void {
    const layout = this.#layout;
    let pduStart = header + PEER_HEADER_BYTES;
    let room = end;
    if (version === 4) {
      const decoded = decodeRouteMonitoringV4(bytes, view, pduStart, end);
      ({ start: pduStart, end: room } = decoded.pdu);
      if (decoded.capabilities.length > 0) this.#statelessModes = addPathModes(decoded);
    }
    const pdu = readBgpMessage(bytes, view, pduStart, room);
    if (pdu.type !== BgpMessageType.update) {
      fail("not-an-update", pduStart + 18, `type 2, found ${pdu.type}`);
    }
    layOutUpdate(layout, bytes, view, pduStart + BGP_HEADER_BYTES, pdu.end);
    const { withdrawnStart, withdrawnEnd, nlriStart, nlriEnd } = layout;
    this.#isTreatedAsWithdraw = false;
    if (nlriEnd > nlriStart || layout.first[MP_REACH_NLRI_CODE] !== -1) {
      this.#readAttributes(bytes, view, header);
    }
    this.#writeLegacy(rows, bytes, view, withdrawnStart, withdrawnEnd, false);
    if (layout.multiprotocolCount > 0) {
      this.#writeMultiprotocol(rows, bytes, view, false);
      this.#writeMultiprotocol(rows, bytes, view, true);
    }
    this.#writeLegacy(rows, bytes, view, nlriStart, nlriEnd, true);
  }

  #readAttributes(bytes: Uint8Array, view: DataView, header: number): void {
    const columns = this.#columns;
    const { peer, view: ribView } = this.#view;
    readScope(columns.scope, peer, ribView, bytes, view, header);
    columns.read(bytes, view);
    for (const { fault } of columns.faults) this.#note(fault);
    this.#isTreatedAsWithdraw = columns.outcome === Outcome.treatAsWithdraw;
  }

  /** The Withdrawn Routes or the NLRI field: IPv4 unicast. */
  #writeLegacy(
    rows: Rows,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    isAnnounced: boolean,
  ): void {
    if (start === end) return;
    const list = this.#list;
    list.family = IPV4_UNICAST;
    list.isMultiprotocol = false;
    this.#writeList(rows, bytes, view, start, end, isAnnounced);
  }

  /** All MP_REACH_NLRI or all MP_UNREACH_NLRI attributes. */
  #writeMultiprotocol(rows: Rows, bytes: Uint8Array, view: DataView, isReach: boolean): void {
    const layout = this.#layout;
    const mp = this.#mp;
    for (let i = 0; i < layout.count; i++) {
      if (!layout.isMultiprotocol(i) || (layout.codes[i] === MP_REACH_NLRI_CODE) !== isReach) {
        continue;
      }
      try {
        const read = isReach ? readMpReach : readMpUnreach;
        read(mp, bytes, view, layout.starts[i]!, layout.ends[i]!);
        this.#writeFamily(rows, bytes, view, isReach);
      } catch (error) {
        this.#note(faultWithin(error, isReach ? "in MP_REACH_NLRI" : "in MP_UNREACH_NLRI"));
      }
    }
  }

  /** The routes of the MP attribute that was read last. */
  #writeFamily(rows: Rows, bytes: Uint8Array, view: DataView, isAnnounced: boolean): void {
    const { afi, safi, nlriStart, nlriEnd } = this.#mp;
    if (nlriStart === nlriEnd) return;
    const key = familyKey(afi, safi);
    const family = FAMILY_BY_KEY.get(key);
    if (family === undefined) {
      if (this.#isFirstCall) {
        this.#counts.add("unknown_families", countedFamilyName(afi, safi), 1);
      }
      return;
    }
    const list = this.#list;
    list.isMultiprotocol = true;
    if (isAnnounced) this.#takeNextHop(bytes);
    if (family.kind === "prefix") {
      if (!PREFIX_FAMILIES.has(family)) return;
      list.family = family;
      return this.#writeList(rows, bytes, view, nlriStart, nlriEnd, isAnnounced);
    }
    if (!hasObjectRows(family)) return;
    this.#chooseAttributes(rows, isAnnounced);
    const { peer, view: ribView } = this.#view;
    const count = this.#objects.write(
      rows,
      this.#view,
      family,
      this.#mp,
      this.#layout,
      negotiatedAddPath(peer, ribView, this.#statelessModes, key),
      list.attributes,
      this.#baseAttributes.hash,
      asciiText(list.time, 0, TIME_BYTES),
      bytes,
      view,
      (fault) => this.#note(fault),
    );
    this.#count(family.name, isAnnounced, count);
  }

  /**
   * The next hop as the database takes it: one address, without distinguisher and link-local companion, and never empty. IPv4 is what has
   * no colon.
   */
  #takeNextHop(bytes: Uint8Array): void {
    const { afi, nextHopStart: start, nextHopEnd: end } = this.#mp;
    const list = this.#list;
    list.nextHop.reset();
    list.isNextHopIpv4 = false;
    switch (end - start) {
      case 4:
      case 8:
      case 12:
        list.isNextHopIpv4 = true;
        return putIpv4(list.nextHop, bytes, end - 4);
      case 16:
      case 32:
        return putInet6(list.nextHop, bytes, start);
      case 24:
      case 48:
        return putInet6(list.nextHop, bytes, start + 8);
    }
    list.isNextHopIpv4 = afi === 1;
    list.nextHop.ascii(list.isNextHopIpv4 ? "0.0.0.0" : "::");
  }

  #writeList(
    rows: Rows,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    isAnnounced: boolean,
  ): void {
    const list = this.#list;
    const readings = this.#readings;
    const { peer, view: ribView } = this.#view;
    const modes = this.#statelessModes;
    readings.read(list, peer, ribView, modes, this.#isFirstCall, bytes, start, end);
    if (readings.fault !== undefined) this.#note(readings.fault);
    if (list.start === list.end) return;
    this.#chooseAttributes(rows, isAnnounced);
    const { hash } = this.#baseAttributes;
    const count = this.#prefixes.write(rows, this.#view, list, hash, bytes, view);
    this.#count(list.family.name, isAnnounced, count);
  }

  /** Writes the attributes of an announced list, unless it is to be read as withdrawn. */
  #chooseAttributes(rows: Rows, isAnnounced: boolean): void {
    const list = this.#list;
    list.isAnnounced = isAnnounced && !this.#isTreatedAsWithdraw;
    list.attributes = list.isAnnounced ? list : undefined;
    if (list.attributes === undefined) return;
    if (list.isMultiprotocol) list.composeText();
    else list.useNextHopAttribute();
    this.#baseAttributes.write(rows, this.#view, list);
  }

  #count(family: string, isAnnounced: boolean, count: number): void {
    if (!this.#isFirstCall) return;
    const isAdd = isAnnounced && !this.#isTreatedAsWithdraw;
    this.#counts.add(isAdd ? "routes_announced" : "routes_withdrawn", family, count);
  }

  #note(fault: DecodeFault): void {
    if (this.#isFirstCall) this.#counts.add("decode_errors", fault.code, 1);
  }
}
