/** Lists of NLRI: each route with its place, read as the collector reads it. */
import { familyKey, familyName } from "../bgp/families.ts";
import type { Family, ObjectFamily, PrefixFamily } from "../bgp/nlri/family.ts";
import { endOfRoute, hasPathIds, PATH_ID_BYTES } from "../bgp/nlri/object_list.ts";
import {
  failAtBrokenPrefix,
  isWithdrawLabel,
  labelCount,
  Reading,
  readingScore,
  soundEnd,
} from "../bgp/nlri/prefix.ts";
import { FAMILY_BY_KEY } from "../bgp/nlri/registry.ts";
import { hasLocalAddPath, type Peer } from "../bmp/peer_table.ts";
import type { RibView } from "../bmp/peer_header.ts";
import { fail, fault, isFault } from "../wire/fault.ts";
import { ipv4Text, ipv6Text, routeDistinguisherText } from "../wire/strings.ts";
import type { Part } from "./part.ts";
import { shownValue } from "./value.ts";

/** Whose routes they are, and what says how they read. */
export interface RouteContext {
  readonly peer: Peer;
  readonly view: RibView;
  /** ADD-PATH modes that came with the message itself, in place of the OPENs'. */
  readonly statelessModes: ReadonlyMap<number, number> | undefined;
}

/** Adds the routes in `bytes[start, end)`. */
export function addRoutes(
  to: Part,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  afi: number,
  safi: number,
  isWithdrawn: boolean,
  context: RouteContext,
): void {
  const family = FAMILY_BY_KEY.get(familyKey(afi, safi));
  if (family === undefined) {
    to.addBytes("NLRI", bytes, start, end, { meaning: `${familyName(afi, safi)}, kept as bytes` });
    return;
  }
  to.attempt(bytes, start, end, () => {
    if (family.kind === "prefix") addPrefixes(to, bytes, view, start, end, family, context);
    else addObjects(to, bytes, view, start, end, family, isWithdrawn, context);
  });
}

/** Whether path identifiers were negotiated. */
function negotiated({ peer, view, statelessModes }: RouteContext, family: Family): boolean {
  const key = familyKey(family.afi, family.safi);
  return statelessModes === undefined
    ? peer.negotiatedAddPath(view, key)
    : hasLocalAddPath(view, statelessModes.get(key) ?? 0);
}

function addPathId(to: Part, view: DataView, pos: number, end: number): void {
  if (end - pos < PATH_ID_BYTES) {
    fail("nlri-path-identifier", pos, "a path identifier of 4 bytes");
  }
  to.add("Path Identifier", pos, pos + PATH_ID_BYTES, {
    value: view.getUint32(pos),
    reference: "RFC 7911 section 3",
  });
}

/** Says that path identifiers are not as negotiated: they are as the bytes bear out. */
function noteReading(to: Part, start: number, isExpected: boolean, hasPathIds: boolean): void {
  if (isExpected) return;
  const found = hasPathIds ? "no path identifiers, found them" : "path identifiers, found none";
  to.blame(fault("add-path-assumed", start, `${found}, by what the OPENs say`));
}

function addPrefixes(
  to: Part,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  family: PrefixFamily,
  context: RouteContext,
): void {
  let hasPathIds = negotiated(context, family);
  const expected = hasPathIds;
  if (context.statelessModes === undefined) {
    const reading = context.peer.familyReading(context.view, family);
    reading.choose(bytes, start, end);
    hasPathIds = reading.current;
  }
  const isBroken = readingScore(bytes, start, end, family, hasPathIds) === Reading.impossible;
  const sound = isBroken ? soundEnd(bytes, start, end, family, hasPathIds) : end;
  for (let pos = start; pos < sound;) {
    const lengthAt = pos + (hasPathIds ? PATH_ID_BYTES : 0);
    const next = lengthAt + 1 + ((bytes[lengthAt]! + 7) >> 3);
    const value = prefixValue(bytes, lengthAt, family);
    const route = to.add("NLRI", pos, next, { value, reference: family.reference });
    if (hasPathIds) addPathId(route, view, pos, next);
    pos = next;
  }
  noteReading(to, start, hasPathIds === expected, hasPathIds);
  if (isBroken) failAtBrokenPrefix(bytes, start, end, family, hasPathIds);
}

/** What an NLRI of a prefix says; its length in bits is at `lengthAt`. */
function prefixValue(bytes: Uint8Array, lengthAt: number, family: PrefixFamily): object {
  const { addressBits, labelled, distinguisherBits } = family;
  let bits = bytes[lengthAt]!;
  let pos = lengthAt + 1;
  const labels: number[] = [];
  if (labelled) {
    const count = labelCount(bytes, pos, bits - distinguisherBits, distinguisherBits);
    for (let i = 0; i < count; i++, pos += 3, bits -= 24) {
      if (count === 1 && isWithdrawLabel(bytes, pos)) continue;
      labels.push((bytes[pos]! << 12) | (bytes[pos + 1]! << 4) | (bytes[pos + 2]! >> 4));
    }
  }
  const rd = distinguisherBits === 0 ? undefined : routeDistinguisherText(bytes, pos);
  pos += distinguisherBits >> 3;
  bits -= distinguisherBits;
  const address = new Uint8Array(addressBits >> 3);
  address.set(bytes.subarray(pos, pos + ((bits + 7) >> 3)));
  const text = addressBits === 32 ? ipv4Text(address, 0) : ipv6Text(address, 0);
  return {
    prefix: `${text}/${bits}`,
    ...(rd === undefined ? {} : { rd }),
    ...(labels.length === 0 ? {} : { labels }),
  };
}

function addObjects(
  to: Part,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  family: ObjectFamily,
  isWithdrawn: boolean,
  context: RouteContext,
): void {
  const expected = family.addPath && negotiated(context, family);
  const withPathIds = hasPathIds(family, expected, bytes, view, start, end);
  for (let pos = start; pos < end;) {
    const routeStart = pos + (withPathIds ? PATH_ID_BYTES : 0);
    if (routeStart >= end) {
      fail("nlri-path-identifier", pos, "a path identifier of 4 bytes and a route");
    }
    const next = endOfRoute(family, bytes, view, routeStart, end);
    const { reference } = family;
    try {
      const value = shownValue(family.decode(bytes, view, routeStart, next, isWithdrawn));
      const route = to.add("NLRI", pos, next, { value, reference });
      if (withPathIds) addPathId(route, view, pos, next);
    } catch (error) {
      if (!isFault(error)) throw error;
      to.addBytes("NLRI", bytes, pos, next, { meaning: "undecoded", reference });
      to.blame(error, "routes-dropped");
    }
    pos = next;
  }
  noteReading(to, start, withPathIds === expected, withPathIds);
}
