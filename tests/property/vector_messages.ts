/** The vectors of the registries as BMP messages: one message for every good value of an attribute, NLRI and capability. */
import {
  addPath,
  attribute,
  mpReach,
  mpUnreach,
  peerUp,
  routeMonitoring,
  uint,
} from "../building.ts";
import { VECTORS } from "../bgp/attributes/vectors.ts";
import { FAMILIES } from "../../src/bgp/nlri/registry.ts";
import { fromHex } from "../decoding.ts";
import { GOOD_CAPABILITIES } from "../vectors/capabilities.ts";
import { FAMILY_VECTORS } from "../vectors/nlri/index.ts";
import { PREFIX_VECTORS } from "../vectors/nlri/prefixes.ts";

const NEXT_HOP_V4 = "c0000201";
const NEXT_HOP_V6 = "20010db8000000000000000000000001";
const PATH_ID = "00000001";
/** ORIGIN, AS_PATH and NEXT_HOP, by code. */
const MANDATORY: readonly (readonly [code: number, value: string])[] = [
  [1, "00"],
  [2, "0202 0000fde9 0000fdea"],
  [3, NEXT_HOP_V4],
];

/** What an announcement needs beside an attribute with this code. */
export function mandatoryBeside(code: number): string {
  return MANDATORY.filter(([own]) => own !== code)
    .map(([own, value]) => attribute(0x40, own, value)).join("");
}

/** An UPDATE with one attribute under test; `behind` are bytes behind it. */
export function attributeMessage(
  code: number,
  flags: number,
  value: string,
  asWidth = 4,
  behind = "",
): string {
  const attributes = mandatoryBeside(code) + attribute(flags, code, value) + behind;
  return routeMonitoring({ attributes, nlri: "18c63364" }, { flags: asWidth === 2 ? 0x20 : 0 });
}

/** An UPDATE with a list of NLRI of one family. */
export function nlriMessage(
  afi: number,
  safi: number,
  nlri: string,
  isWithdrawn: boolean,
): string {
  const nextHop = afi === 2 ? NEXT_HOP_V6 : NEXT_HOP_V4;
  const attributes = isWithdrawn
    ? mpUnreach(afi, safi, nlri)
    : mandatoryBeside(0) + mpReach(afi, safi, nextHop, nlri);
  return routeMonitoring({ attributes });
}

/** A Peer Up whose OPENs have this capability, and path identifiers where some families get them. */
function capabilityMessage(code: number, value: string): string {
  const capability = uint(code, 1) + uint(fromHex(value).length, 1) + value;
  return peerUp({}, { sent: capability, received: capability });
}

/** A message for each vector, the sound and the malformed ones. */
export function vectorMessages(): Uint8Array[] {
  const messages: string[] = [];
  for (const [code, { flags, good, malformed }] of Object.entries(VECTORS)) {
    for (const { value, options } of [...good, ...malformed]) {
      messages.push(attributeMessage(Number(code), flags, value, options?.asWidth));
    }
  }
  for (const { afi, safi } of FAMILIES) {
    const key = `${afi}/${safi}`;
    const { good = [], malformed = [] } = FAMILY_VECTORS[key] ?? {};
    const sound = [...good, ...PREFIX_VECTORS[key] ?? []];
    for (const { nlri, isWithdrawn = false } of sound) {
      messages.push(
        nlriMessage(afi, safi, nlri, isWithdrawn),
        nlriMessage(afi, safi, PATH_ID + nlri, isWithdrawn),
      );
    }
    for (const { nlri } of malformed) messages.push(nlriMessage(afi, safi, nlri, false));
    const modes = addPath([afi, safi, 3]);
    messages.push(peerUp({}, { sent: modes, received: modes }));
  }
  for (const [code, values] of Object.entries(GOOD_CAPABILITIES)) {
    for (const [value] of values) messages.push(capabilityMessage(Number(code), value));
  }
  return messages.map((hex) => fromHex(hex));
}
