/**
 * Routes of families that are decoded to an object each: a record per route, of the kind that the registry names; without a decoder
 * the list is kept as one run of bytes.
 */
import type { MultiprotocolNlri } from "../../../bgp/attributes/014_mp_reach_nlri.ts";
import { familyName } from "../../../bgp/families.ts";
import type { ObjectFamily } from "../../../bgp/nlri/family.ts";
import { endOfRoute, hasPathIds, PATH_ID_BYTES } from "../../../bgp/nlri/object_list.ts";
import type { UpdateLayout } from "../../../bgp/update.ts";
import { type DecodeFault, fail, faultWithin } from "../../../wire/fault.ts";
import type { ByteRange } from "../../../wire/range.ts";
import { hexText } from "../../../wire/strings.ts";
import { KeptViews, utf8 } from "../../../wire/writer.ts";
import type { DecodeErrors } from "../decode_error.ts";
import { FieldWriter } from "../fields.ts";
import { ASSUMED_ADD_PATH, type Records } from "../records.ts";
import type { RouteListFacts, RouteMessage } from "../prefix_routes.ts";
import { ANY_FAMILY } from "./any_family.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";
import { routeKind } from "./registry.ts";

/** What all routes of an MP attribute share. */
export interface NlriListFacts extends RouteListFacts {
  /** Whether path identifiers are expected. */
  addPath: boolean;
  /** A next hop that has no text, as hex; empty: there is none. */
  nextHopHex: string;
  isNextHopIpv4: boolean;
}

const ADD = utf8('{"action":"add",');
const DEL = utf8('{"action":"del",');
const BASE_ATTRS = utf8(',"base_attrs":');

/** The list under way, as kinds of records see it. */
class ListFacts implements RouteFacts {
  readonly afi;
  readonly safi;
  readonly family;
  readonly isAnnounced;
  readonly nextHop;
  readonly nextHopHex;
  readonly isNextHopIpv4;
  pathId = 0;
  readonly view;
  readonly scope;

  constructor(
    message: RouteMessage,
    list: NlriListFacts,
    mp: MultiprotocolNlri,
    family: ObjectFamily | undefined,
    readonly bytes: Uint8Array,
    readonly data: DataView,
    readonly layout: UpdateLayout,
    readonly noteFault: (fault: DecodeFault) => void,
  ) {
    this.afi = mp.afi;
    this.safi = mp.safi;
    this.family = family?.name ?? familyName(mp.afi, mp.safi);
    this.isAnnounced = list.isAnnounced;
    this.nextHop = list.nextHop;
    this.nextHopHex = list.nextHopHex;
    this.isNextHopIpv4 = list.isNextHopIpv4;
    this.view = message.view;
    this.scope = message.scope;
  }

  attribute(code: number): ByteRange | undefined {
    const i = this.layout.first[code]!;
    return i === -1 ? undefined : { start: this.layout.starts[i]!, end: this.layout.ends[i]! };
  }
}

export class ObjectRoutes {
  readonly #splitAf: boolean;
  readonly #errors: DecodeErrors;
  readonly #layout: UpdateLayout;
  readonly #fields = new FieldWriter();
  readonly #baseAttrs = new KeptViews();

  constructor(splitAf: boolean, errors: DecodeErrors, layout: UpdateLayout) {
    this.#splitAf = splitAf;
    this.#errors = errors;
    this.#layout = layout;
  }

  /**
   * Writes a record per route of an MP attribute; returns how many it has, 0 where they are one run of bytes. A route that cannot be
   * decoded is an error record, its neighbours stay.
   *
   * @throws DecodeFault where the borders of routes are lost; those before are written
   */
  write(
    records: Records,
    message: RouteMessage,
    list: NlriListFacts,
    family: ObjectFamily | undefined,
    mp: MultiprotocolNlri,
    bytes: Uint8Array,
    view: DataView,
  ): number {
    const { nlriStart, nlriEnd } = mp;
    const facts = new ListFacts(
      message,
      list,
      mp,
      family,
      bytes,
      view,
      this.#layout,
      (fault) => this.#errors.note(fault, "field-ignored"),
    );
    if (family === undefined) {
      const route = { hex: hexText(bytes, nlriStart, nlriEnd) };
      this.#writeOne(records, message, list, facts, ANY_FAMILY, route, undefined);
      return 0;
    }
    const withPathIds = hasPathIds(family, list.addPath, bytes, view, nlriStart, nlriEnd);
    if (withPathIds !== (family.addPath && list.addPath)) list.assumed |= ASSUMED_ADD_PATH;
    const kind = routeKind(family);
    const decode = kind.decode ?? family.decode;
    const shared = kind.shared?.(facts);
    let count = 0;
    for (let pos = nlriStart; pos < nlriEnd;) {
      if (withPathIds) {
        if (nlriEnd - pos < PATH_ID_BYTES) {
          fail("nlri-path-identifier", pos, "a path identifier of 4 bytes");
        }
        facts.pathId = view.getInt32(pos);
        pos += PATH_ID_BYTES;
      }
      const end = endOfRoute(family, bytes, view, pos, nlriEnd);
      try {
        const route = decode(bytes, view, pos, end, !list.isAnnounced);
        this.#writeOne(records, message, list, facts, kind, route, shared);
        count++;
      } catch (error) {
        this.#errors.note(faultWithin(error, `in NLRI of ${family.name}`), "routes-dropped");
      }
      pos = end;
    }
    return count;
  }

  #writeOne(
    records: Records,
    message: RouteMessage,
    list: NlriListFacts,
    facts: RouteFacts,
    kind: RouteKind,
    route: object,
    shared: unknown,
  ): void {
    const topic = kind.topic(route, facts, this.#splitAf);
    const isOwn = topic.messageType >= 1000;
    if ((isOwn && !records.extraFields) || !records.wantsNext()) return;
    const { out } = records;
    const isAdd = list.isAnnounced && !list.isTreatedAsWithdraw;
    out.begin(topic, kind.key?.(route, facts) ?? message.view.router.hash);
    out.raw(isAdd ? ADD : DEL);
    records.putPeerFields(message);
    if (!kind.isWithoutBaseAttrs || records.extraFields) {
      out.raw(BASE_ATTRS);
      out.raw(this.#baseAttrs.upTo(message.baseAttrs.bytes, message.baseAttrs.pos));
    }
    const to = this.#fields;
    to.out = out;
    kind.putFields(to, route, facts, shared);
    if (records.extraFields) kind.putOwnFields?.(to, route, facts, shared);
    if (records.extraFields && facts.nextHopHex !== "") {
      out.ascii(`,"nexthop_hex":"${facts.nextHopHex}"`);
    }
    records.putOwnFields(list.assumed, list.isTreatedAsWithdraw);
    records.finish();
  }
}
