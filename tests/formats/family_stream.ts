/** A stream with every vector of the address families that are decoded to objects, and with what may befall any route. */
import { FAMILIES } from "../../src/bgp/nlri/registry.ts";
import {
  addPath,
  AS_PATH,
  attribute,
  MANDATORY,
  mpReach,
  mpUnreach,
  type PeerOptions,
  peerUp,
  routeMonitoring,
} from "../building.ts";
import { fromHex } from "../decoding.ts";
import { FAMILY_VECTORS } from "../vectors/nlri/index.ts";

const NEXT_HOP = "c0000201";
/** Of a length that no RFC has. */
const ODD_NEXT_HOP = "c000020101";
/** What some families take from other attributes: route targets of all types and Layer2 Info, the PMSI tunnel. */
const BESIDE = attribute(
  0xc0,
  16,
  "0002fde900000064 0102c00002010064 02020001000a0064 800a130205dc006f",
) + attribute(0xc0, 22, "0006003e810a000001");
const WRONG_ORIGIN = attribute(0x40, 1, "09");
const PATH_ID = "00000007";
const PLAIN: PeerOptions = {};
const WITH_PATH_IDS: PeerOptions = { address: "c0000203" };

export function familyStream(): Uint8Array[] {
  const modes = FAMILIES.filter((family) => family.kind === "object" && family.addPath)
    .map(({ afi, safi }) => addPath([afi, safi, 3])).join("");
  const messages = [peerUp(PLAIN), peerUp(WITH_PATH_IDS, { sent: modes, received: modes })];
  for (const { kind, afi, safi } of FAMILIES) {
    const good = kind === "object" ? FAMILY_VECTORS[`${afi}/${safi}`]?.good ?? [] : [];
    const first = good.find(({ isWithdrawn }) => isWithdrawn !== true);
    if (first === undefined) continue;
    const reach = (nextHop: string, nlri: string) => mpReach(afi, safi, nextHop, nlri);
    messages.push(
      ...good.map(({ nlri, isWithdrawn = false }) =>
        isWithdrawn ? mpUnreach(afi, safi, nlri) : MANDATORY + BESIDE + reach(NEXT_HOP, nlri)
      ).map((attributes) => routeMonitoring({ attributes }, PLAIN)),
      routeMonitoring({ attributes: MANDATORY + reach(ODD_NEXT_HOP, first.nlri) }, PLAIN),
      routeMonitoring({ attributes: WRONG_ORIGIN + AS_PATH + reach(NEXT_HOP, first.nlri) }, PLAIN),
      routeMonitoring({ attributes: mpUnreach(afi, safi, "") }, PLAIN),
      routeMonitoring(
        { attributes: MANDATORY + reach(NEXT_HOP, PATH_ID + first.nlri) },
        WITH_PATH_IDS,
      ),
    );
  }
  return messages.map(fromHex);
}
