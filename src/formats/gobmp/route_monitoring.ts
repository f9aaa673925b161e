/**
 * Route Monitoring (RFC 7854 section 4.6): one UPDATE becomes a record per route.
 *
 * Withdrawn routes come before announced ones, as a receiver of the UPDATE would apply them (RFC 4271 section 3.1); then what was
 * wrong with it. Any number of MP attributes counts, and legacy NLRI beside them.
 */
import { AttributeCache } from "../../bgp/attributes/cache.ts";
import { AttributeWriter } from "../../bgp/attributes/mod.ts";
import { NEXT_HOP_CODE } from "../../bgp/attributes/003_next_hop.ts";
import {
  MP_REACH_NLRI_CODE,
  MultiprotocolNlri,
  readMpReach,
} from "../../bgp/attributes/014_mp_reach_nlri.ts";
import { MP_UNREACH_NLRI_CODE, readMpUnreach } from "../../bgp/attributes/015_mp_unreach_nlri.ts";
import { Outcome } from "../../bgp/attributes/spec.ts";
import { countedFamilyName, familyKey } from "../../bgp/families.ts";
import { BGP_HEADER_BYTES, BgpMessageType, readBgpMessage } from "../../bgp/message.ts";
import { FAMILY_BY_KEY } from "../../bgp/nlri/registry.ts";
import { IPV4_UNICAST } from "../../bgp/nlri/001_unicast.ts";
import { putNextHop } from "../../bgp/next_hop.ts";
import { layOutUpdate, UpdateLayout } from "../../bgp/update.ts";
import { PEER_HEADER_BYTES, writePeerHeaderTime } from "../../bmp/peer_header.ts";
import { fail, fault, faultWithin } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import { putIpv4 } from "../../wire/text.ts";
import type { DecodeCounts } from "../counts.ts";
import { negotiatedAddPath } from "../prefix_readings.ts";
import { readScope } from "../update_scope.ts";
import type { DecodeErrors } from "./decode_error.ts";
import { writeEndsOfRib } from "./end_of_rib.ts";
import { countRoutes, PrefixLists } from "./prefix_lists.ts";
import { ASSUMED_AS_WIDTH, ASSUMED_NO_PEER_UP, NOTHING_ASSUMED, type Records } from "./records.ts";
import { RouteListUnderWay } from "./route_list.ts";
import { ObjectRoutes } from "./routes/object_routes.ts";
import { PrefixRouteWriter } from "./prefix_routes.ts";
import { readTlvs, readTlvsBehind, UpdateMessage } from "./update_message.ts";

export class RouteMonitoringFormatter {
  readonly #layout = new UpdateLayout();
  readonly #attributes = new AttributeWriter(this.#layout, new AttributeCache());
  readonly #message = new UpdateMessage(this.#attributes);
  readonly #list = new RouteListUnderWay();
  readonly #lists: PrefixLists;
  readonly #mp = new MultiprotocolNlri();
  readonly #unicast: PrefixRouteWriter;
  readonly #objects: ObjectRoutes;
  readonly #errors: DecodeErrors;
  readonly #counts: DecodeCounts;
  /** Whether the UPDATE under way has had any route, announced or withdrawn. */
  #hasRoutes = false;

  constructor(splitAf: boolean, counts: DecodeCounts, errors: DecodeErrors) {
    this.#unicast = new PrefixRouteWriter(splitAf);
    this.#counts = counts;
    this.#errors = errors;
    this.#objects = new ObjectRoutes(splitAf, errors, this.#layout);
    this.#lists = new PrefixLists(this.#unicast, counts, errors);
  }

  /** Writes the records of the message whose per-peer header is at `header` and which ends at `end`. */
  write(
    records: Records,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
    version: number,
  ): void {
    const message = this.#message;
    message.view = records.session.viewOf(bytes, view, header);
    writePeerHeaderTime(message.timestamp, view, header);
    message.assumed = message.view.peer.isUp ? NOTHING_ASSUMED : ASSUMED_NO_PEER_UP;
    message.statelessModes = undefined;
    message.tlvs.reset();
    records.tlvs = undefined;
    this.#errors.start(header);
    try {
      this.#writeUpdate(records, bytes, view, header, end, version);
    } catch (error) {
      this.#errors.note(faultWithin(error, "in Route Monitoring"), "message-dropped");
    }
    this.#errors.write(records, bytes, end, message);
    records.tlvs = undefined;
  }

  #writeUpdate(
    records: Records,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
    version: number,
  ): void {
    const layout = this.#layout;
    const message = this.#message;
    const errors = this.#errors;
    const bodyStart = header + PEER_HEADER_BYTES;
    let pduStart = bodyStart;
    let room = end;
    if (version === 4) {
      ({ start: pduStart, end: room } = readTlvs(message, errors, bytes, view, bodyStart, end));
    }
    const pdu = readBgpMessage(bytes, view, pduStart, room);
    if (pdu.type !== BgpMessageType.update) {
      fail("not-an-update", pduStart + 18, `type 2, found ${pdu.type}`);
    }
    if (pdu.end < room) {
      if (version === 4) {
        errors.note(fault("bytes-after-update", pdu.end, "the end of its TLV"), "tlv-ignored");
      } else {
        readTlvsBehind(message, errors, bytes, view, pdu.end, end);
      }
    }
    if (message.tlvs.pos > 0) records.tlvs = message.tlvs;
    layOutUpdate(layout, bytes, view, pduStart + BGP_HEADER_BYTES, pdu.end);
    this.#hasRoutes = false;
    this.#lists.start();

    const attributes = this.#attributes;
    const { peer, view: ribView } = message.view;
    if (readScope(message.scope, peer, ribView, bytes, view, header)) {
      message.assumed |= ASSUMED_AS_WIDTH;
    }
    message.baseAttrs.reset();
    attributes.write(message.baseAttrs, bytes, view);
    this.#checkMandatory();
    for (const found of attributes.faults) {
      const outcome = found.outcome === Outcome.treatAsWithdraw
        ? "treat-as-withdraw"
        : "attribute-discard";
      errors.note(found.fault, outcome);
    }

    const isWithdraw = attributes.outcome === Outcome.treatAsWithdraw;
    this.#writeLegacy(
      records,
      bytes,
      view,
      layout.withdrawnStart,
      layout.withdrawnEnd,
      false,
      isWithdraw,
    );
    if (layout.multiprotocolCount > 0) {
      this.#writeMultiprotocol(records, bytes, view, false, isWithdraw);
      this.#writeMultiprotocol(records, bytes, view, true, isWithdraw);
    }
    this.#writeLegacy(records, bytes, view, layout.nlriStart, layout.nlriEnd, true, isWithdraw);
    if (!this.#hasRoutes && attributes.outcome === Outcome.none) {
      writeEndsOfRib(records, message, layout, this.#unicast, this.#counts, bytes, view);
    }
  }

  /**
   * Routes of the NLRI field without NEXT_HOP, which RFC 4760 has made discretionary, are kept without one: FRR leaves it out when it
   * encodes its RIB again.
   */
  #checkMandatory(): void {
    this.#attributes.noteMissing();
    const { first, nlriStart, nlriEnd, attributesStart } = this.#layout;
    if (nlriEnd > nlriStart && first[NEXT_HOP_CODE] === -1) {
      this.#errors.note(
        fault("attribute-missing", attributesStart, "NEXT_HOP beside announced routes"),
        "route-kept",
      );
    }
  }

  /** The Withdrawn Routes or the NLRI field: IPv4 unicast. */
  #writeLegacy(
    records: Records,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    isAnnounced: boolean,
    isTreatedAsWithdraw: boolean,
  ): void {
    if (start === end) return;
    const list = this.#list;
    list.family = IPV4_UNICAST;
    list.isAnnounced = isAnnounced;
    list.isMultiprotocol = false;
    list.isNextHopIpv4 = true;
    list.nextHop.reset();
    const nextHop = this.#layout.first[NEXT_HOP_CODE]!;
    if (nextHop !== -1 && this.#layout.ends[nextHop]! - this.#layout.starts[nextHop]! === 4) {
      putIpv4(list.nextHop, bytes, this.#layout.starts[nextHop]!);
    }
    list.isTreatedAsWithdraw = isTreatedAsWithdraw && isAnnounced;
    this.#hasRoutes = true;
    this.#lists.write(records, this.#message, list, bytes, view, start, end);
  }

  /** All MP_REACH_NLRI or all MP_UNREACH_NLRI attributes. */
  #writeMultiprotocol(
    records: Records,
    bytes: Uint8Array,
    view: DataView,
    isReach: boolean,
    isTreatedAsWithdraw: boolean,
  ): void {
    const layout = this.#layout;
    const mp = this.#mp;
    for (let i = 0; i < layout.count; i++) {
      if (!layout.isMultiprotocol(i) || (layout.codes[i] === MP_REACH_NLRI_CODE) !== isReach) {
        continue;
      }
      try {
        (isReach ? readMpReach : readMpUnreach)(
          mp,
          bytes,
          view,
          layout.starts[i]!,
          layout.ends[i]!,
        );
        this.#writeFamily(records, bytes, view, isReach, isTreatedAsWithdraw && isReach);
      } catch (error) {
        this.#errors.note(faultWithin(error, placeOf(isReach)), "routes-dropped");
        this.#hasRoutes = true;
      }
    }
  }

  /** The routes of the MP attribute that was read last. */
  #writeFamily(
    records: Records,
    bytes: Uint8Array,
    view: DataView,
    isAnnounced: boolean,
    isTreatedAsWithdraw: boolean,
  ): void {
    const { afi, safi, nextHopStart, nextHopEnd, nlriStart, nlriEnd } = this.#mp;
    if (nlriStart === nlriEnd) return;
    const key = familyKey(afi, safi);
    const family = FAMILY_BY_KEY.get(key);
    const list = this.#list;
    list.isAnnounced = isAnnounced;
    list.isMultiprotocol = true;
    list.nextHop.reset();
    list.isNextHopIpv4 = afi === 1;
    if (family?.kind === "prefix") {
      if (isAnnounced && nextHopEnd > nextHopStart) {
        list.isNextHopIpv4 = putNextHop(list.nextHop, bytes, nextHopStart, nextHopEnd);
      } else if (isAnnounced) {
        // As a missing NEXT_HOP; where the routes begin is not in doubt, which is what RFC 7606 section 7.11 fears.
        const found = fault("mp-next-hop-length", nextHopStart - 1, "a next hop beside routes");
        this.#errors.note(faultWithin(found, placeOf(true)), "route-kept");
      }
      list.family = family;
      list.isTreatedAsWithdraw = isTreatedAsWithdraw;
      this.#hasRoutes = true;
      this.#lists.write(records, this.#message, list, bytes, view, nlriStart, nlriEnd);
    } else {
      list.nextHopHex = "";
      list.isNextHopIpv4 = true;
      if (nextHopEnd > nextHopStart) this.#putAnyNextHop(bytes, nextHopStart, nextHopEnd);
      const { view: { peer, view: ribView }, statelessModes } = this.#message;
      list.addPath = negotiatedAddPath(peer, ribView, statelessModes, key);
      list.isTreatedAsWithdraw = isTreatedAsWithdraw;
      list.assumed = this.#message.assumed;
      this.#hasRoutes = true;
      const count = this.#objects.write(
        records,
        this.#message,
        list,
        family,
        this.#mp,
        bytes,
        view,
      );
      if (!records.isFirstCall) return;
      if (family === undefined) {
        this.#counts.add("unknown_families", countedFamilyName(afi, safi), 1);
      } else countRoutes(this.#counts, list, family.name, count);
    }
  }

  /** Takes the next hop of a family of its own kind, which may have a form of its own: what has no text stays bytes. */
  #putAnyNextHop(bytes: Uint8Array, start: number, end: number): void {
    try {
      this.#list.isNextHopIpv4 = putNextHop(this.#list.nextHop, bytes, start, end);
    } catch (error) {
      this.#list.nextHopHex = hexText(bytes, start, end);
      this.#errors.note(faultWithin(error, placeOf(true)), "field-ignored");
    }
  }
}

function placeOf(isReach: boolean): string {
  return isReach
    ? `in path attribute ${MP_REACH_NLRI_CODE} (MP_REACH_NLRI)`
    : `in path attribute ${MP_UNREACH_NLRI_CODE} (MP_UNREACH_NLRI)`;
}
