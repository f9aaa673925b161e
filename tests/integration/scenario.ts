/**
 * What the speakers say to a daemon, and the records that the collector must make of what the daemon says about it: once
 * as a description, so that announcement and expectation cannot drift apart. The expectation follows from RFC 4271 and
 * from how gobgpd 3.10 and FRR 8.4 were seen to behave on the wire, not from the collector's code.
 */
import {
  type Attributes,
  type Family,
  fromHex,
  hasWideAs,
  IPV4_LABELED,
  IPV4_UNICAST,
  IPV6_UNICAST,
  isLegacyNextHop,
  type PathSegment,
  type Route,
  Speaker,
  type SpeakerOptions,
  u16,
  u32,
  type Update,
} from "./speaker.ts";
import { type Daemon, DAEMON_ASN } from "./programs.ts";

/** Adj-RIB-In before and after policy (RFC 7854), Loc-RIB (RFC 9069). */
export type View = "pre" | "post" | "loc";

export type Neighbor = Omit<SpeakerOptions, "daemon">;

/** What one neighbour does before anybody else does something. */
export type Step =
  | { readonly neighbor: Neighbor; readonly updates: readonly Update[]; readonly refused?: boolean }
  | { readonly neighbor: Neighbor; readonly endOfRib: Family }
  | { readonly neighbor: Neighbor; readonly end: "notification" | "close" };

const IPV4_WITH_IPV6_NEXT_HOP: Family = { ...IPV4_UNICAST, extendedNextHop: true };

/** Four-octet AS number, several paths for a prefix. */
export const ADD_PATH: Neighbor = {
  address: "127.0.0.11",
  asn: 4200000011,
  routerId: "10.0.0.11",
  families: [{ ...IPV4_UNICAST, addPath: true }, { ...IPV6_UNICAST, addPath: true }],
  fourOctetAs: true,
};
/** No four-octet AS numbers: two-octet AS_PATH beside an AS4_PATH. */
export const TWO_OCTET: Neighbor = {
  address: "127.0.0.12",
  asn: 65012,
  routerId: "10.0.0.12",
  families: [IPV4_UNICAST, IPV6_UNICAST],
  fourOctetAs: false,
};
/** IPv4 routes with IPv6 next hops, labelled routes. */
export const EXTENDED: Neighbor = {
  address: "127.0.0.13",
  asn: 65013,
  routerId: "10.0.0.13",
  families: [IPV4_WITH_IPV6_NEXT_HOP, IPV6_UNICAST, IPV4_LABELED],
  fourOctetAs: true,
};
/** The session itself runs over IPv6. */
export const OVER_IPV6: Neighbor = {
  address: "::1",
  asn: 65014,
  routerId: "10.0.0.14",
  families: [IPV4_UNICAST, IPV6_UNICAST],
  fourOctetAs: true,
};

function plain(neighbor: Neighbor, rest: Partial<Attributes> = {}): Attributes {
  const nextHop = `192.0.2.${neighbor.routerId.split(".")[3]}`;
  return { origin: 0, asPath: [{ asns: [neighbor.asn] }], nextHop, ...rest };
}

function plain6(neighbor: Neighbor, rest: Partial<Attributes> = {}): Attributes {
  return plain(neighbor, { nextHop: `2001:db8::${neighbor.routerId.split(".")[3]}`, ...rest });
}

function announce(family: Family, routes: readonly Route[], attributes: Attributes): Update {
  return { family, announce: { routes, attributes } };
}

/** A route out of `10.1.0.0/16` or `2001:db8::/32#pathId`. */
export function route(text: string, labels?: readonly number[]): Route {
  const [prefix = "", length = "", pathId] = text.split(/[/#]/);
  return {
    prefix,
    length: Number(length),
    ...(pathId === undefined ? {} : { pathId: Number(pathId) }),
    ...(labels === undefined ? {} : { labels }),
  };
}

function routes(...texts: string[]): Route[] {
  return texts.map((text) => route(text));
}

/** 16 IPv4 and 8 IPv6 announcements, each with other attributes and one to three routes. */
function bulk(neighbor: Neighbor): Update[] {
  return Array.from({ length: 24 }, (_, i): Update => {
    const origins = [0, 1, 2] as const;
    const mixed: Partial<Attributes> = {
      origin: origins[i % 3]!,
      asPath: [{ asns: [neighbor.asn, 64500 + i, 4200000000 + i] }],
      ...(i % 2 === 0 ? { med: i * 1000003 } : {}),
      ...(i % 3 === 0 ? { communities: [[neighbor.asn, i], [65535, 65281]] } : {}),
      ...(i % 4 === 0 ? { largeCommunities: [[neighbor.asn, i, 4294967295]] } : {}),
      ...(i % 5 === 0 ? { routeTargets: [[65100, i]] } : {}),
    };
    const count = Array.from({ length: i % 3 + 1 }, (_, k) => k);
    return i < 16
      ? announce(
        IPV4_UNICAST,
        count.map((k) => route(`10.${100 + i}.${k}.0/24`)),
        plain(neighbor, mixed),
      )
      : announce(
        IPV6_UNICAST,
        count.map((k) => route(`2001:db8:${i}:${k}::/64`)),
        plain6(neighbor, mixed),
      );
  });
}

/**
 * The steps. `extras`: what gobgpd takes and shows and FRR does not (labelled routes beside unlabelled ones, IPv6 next
 * hops of IPv4 routes as they were sent, a link-local next hop from a neighbour that is not on the link).
 */
export function steps(extras: boolean): Step[] {
  const list: Step[] = [
    {
      neighbor: ADD_PATH,
      updates: [
        announce(
          IPV4_UNICAST,
          routes("10.1.0.0/16#1", "10.2.0.0/16#1"),
          plain(ADD_PATH, { med: 7 }),
        ),
        announce(IPV6_UNICAST, routes("2001:db8:11::/48#4294967295"), plain6(ADD_PATH)),
      ],
    },
    {
      neighbor: ADD_PATH,
      updates: [
        announce(
          IPV4_UNICAST,
          routes("10.1.0.0/16#2"),
          plain(ADD_PATH, { communities: [[65001, 2]] }),
        ),
      ],
    },
    { neighbor: ADD_PATH, endOfRib: IPV4_UNICAST },
    {
      neighbor: TWO_OCTET,
      updates: [
        announce(
          IPV4_UNICAST,
          routes("10.3.0.0/16"),
          plain(TWO_OCTET, {
            origin: 2,
            asPath: [{ asns: [65012, 4200000099] }, { set: true, asns: [65100, 65101] }],
            atomicAggregate: true,
            aggregator: { asn: 65012, address: "10.0.0.12" },
          }),
        ),
        announce(
          IPV4_UNICAST,
          routes("10.3.128.0/17", "0.0.0.0/0", "192.0.2.129/32"),
          plain(TWO_OCTET),
        ),
        announce(IPV6_UNICAST, routes("2001:db8:12::/48", "::/0"), plain6(TWO_OCTET)),
      ],
    },
    { neighbor: EXTENDED, updates: bulk(EXTENDED) },
    {
      neighbor: OVER_IPV6,
      updates: [announce(IPV6_UNICAST, routes("2001:db8:14::/48"), plain6(OVER_IPV6, { med: 14 }))],
    },
    // A better path from somebody else, and back.
    {
      neighbor: OVER_IPV6,
      updates: [announce(IPV4_UNICAST, routes("10.3.0.0/16"), plain(OVER_IPV6))],
    },
    { neighbor: OVER_IPV6, updates: [{ family: IPV4_UNICAST, withdraw: routes("10.3.0.0/16") }] },
    // New attributes for a known route, and one of two paths withdrawn.
    {
      neighbor: TWO_OCTET,
      updates: [announce(IPV4_UNICAST, routes("10.3.128.0/17"), plain(TWO_OCTET, { med: 99 }))],
    },
    { neighbor: ADD_PATH, updates: [{ family: IPV4_UNICAST, withdraw: routes("10.1.0.0/16#1") }] },
    // Withdrawn and announced in one UPDATE.
    {
      neighbor: EXTENDED,
      updates: [{
        family: IPV4_UNICAST,
        withdraw: routes("10.101.0.0/24", "10.101.1.0/24"),
        announce: { routes: routes("10.13.0.0/16"), attributes: plain(EXTENDED) },
      }],
    },
    {
      neighbor: EXTENDED,
      updates: [
        { family: IPV6_UNICAST, withdraw: routes("2001:db8:17:0::/64", "2001:db8:17:2::/64") },
        { family: IPV4_UNICAST, withdraw: routes("10.102.2.0/24") },
      ],
    },
    {
      neighbor: TWO_OCTET,
      updates: [{ family: IPV6_UNICAST, withdraw: routes("2001:db8:12::/48", "::/0") }],
    },
  ];
  if (extras) {
    list.push(
      {
        neighbor: EXTENDED,
        updates: [
          announce(
            IPV4_UNICAST,
            routes("10.4.0.0/16"),
            plain6(EXTENDED, { raw: [{ code: 99, flags: 0xe0, value: fromHex("010203") }] }),
          ),
          announce(IPV4_LABELED, [route("10.5.0.0/16", [16001])], plain(EXTENDED)),
          announce(
            IPV6_UNICAST,
            routes("2001:db8:13::/48"),
            plain6(EXTENDED, { linkLocal: "fe80::13" }),
          ),
        ],
      },
      {
        neighbor: EXTENDED,
        updates: [{ family: IPV4_LABELED, withdraw: [route("10.5.0.0/16", [16001])] }],
      },
      // The neighbour names one of the daemon's own addresses as next hop: refused by policy, yet it was received.
      {
        neighbor: EXTENDED,
        refused: true,
        updates: [
          announce(IPV4_UNICAST, routes("10.6.0.0/16"), plain(EXTENDED, { nextHop: "127.0.0.1" })),
        ],
      },
    );
  }
  list.push({ neighbor: ADD_PATH, end: "notification" }, { neighbor: TWO_OCTET, end: "close" });
  return list;
}

export const NEIGHBORS: readonly Neighbor[] = [ADD_PATH, TWO_OCTET, EXTENDED, OVER_IPV6];

/** Text of the administrative shutdown (RFC 9003). */
export const SHUTDOWN_TEXT = "bye";
/** Body of the NOTIFICATION that ends {@linkcode ADD_PATH}: cease, administrative shutdown, the text with its length. */
export const SHUTDOWN = Uint8Array.of(
  6,
  2,
  SHUTDOWN_TEXT.length,
  ...new TextEncoder().encode(SHUTDOWN_TEXT),
);

/** A step's doing on the established sessions; `settle` is awaited after each. */
export async function play(
  list: readonly Step[],
  speakers: ReadonlyMap<string, Speaker>,
  settle: (done: readonly Step[]) => Promise<void>,
): Promise<void> {
  for (const [i, step] of list.entries()) {
    const speaker = speakers.get(step.neighbor.address)!;
    if ("updates" in step) { for (const update of step.updates) speaker.update(update); }
    else if ("endOfRib" in step) speaker.endOfRib(step.endOfRib);
    else if (step.end === "notification") await speaker.notify(SHUTDOWN);
    else await speaker.close();
    await settle(list.slice(0, i + 1));
  }
}

/** One session for each neighbour, in their order, by its address. */
export async function connectAll(
  daemon: Daemon,
  neighbors: readonly Neighbor[],
): Promise<Map<string, Speaker>> {
  const speakers = new Map<string, Speaker>();
  for (const neighbor of neighbors) {
    const host = neighbor.address.includes(":") ? "::1" : daemon.host;
    speakers.set(
      neighbor.address,
      await Speaker.connect({ ...neighbor, daemon: { host, port: daemon.port } }),
    );
  }
  return speakers;
}

/** `msg_data` of a route's record without hashes, times and the record's identity. */
export type ExpectedRoute = Record<string, unknown>;

/** How a daemon shows its RIBs. */
export interface Shows {
  readonly daemon: "gobgpd" | "bgpd";
  readonly view: View;
}

/** Records in the order of the daemon, or, where it walks a hash table, in no order: then sorted {@linkcode byPrefix}. */
export interface Group {
  readonly records: readonly ExpectedRoute[];
  readonly unordered?: boolean;
}

/** The records about `neighbor`'s routes in one view ("loc": `neighbor` is left out). */
export function expectedRoutes(list: readonly Step[], shows: Shows, neighbor?: Neighbor): Group[] {
  if (neighbor === undefined) return locRibRoutes(list, shows);
  const groups: Group[] = [];
  // What the daemon has shown and not taken back, newest path first; a view without path identifiers has one per prefix.
  const held = new Map<string, Path[]>();
  const verbatim = shows.daemon === "gobgpd" && shows.view === "pre";
  for (const step of list) {
    if (step.neighbor.address !== neighbor.address) continue;
    if ("end" in step && shows.daemon === "gobgpd" && shows.view === "post") {
      const paths = [...held.values()].flatMap((known) => known.slice(0, 1));
      const records = paths.map((path) => withdrawn(neighbor, shows, path.family, path.route));
      groups.push({ records: records.sort(byPrefix), unordered: true });
    }
    if (!("updates" in step) || step.refused && shows.view === "post") continue;
    const records: ExpectedRoute[] = [];
    for (const { family, withdraw = [], announce } of step.updates) {
      const others = (route: Route) =>
        (held.get(key(route)) ?? []).filter((path) => path.route.pathId !== route.pathId);
      const here = announce?.routes.map((route) => {
        const path = { neighbor, family, route, attributes: announce.attributes };
        held.set(key(route), [path, ...others(route)]);
        return announced(path, shows);
      }) ?? [];
      const gone = withdraw.map((route) => {
        const rest = others(route);
        // gobgpd takes a prefix as gone with its first path; FRR shows it as it now is, with another path.
        if (shows.daemon === "gobgpd" || rest.length === 0) held.delete(key(route));
        else held.set(key(route), rest);
        if (shows.daemon === "bgpd" && rest[0] !== undefined) return announced(rest[0], shows);
        const attributes = verbatim ? announce?.attributes : undefined;
        return withdrawn(neighbor, shows, family, route, attributes);
      });
      // In an UPDATE the withdrawn routes come first; the daemons take the announced ones first.
      records.push(...(verbatim ? [...gone, ...here] : [...here, ...gone]));
    }
    groups.push({ records });
  }
  return groups;
}

interface Path {
  readonly neighbor: Neighbor;
  readonly family: Family;
  readonly route: Route;
  readonly attributes: Attributes;
}

/** The changes of the best path, which gobgpd shows as its Loc-RIB. */
function locRibRoutes(list: readonly Step[], shows: Shows): Group[] {
  const rib = new Map<string, Path[]>();
  function change(
    family: Family,
    route: Route,
    from: Neighbor,
    attributes?: Attributes,
  ): ExpectedRoute[] {
    const prefix = `${family.afi}/${family.safi} ${key(route)}`;
    const paths = rib.get(prefix) ?? [];
    const others = paths.filter((path) =>
      path.neighbor !== from || path.route.pathId !== route.pathId
    );
    const next = attributes === undefined
      ? others
      : [...others, { neighbor: from, family, route, attributes }];
    rib.set(prefix, next);
    const [before, after] = [best(paths), best(next)];
    if (before === after) return [];
    return [after === undefined ? withdrawn(from, shows, family, route) : announced(after, shows)];
  }
  return list.map((step) => {
    if ("end" in step) {
      const lost = [...rib.values()].flat().filter((path) => path.neighbor === step.neighbor);
      const records = lost.flatMap((path) => change(path.family, path.route, step.neighbor));
      return { records: records.sort(byPrefix), unordered: true };
    }
    if (!("updates" in step) || step.refused) return { records: [] };
    const records = step.updates.flatMap(({ family, withdraw = [], announce }) => [
      ...(announce?.routes ?? []).flatMap((route) =>
        change(family, route, step.neighbor, announce!.attributes)
      ),
      ...withdraw.flatMap((route) => change(family, route, step.neighbor)),
    ]);
    return { records };
  });
}

/** As much of RFC 4271 section 9.1.2.2 as the steps need: shortest AS_PATH (a set counts 1), lowest MED. */
function best(paths: readonly Path[]): Path | undefined {
  const cost = ({ attributes: { asPath, med = 0 } }: Path) =>
    asPath.reduce((sum, { set, asns }) => sum + (set ? 1 : asns.length), 0) * 2 ** 32 + med;
  return paths.toSorted((a, b) => cost(a) - cost(b))[0];
}

function key(route: Route): string {
  return `${route.prefix}/${route.length}`;
}

/** The order in which groups without a defined order are compared. */
export function byPrefix(a: ExpectedRoute, b: ExpectedRoute): number {
  const text = (record: ExpectedRoute) => `${record.prefix}/${record.prefix_len}`;
  return text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0;
}

/** `attributes`: of an UPDATE that announces, too; goBMP's consumers know its withdrawn routes with these. */
function withdrawn(
  neighbor: Neighbor,
  shows: Shows,
  family: Family,
  route: Route,
  attributes?: Attributes,
): ExpectedRoute {
  return attributes === undefined
    ? {
      ...common(neighbor, shows, family, route),
      action: "del",
      base_attrs: { is_atomic_agg: false },
      is_nexthop_ipv4: family.afi === 1,
      // 0x800000 is no label; but for its Loc-RIB gobgpd withdraws with the label that was announced.
      ...(route.labels !== undefined && shows.view === "loc" ? { labels: route.labels } : {}),
      ...(family.safi === 4 ? { safi: 4 } : {}),
    }
    : { ...announced({ neighbor, family, route, attributes }, shows), action: "del" };
}

function announced({ neighbor, family, route, attributes }: Path, shows: Shows): ExpectedRoute {
  const origin = originAs(attributes.asPath);
  // Only the UPDATE as it was received keeps a link-local next hop.
  const linkLocal = shows.daemon === "gobgpd" && shows.view !== "pre"
    ? undefined
    : attributes.linkLocal;
  return {
    ...common(neighbor, shows, family, route),
    action: "add",
    base_attrs: baseAttrs(neighbor, shows, family, attributes),
    ...(origin === undefined ? {} : { origin_as: origin }),
    nexthop: linkLocal === undefined ? attributes.nextHop : `${attributes.nextHop},${linkLocal}`,
    is_nexthop_ipv4: !attributes.nextHop.includes(":"),
    ...(route.labels === undefined ? {} : { labels: route.labels }),
    ...(family.safi === 4 ? { safi: 4 } : {}),
  };
}

/** Whose records they are, where the route is. */
function common(
  neighbor: Neighbor,
  { daemon, view }: Shows,
  family: Family,
  route: Route,
): ExpectedRoute {
  const loc = view === "loc";
  // Both daemons write path identifiers nowhere but into gobgpd's copy of the UPDATE as it was received.
  const pathId = daemon === "gobgpd" && view === "pre" ? route.pathId : undefined;
  return {
    ...(loc
      ? { router_ip: "127.0.0.1" }
      : { router_ip: neighbor.address === "::1" ? "::1" : "127.0.0.1" }),
    peer_ip: loc ? "0.0.0.0" : neighbor.address,
    peer_type: loc ? 3 : 0,
    peer_asn: loc ? DAEMON_ASN : neighbor.asn,
    prefix: shortened(route.prefix),
    ...(route.length === 0 ? {} : { prefix_len: route.length }),
    is_ipv4: family.afi === 1,
    // A signed number, as goBMP's consumers decode it.
    ...(pathId === undefined ? {} : { path_id: pathId | 0 }),
    is_adj_rib_in_post_policy: view === "post",
    is_adj_rib_out_post_policy: false,
    is_adj_rib_out: false,
    is_loc_rib: loc,
    is_loc_rib_filtered: false,
  };
}

/** RFC 5952 section 4.2.1: the zero group of `2001:db8:17:0::` joins the longer run. */
function shortened(prefix: string): string {
  return prefix.replace(/(:0)+::$/, "::");
}

const ORIGINS = ["igp", "egp", "incomplete"];

function baseAttrs(
  neighbor: Neighbor,
  shows: Shows,
  family: Family,
  attributes: Attributes,
): ExpectedRoute {
  const path = shows.daemon === "bgpd" ? prepended(attributes.asPath) : attributes.asPath;
  const asns = path.flatMap((segment) => segment.asns);
  const { communities, routeTargets, largeCommunities, raw, aggregator } = attributes;
  // gobgpd re-encodes what it did not receive just so; FRR writes what it would send to that neighbour.
  const twoOctet = !neighbor.fourOctetAs && (shows.daemon === "bgpd" || shows.view === "pre");
  const wellKnown =
    communities?.filter(([high, low]) => high === 65535 && low === 65281).map(() => "NO_EXPORT") ??
      [];
  return {
    origin: ORIGINS[attributes.origin],
    as_path: asns,
    as_path_count: asns.length,
    as_path_segments: segments(path),
    ...(isLegacyNextHop(family, attributes) ? { nexthop: attributes.nextHop } : {}),
    ...(attributes.med === undefined || attributes.med === 0 ? {} : { med: attributes.med }),
    is_atomic_agg: attributes.atomicAggregate === true,
    ...(aggregator === undefined ? {} : {
      aggregator: base64([
        ...(twoOctet ? u16(aggregator.asn) : u32(aggregator.asn)),
        ...aggregator.address.split(".").map(Number),
      ]),
    }),
    ...(communities === undefined
      ? {}
      : { community_list: communities.map((pair) => pair.join(":")) }),
    ...(wellKnown.length === 0 ? {} : { well_known_community_list: wellKnown }),
    ...(routeTargets === undefined
      ? {}
      : { ext_community_list: routeTargets.map((pair) => `rt=${pair.join(":")}`) }),
    ...(twoOctet && hasWideAs(path) ? { as4_path: asns, as4_path_count: asns.length } : {}),
    ...(largeCommunities === undefined
      ? {}
      : { large_community_list: largeCommunities.map((parts) => parts.join(":")) }),
    ...(raw === undefined ? {} : {
      unknown_attributes: raw.map(({ code, flags, value }) => ({
        type: code,
        flags,
        value: base64(value),
      })),
    }),
  };
}

/** FRR 8.4 encodes routes of every RIB view as for an external neighbour: with its own AS number in front. */
function prepended(path: readonly PathSegment[]): PathSegment[] {
  const [first, ...rest] = path;
  return [{ asns: [DAEMON_ASN, ...first?.asns ?? []] }, ...rest];
}

function segments(path: readonly PathSegment[]): unknown[] {
  return path.map(({ set, asns }) => ({ type: set ? 1 : 2, asns }));
}

/** Absent when the path ends in a set: its members have no order. */
function originAs(path: readonly PathSegment[]): number | undefined {
  const last = path.at(-1);
  return last === undefined || last.set ? undefined : last.asns.at(-1);
}

export function base64(bytes: Iterable<number>): string {
  return btoa(String.fromCharCode(...bytes));
}
