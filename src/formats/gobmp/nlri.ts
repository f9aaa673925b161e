/**
 * Routes of families without a byte path (message type 1005): decoded to an object each, or, without a decoder, kept as one run
 * of bytes.
 */
import { familyName } from "../../bgp/families.ts";
import type { ObjectFamily, RouteSink } from "../../bgp/nlri/family.ts";
import type { MultiprotocolNlri } from "../../bgp/attributes/014_mp_reach_nlri.ts";
import { fail } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import type { Records } from "./records.ts";
import { NLRI } from "./topics.ts";
import type { RouteListFacts, RouteMessage } from "./unicast.ts";

/** What all routes of an MP attribute share. */
export interface NlriListFacts extends RouteListFacts {
  /** Whether path identifiers are expected. */
  addPath: boolean;
  /** A next hop that has no text, as hex; empty: there is none. */
  nextHopHex: string;
}

const ASCII = new TextDecoder();
const sink: RouteSink = { route: {} };

/**
 * Writes a record per route of an MP attribute; returns how many it has, 0 where they are one run of bytes.
 *
 * @throws DecodeFault at the first route that cannot be decoded; those before it are written
 */
export function writeNlri(
  records: Records,
  message: RouteMessage,
  list: NlriListFacts,
  family: ObjectFamily | undefined,
  mp: MultiprotocolNlri,
  bytes: Uint8Array,
  view: DataView,
): number {
  const { afi, safi, nlriStart, nlriEnd } = mp;
  if (family === undefined) {
    if (!wantsNext(records)) return 0;
    writeOne(records, message, list, mp, familyName(afi, safi), 0, {
      hex: hexText(bytes, nlriStart, nlriEnd),
    });
    return 0;
  }
  let count = 0;
  for (let pos = nlriStart; pos < nlriEnd;) {
    let pathId = 0;
    if (family.addPath && list.addPath) {
      if (nlriEnd - pos < 4) fail("nlri-path-identifier", pos, "a path identifier of 4 bytes");
      pathId = view.getInt32(pos);
      pos += 4;
    }
    const next = family.decode(bytes, view, pos, nlriEnd, sink);
    if (next <= pos || next > nlriEnd) {
      throw new Error(
        `Cannot decode ${family.name}: its decoder went from ${pos} to ${next} of ${nlriEnd}`,
      );
    }
    if (wantsNext(records)) writeOne(records, message, list, mp, family.name, pathId, sink.route);
    count++;
    pos = next;
  }
  return count;
}

function wantsNext(records: Records): boolean {
  return records.extraFields && records.wantsNext();
}

function writeOne(
  records: Records,
  message: RouteMessage,
  list: NlriListFacts,
  mp: MultiprotocolNlri,
  family: string,
  pathId: number,
  nlri: object,
): void {
  const { out } = records;
  const isAdd = list.isAnnounced && !list.isTreatedAsWithdraw;
  out.begin(NLRI, message.view.routerHash);
  out.ascii(`{"action":"${isAdd ? "add" : "del"}",`);
  records.putPeerFields(message);
  out.ascii(',"base_attrs":');
  out.range(message.baseAttrs.bytes, 0, message.baseAttrs.pos);
  records.putFields([
    ["afi!", mp.afi],
    ["safi!", mp.safi],
    ["family", family],
    ["nexthop", ASCII.decode(list.nextHop.written())],
    ["nexthop_hex", list.nextHopHex],
    ["path_id", pathId],
    ["nlri", nlri],
  ]);
  records.putOwnFields(list.assumed, list.isTreatedAsWithdraw);
  records.finish();
}
