/**
 * Every family that gobgpd takes: each route is announced and withdrawn once, and the records before policy, after it and of the
 * Loc-RIB must be what was sent.
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import { attribute, mpReach, mpUnreach, ORIGIN, uint, update } from "../building.ts";
import {
  assertIdentity,
  contents,
  INITIATION,
  ofType,
  PEER,
  SESSION,
  STATISTICS,
  waitForLines,
} from "./checks.ts";
import { expectedRecord, type FamilyRoute } from "./families.ts";
import { FAMILY_ROUTES } from "./family_routes.ts";
import { Collector, describeWith, findGobgpd, type Line, startGobgpd } from "./programs.ts";
import { connectAll, type Neighbor, type View } from "./scenario.ts";
import { type Family, fromHex, IPV4_UNICAST, IPV6_UNICAST } from "./speaker.ts";

const TEST = { timeout: 90_000 };
const VIEWS: readonly View[] = ["pre", "post", "loc"];
const ASN = 65002;
/** More do not fit into the OPEN that gobgpd sends. */
const FAMILIES_MAX = 16;
const NO_ROUTES: ReadonlySet<number> = new Set([STATISTICS, PEER, SESSION, INITIATION]);

/** Two speakers share the families. gobgpd takes multicast routes only beside unicast. */
const NEIGHBORS: readonly Neighbor[] = shareFamilies();

function shareFamilies(): Neighbor[] {
  const families = new Map<string, Family>([["1/1", IPV4_UNICAST], ["2/1", IPV6_UNICAST]]);
  for (const { afi, safi } of FAMILY_ROUTES) families.set(`${afi}/${safi}`, { afi, safi });
  const all = [...families.values()];
  return [all.slice(0, FAMILIES_MAX), all.slice(FAMILIES_MAX)].map((own, i) => ({
    address: `127.0.0.${21 + i}`,
    asn: ASN,
    routerId: `10.0.0.${21 + i}`,
    families: own,
    fourOctetAs: true,
  }));
}

function neighborOf({ afi, safi }: FamilyRoute): Neighbor {
  return NEIGHBORS.find(({ families }) =>
    families.some((own) => own.afi === afi && own.safi === safi)
  )!;
}

function announcement(route: FamilyRoute): Uint8Array {
  const path = attribute(0x40, 2, `0201${uint(ASN, 4)}`);
  const reach = mpReach(route.afi, route.safi, route.nextHop, route.nlri);
  return fromHex(update({ attributes: ORIGIN + path + reach + (route.attributes ?? "") }));
}

function withdrawal({ afi, safi, nlri, withdrawn = nlri }: FamilyRoute): Uint8Array {
  return fromHex(update({ attributes: mpUnreach(afi, safi, withdrawn) }));
}

interface Run {
  readonly lines: readonly Line[];
  /** By route: the records of its announcement, and of its withdrawal. */
  readonly records: ReadonlyMap<FamilyRoute, readonly [Line[], Line[]]>;
}

async function run(path: string): Promise<Run> {
  const collector = await Collector.start();
  try {
    const daemon = await startGobgpd({
      path,
      view: "all",
      bmpPort: collector.port,
      neighbors: NEIGHBORS,
    });
    try {
      const until = (enough: (lines: Line[]) => boolean) =>
        waitForLines(collector, enough, [daemon.program]);
      await until((lines) => ofType(lines, INITIATION).length > 0);
      const speakers = await connectAll(daemon, NEIGHBORS);
      await until((lines) => ofType(lines, PEER).length >= NEIGHBORS.length);
      const records = new Map<FamilyRoute, [Line[], Line[]]>();
      let seen = 0;
      for (const route of FAMILY_ROUTES) {
        const speaker = speakers.get(neighborOf(route).address)!;
        const shown: Line[][] = [];
        for (const message of [announcement(route), withdrawal(route)]) {
          speaker.send(message);
          await until((lines) => routes(lines).length >= seen + VIEWS.length);
          const all = routes(collector.lines());
          shown.push(all.slice(seen));
          seen = all.length;
        }
        records.set(route, [shown[0]!, shown[1]!]);
      }
      await daemon.program.kill();
      await waitForLines(collector, (lines) => ofType(lines, SESSION).length >= 2, []);
      return { lines: collector.lines(), records };
    } finally {
      await daemon.program.kill();
    }
  } finally {
    await collector.program.stop();
  }
}

function routes(lines: readonly Line[]): Line[] {
  return lines.filter((line) => !NO_ROUTES.has(line.msg_type));
}

describeWith(findGobgpd(), "gobgpd, every family", (path) => {
  let started: Promise<Run> | undefined;
  const result = () => started ??= run(path);

  for (const route of FAMILY_ROUTES) {
    for (const [i, doing] of ["announced", "withdrawn"].entries()) {
      it(`${route.afi}/${route.safi} ${route.name}, ${doing}`, TEST, async () => {
        const shown = (await result()).records.get(route)![i]!;
        assert.deepEqual(
          shown.map((line) => ({ type: line.msg_type, contents: contents(line) })),
          VIEWS.map((view) => expectedRecord(route, neighborOf(route), view, i === 0)),
        );
      });
    }
  }

  it("one session, in order, nothing undecodable", TEST, async () => {
    assertIdentity((await result()).lines, "GoBGP");
  });
});
