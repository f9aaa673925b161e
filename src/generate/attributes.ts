/** Path attributes of made-up routes: mixed as in public tables, in ascending order of their codes as routers write them. */
import type { ByteWriter } from "../wire/writer.ts";
import { patchLength16, put16, put32 } from "./bytes.ts";
import { AS_TRANS, LOCAL_AS, type PeerView } from "./peers.ts";
import { drawOrigin } from "./prefixes.ts";
import { type Random, Weighted } from "./random.ts";

/** AS numbers of large transit networks, most used first. */
// deno-fmt-ignore
const TRANSIT_AS: readonly number[] = [
  3356, 1299, 174, 2914, 3257, 6453, 6461, 6762, 3491, 5511, 12956, 3320, 6939, 9002, 4637, 7473, 1273, 7018, 701, 4826, 4134, 4837,
  9498, 20485, 31133, 8220,
];
/** AS numbers between peer and origin. */
const TRANSIT_HOPS = new Weighted([[0, 6], [1, 32], [2, 36], [3, 17], [4, 6], [5, 3]]);
const HOPS_MAX = 8;
const COMMUNITY_VALUES: readonly number[] = [100, 200, 666, 1000, 2000, 3000, 20000];

const FLAG_EXTENDED_LENGTH = 0x10;
const WELL_KNOWN = 0x40;
const OPTIONAL = 0x80;
const OPTIONAL_TRANSITIVE = 0xc0;
const AS_SEQUENCE = 2;

/** What {@linkcode putAttributes} has to know about a route. */
export interface RouteAttributes {
  readonly view: PeerView;
  readonly origin: number;
  /** NEXT_HOP (RFC 4271); undefined when MP_REACH_NLRI carries it. */
  readonly nextHop: Uint8Array | undefined;
}

/** Room for AS numbers of one path; reused, so that no array is made per UPDATE. */
const path = new Uint32Array(HOPS_MAX);

/** Writes the attributes with codes up to 13, calls `putReach` for those with codes 14 to 16, then writes the others. */
export function putAttributes(
  out: ByteWriter,
  random: Random,
  route: RouteAttributes,
  putReach: (() => void) | undefined,
): void {
  const { view, origin } = route;
  const hops = drawPath(random, view, origin);

  putHead(out, WELL_KNOWN, 1, 1); // ORIGIN: IGP, INCOMPLETE, seldom EGP
  out.byte(random.chance(0.85) ? 0 : random.chance(0.97) ? 2 : 1);
  putAsPath(out, WELL_KNOWN, 2, hops, view.twoOctetAs);
  if (route.nextHop !== undefined) {
    putHead(out, WELL_KNOWN, 3, route.nextHop.length);
    out.raw(route.nextHop);
  }
  if (random.chance(0.2)) {
    putHead(out, OPTIONAL, 4, 4); // MULTI_EXIT_DISC
    put32(out, random.chance(0.5) ? 0 : random.below(5000));
  }
  if (view.name === "post-policy" || view.name === "loc-rib") {
    putHead(out, WELL_KNOWN, 5, 4); // LOCAL_PREF
    put32(out, 100);
  }
  const isAggregated = random.chance(0.06);
  if (isAggregated) {
    if (random.chance(0.4)) putHead(out, WELL_KNOWN, 6, 0); // ATOMIC_AGGREGATE
    putHead(out, OPTIONAL_TRANSITIVE, 7, view.twoOctetAs ? 6 : 8); // AGGREGATOR
    if (view.twoOctetAs) put16(out, narrowAs(origin));
    else put32(out, origin);
    put32(out, aggregatorAddress(origin));
  }
  if (random.chance(0.78)) putCommunities(out, random, hops);
  putReach?.();
  if (view.twoOctetAs && hasWideAs(hops)) {
    putAsPath(out, OPTIONAL_TRANSITIVE, 17, hops, false); // AS4_PATH
    if (isAggregated && origin > 0xffff) {
      putHead(out, OPTIONAL_TRANSITIVE, 18, 8); // AS4_AGGREGATOR
      put32(out, origin);
      put32(out, aggregatorAddress(origin));
    }
  }
  if (random.chance(0.1)) putLargeCommunities(out, random, hops);
  if (random.chance(0.12)) {
    putHead(out, OPTIONAL_TRANSITIVE, 35, 4); // OTC (RFC 9234)
    put32(out, path[0]!);
  }
}

/** Writes ORIGIN and AS_PATH of a route that the peer originates. */
export function putPlainAttributes(out: ByteWriter, view: PeerView): void {
  putHead(out, WELL_KNOWN, 1, 1);
  out.byte(0);
  path[0] = view.name === "adj-rib-out" ? LOCAL_AS : view.peer.as;
  putAsPath(out, WELL_KNOWN, 2, 1, view.twoOctetAs);
}

/** Writes the head of an attribute whose value has `length` bytes. */
export function putHead(out: ByteWriter, flags: number, code: number, length: number): void {
  out.ensure(4);
  const isLong = length > 0xff;
  out.bytes[out.pos++] = isLong ? flags | FLAG_EXTENDED_LENGTH : flags;
  out.bytes[out.pos++] = code;
  if (isLong) out.bytes[out.pos++] = length >>> 8;
  out.bytes[out.pos++] = length;
}

/** Starts an optional attribute of unknown length; {@linkcode endLong} with the position returned here ends it. */
export function beginLong(out: ByteWriter, code: number): number {
  out.byte(OPTIONAL | FLAG_EXTENDED_LENGTH);
  out.byte(code);
  put16(out, 0);
  return out.pos;
}

export function endLong(out: ByteWriter, valueStart: number): void {
  patchLength16(out, valueStart - 2, valueStart);
}

/** Draws an AS path into `path`, nearest AS first; returns its length. */
function drawPath(random: Random, view: PeerView, origin: number): number {
  let hops = 0;
  path[hops++] = view.name === "adj-rib-out" ? LOCAL_AS : view.peer.as;
  const transitHops = TRANSIT_HOPS.draw(random);
  for (let i = 0; i < transitHops; i++) {
    const as = random.chance(0.7)
      ? TRANSIT_AS[Math.floor(random.fraction() ** 2 * TRANSIT_AS.length)]!
      : drawOrigin(random);
    if (as !== path[hops - 1]) path[hops++] = as;
  }
  path[hops++] = origin;
  if (random.chance(0.07)) {
    for (let prepends = random.between(1, 3); prepends > 0 && hops < HOPS_MAX; prepends--) {
      path[hops++] = origin;
    }
  }
  return hops;
}

function putAsPath(
  out: ByteWriter,
  flags: number,
  code: number,
  hops: number,
  isTwoOctet: boolean,
): void {
  putHead(out, flags, code, 2 + hops * (isTwoOctet ? 2 : 4));
  out.byte(AS_SEQUENCE);
  out.byte(hops);
  for (let i = 0; i < hops; i++) {
    if (isTwoOctet) put16(out, narrowAs(path[i]!));
    else put32(out, path[i]!);
  }
}

/** COMMUNITIES (RFC 1997): one to twelve, few more often than many. */
function putCommunities(out: ByteWriter, random: Random, hops: number): void {
  const count = 1 + Math.floor(random.fraction() ** 1.7 * 12);
  putHead(out, OPTIONAL_TRANSITIVE, 8, 4 * count);
  for (let i = 0; i < count; i++) {
    const as = path[random.below(hops)]!;
    put16(out, as > 0xffff ? LOCAL_AS : as);
    const value = random.below(2 * COMMUNITY_VALUES.length);
    put16(out, COMMUNITY_VALUES[value] ?? random.below(65536));
  }
}

/** LARGE_COMMUNITY (RFC 8092): one to six. */
function putLargeCommunities(out: ByteWriter, random: Random, hops: number): void {
  const count = 1 + Math.floor(random.fraction() ** 2 * 6);
  putHead(out, OPTIONAL_TRANSITIVE, 32, 12 * count);
  for (let i = 0; i < count; i++) {
    put32(out, path[random.below(hops)]!);
    put32(out, random.below(1000));
    put32(out, random.below(1 << 20));
  }
}

function hasWideAs(hops: number): boolean {
  for (let i = 0; i < hops; i++) if (path[i]! > 0xffff) return true;
  return false;
}

function narrowAs(as: number): number {
  return as > 0xffff ? AS_TRANS : as;
}

/** An address of 10.0.0.0/8 that is the same for the same origin. */
function aggregatorAddress(origin: number): number {
  return 0x0a000000 | (origin & 0xffffff);
}
