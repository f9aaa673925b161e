/** End-of-RIB (RFC 4724 section 2): goBMP's record for the families that have one, and our own (message type 1004) for all. */
import { MP_REACH_NLRI_CODE, MultiprotocolNlri } from "../../bgp/attributes/014_mp_reach_nlri.ts";
import { readMpUnreach } from "../../bgp/attributes/015_mp_unreach_nlri.ts";
import { countedFamilyName, familyKey, familyName } from "../../bgp/families.ts";
import { FAMILY_BY_KEY } from "../../bgp/nlri/registry.ts";
import type { UpdateLayout } from "../../bgp/update.ts";
import type { DecodeCounts } from "../counts.ts";
import type { Records } from "./records.ts";
import { END_OF_RIB } from "./topics.ts";
import type { PrefixRouteWriter } from "./prefix_routes.ts";
import type { UpdateMessage } from "./update_message.ts";

const mp = new MultiprotocolNlri();

/**
 * Writes the End-of-RIBs of a sound UPDATE that has no route: of IPv4 unicast when there is nothing in it at all, else of each family
 * that has an empty MP_UNREACH_NLRI.
 */
export function writeEndsOfRib(
  records: Records,
  message: UpdateMessage,
  layout: UpdateLayout,
  unicast: PrefixRouteWriter,
  counts: DecodeCounts,
  bytes: Uint8Array,
  view: DataView,
): void {
  if (layout.count === 0) return writeEndOfRib(records, message, unicast, counts, 1, 1, false);
  if (layout.multiprotocolCount === 0 || layout.first[MP_REACH_NLRI_CODE] !== -1) return;
  for (let i = 0; i < layout.count; i++) {
    if (!layout.isMultiprotocol(i)) continue;
    readMpUnreach(mp, bytes, view, layout.starts[i]!, layout.ends[i]!);
    writeEndOfRib(records, message, unicast, counts, mp.afi, mp.safi, true);
  }
}

function writeEndOfRib(
  records: Records,
  message: UpdateMessage,
  unicast: PrefixRouteWriter,
  counts: DecodeCounts,
  afi: number,
  safi: number,
  isMultiprotocol: boolean,
): void {
  const family = FAMILY_BY_KEY.get(familyKey(afi, safi));
  if (records.isFirstCall) counts.add("end_of_rib", countedFamilyName(afi, safi), 1);
  if (family?.kind === "prefix") {
    unicast.writeEndOfRib(records, message, family, isMultiprotocol, message.assumed);
  }
  if (!records.extraFields || !records.wantsNext()) return;
  records.out.begin(END_OF_RIB, message.view.router.hash);
  records.out.byte(0x7b);
  records.putPeerFields(message);
  const name = family?.name ?? familyName(afi, safi);
  records.putFields([["afi!", afi], ["safi!", safi], ["family", name]]);
  records.putOwnFields(message.assumed);
  records.finish();
}
