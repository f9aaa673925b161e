/** The families of a session: what tables each has, and how their routes are written. */
import type { ByteWriter } from "../wire/writer.ts";
import { putAttributes, putHead, type RouteAttributes } from "./attributes.ts";
import { put16, put32 } from "./bytes.ts";
import { EvpnWalk } from "./evpn.ts";
import { LinkStateWalk } from "./link_state.ts";
import type { GeneratedFamily, GenerateOptions } from "./options.ts";
import { LOCAL_AS, type PeerView } from "./peers.ts";
import type { RouteWalk } from "./route_walk.ts";
import { TableWalk } from "./prefixes.ts";
import { type Random, subSeed } from "./random.ts";

const EXTENDED_COMMUNITIES = 16;
const OPTIONAL_TRANSITIVE = 0xc0;
const DISTINGUISHER_BYTES = 8;
const NO_DISTINGUISHER = new Uint8Array(DISTINGUISHER_BYTES);

/** One of the tables that every view carries. */
export interface Table {
  readonly afi: number;
  readonly safi: number;
  /** For a seed of its own. */
  readonly slot: number;
  /** The table's routes from the start. */
  walk(): RouteWalk;
}

export function tablesOf(family: GeneratedFamily, options: GenerateOptions): Table[] {
  const { prefixesV4, prefixesV6, routes, seed } = options;
  switch (family) {
    case "evpn":
      return routes === 0
        ? []
        : [{ afi: 25, safi: 70, slot: 6, walk: () => new EvpnWalk(routes, subSeed(seed, 3)) }];
    case "bgp-ls":
      return routes === 0 ? [] : [{
        afi: 16388,
        safi: 71,
        slot: 7,
        walk: () => new LinkStateWalk(routes, subSeed(seed, 4)),
      }];
    default: {
      const { safi, slot } = PREFIX_FAMILIES[family];
      const tables: Table[] = [];
      if (prefixesV4 > 0) {
        const walk = () =>
          new PrefixWalk(safi, false, new TableWalk("ipv4", prefixesV4, subSeed(seed, 1)));
        tables.push({ afi: 1, safi, slot, walk });
      }
      if (prefixesV6 > 0) {
        const walk = () =>
          new PrefixWalk(safi, true, new TableWalk("ipv6", prefixesV6, subSeed(seed, 2)));
        tables.push({ afi: 2, safi, slot, walk });
      }
      return tables;
    }
  }
}

const PREFIX_FAMILIES = {
  "unicast": { safi: 1, slot: 1 },
  "labelled-unicast": { safi: 4, slot: 4 },
  "vpn": { safi: 128, slot: 5 },
} as const;

/** Prefixes, with a label before them (RFC 8277) or a label and a route distinguisher (RFC 4364). */
class PrefixWalk implements RouteWalk {
  readonly #safi: 1 | 4 | 128;
  readonly #isIpv6: boolean;
  readonly #table: TableWalk;

  constructor(safi: 1 | 4 | 128, isIpv6: boolean, table: TableWalk) {
    this.#safi = safi;
    this.#isIpv6 = isIpv6;
    this.#table = table;
  }

  get count(): number {
    return this.#table.count;
  }

  next(): boolean {
    return this.#table.next();
  }

  /** The length counts label and distinguisher (RFC 8277 section 2.2, RFC 4364 section 4.3.4). */
  putNlri(out: ByteWriter, i: number): void {
    const { nlri, ends, origin } = this.#table;
    let start = i === 0 ? 0 : ends[i - 1]!;
    if (this.#safi !== 1) {
      const label = labelOf(origin);
      out.byte(nlri[start]! + (this.#safi === 128 ? 24 + 8 * DISTINGUISHER_BYTES : 24));
      out.byte(label >>> 12);
      out.byte(label >>> 4);
      out.byte(((label & 15) << 4) | 1); // bottom of stack
      start++;
    }
    if (this.#safi === 128) {
      put16(out, 0);
      put16(out, LOCAL_AS);
      put32(out, vpnOf(origin));
    }
    out.range(nlri, start, ends[i]!);
  }

  putAttributes(
    out: ByteWriter,
    random: Random,
    view: PeerView,
    putReach: ((nextHop: Uint8Array) => void) | undefined,
  ): void {
    const { nextHopV4, nextHopV6 } = view.peer;
    const { origin } = this.#table;
    const route: RouteAttributes = {
      view,
      origin,
      nextHop: putReach === undefined ? nextHopV4 : undefined,
    };
    putAttributes(
      out,
      random,
      route,
      putReach && (() => {
        const nextHop = this.#isIpv6 ? nextHopV6 : nextHopV4;
        if (this.#safi !== 128) return putReach(nextHop);
        // RFC 4364 section 4.3.2, RFC 4659 section 3.2.1: the address behind a distinguisher of 0.
        putReach(new Uint8Array([...NO_DISTINGUISHER, ...nextHop.subarray(0, 16)]));
        putHead(out, OPTIONAL_TRANSITIVE, EXTENDED_COMMUNITIES, 8);
        put16(out, 0x0002); // route target of a two-octet AS (RFC 4360 section 4)
        put16(out, LOCAL_AS);
        put32(out, vpnOf(origin));
      }),
    );
  }
}

/** A label outside the special-purpose ones (RFC 7274). */
function labelOf(origin: number): number {
  return 1000 + origin % 1_000_000;
}

/** The VPN of all prefixes of an origin. */
function vpnOf(origin: number): number {
  return 1 + origin % 3000;
}
