/**
 * Families that no daemon here carries, as FRR mirrors them: bgpd copies every message as it came, also one that it then ends the
 * session for. What was mirrored is played to the decoder as Route Monitoring, and must give what the route says.
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import { decodeRecords } from "../../mod.ts";
import { attribute, bmp, mpReach, ORIGIN, peerUp, perPeer, uint, update } from "../building.ts";
import { MIRROR, ofType, PEER, waitForLines } from "./checks.ts";
import { Collector, describeWith, findBgpd, type Line, startBgpd } from "./programs.ts";
import type { Neighbor } from "./scenario.ts";
import { fromHex, IPV4_UNICAST, Speaker } from "./speaker.ts";

const TEST = { timeout: 60_000 };
const ASN = 65041;
const NEXT_HOP = "c0000229";
const RD = "0000fe1100000064";
const RD_TEXT = "65041:100";

interface MirroredRoute {
  readonly name: string;
  readonly afi: number;
  readonly safi: number;
  readonly nlri: string;
  readonly type: number;
  /** Fields of its record. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const ROUTES: readonly MirroredRoute[] = [
  {
    name: "MCAST-VPN Intra-AS I-PMSI",
    afi: 1,
    safi: 5,
    nlri: `010c${RD}${NEXT_HOP}`,
    type: 204,
    fields: { route_type: 1, rd: RD_TEXT, originator_ip: "192.0.2.41", is_ipv4: true },
  },
  {
    name: "MCAST-VPN Source Tree Join",
    afi: 2,
    safi: 5,
    nlri: `072e${RD}0000fe11 80fd000000000000000000000000000001 80ff0e0000000000000000000000000001`,
    type: 206,
    fields: {
      route_type: 7,
      rd: RD_TEXT,
      source_as: ASN,
      multicast_source: "fd00::1",
      multicast_group: "ff0e::1",
      is_ipv4: false,
    },
  },
  {
    name: "multicast in a VPN",
    afi: 1,
    safi: 129,
    nlri: `58${RD}c63365`,
    type: 208,
    fields: { prefix: "198.51.101.0", prefix_len: 24, is_ipv4: true },
  },
  {
    name: "MDT",
    afi: 1,
    safi: 66,
    nlri: `80${RD}${NEXT_HOP}e8010101`,
    type: 1005,
    fields: {
      family: "ipv4-mdt",
      nlri: { rd: RD_TEXT, rd_type: 0, originator: "192.0.2.41", group: "232.1.1.1" },
    },
  },
  {
    name: "CAR",
    afi: 1,
    safi: 83,
    nlri: "0f0801 18c63366 00000064 0103003e81",
    type: 1005,
    fields: {
      family: "ipv4-car",
      nlri: {
        nlri_type: 1,
        name: "color-aware-route",
        prefix: "198.51.102.0",
        prefix_len: 24,
        color: 100,
        labels: [1000],
      },
    },
  },
  {
    name: "service function path",
    afi: 31,
    safi: 9,
    nlri: `0002000b${RD}00000f`,
    type: 1005,
    fields: {
      family: "bgp-sfc",
      nlri: {
        route_type: 2,
        name: "service-function-path",
        rd: RD_TEXT,
        rd_type: 0,
        path_identifier: 15,
      },
    },
  },
];

/** One each: bgpd may end the session for what it does not know. */
const NEIGHBORS: readonly Neighbor[] = ROUTES.map((_, i) => ({
  address: `127.0.0.${41 + i}`,
  asn: ASN,
  routerId: `10.0.0.${41 + i}`,
  families: [IPV4_UNICAST],
  fourOctetAs: true,
}));

function message({ afi, safi, nlri }: MirroredRoute): string {
  const path = attribute(0x40, 2, `0201${uint(ASN, 4)}`);
  return update({ attributes: ORIGIN + path + mpReach(afi, safi, NEXT_HOP, nlri) });
}

/** The messages that were mirrored, by the neighbour's address. */
async function run(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const collector = await Collector.start();
  try {
    const daemon = await startBgpd({
      path,
      monitor: [],
      mirror: true,
      bmpPort: collector.port,
      neighbors: NEIGHBORS,
    });
    try {
      const until = (enough: (lines: Line[]) => boolean) =>
        waitForLines(collector, enough, [daemon.program]);
      // A Peer Down of each at first: they were never up.
      await until((lines) => ofType(lines, PEER).length >= NEIGHBORS.length);
      for (const [i, neighbor] of NEIGHBORS.entries()) {
        const speaker = await Speaker.connect({ ...neighbor, daemon });
        const sent = message(ROUTES[i]!);
        speaker.send(fromHex(sent));
        await until((lines) => mirrored(lines, neighbor).includes(sent));
        await speaker.close();
      }
      const lines = collector.lines();
      return new Map(NEIGHBORS.map((neighbor) => [neighbor.address, mirrored(lines, neighbor)]));
    } finally {
      await daemon.program.kill();
    }
  } finally {
    await collector.program.stop();
  }
}

function mirrored(lines: readonly Line[], { address }: Neighbor): string[] {
  return ofType(lines, MIRROR).filter(({ msg_data: { peer_ip } }) => peer_ip === address)
    .flatMap(({ msg_data: { messages } }) => (messages as { hex: string }[]).map(({ hex }) => hex));
}

/** The record of an UPDATE's only route. */
async function decode(hex: string): Promise<{ type: number; data: Record<string, unknown> }> {
  const frames = [peerUp(), bmp(0, perPeer() + hex)].map(fromHex);
  const records = await Array.fromAsync(decodeRecords(frames));
  const routes = records.filter(({ type }) => ![10, 1000].includes(type));
  assert.equal(routes.length, 1);
  return { type: routes[0]!.type, data: routes[0]!.data as Record<string, unknown> };
}

describeWith(findBgpd(), "bgpd mirrors families that it does not know", (path) => {
  let started: ReturnType<typeof run> | undefined;
  const result = () => started ??= run(path);

  for (const [i, route] of ROUTES.entries()) {
    it(`${route.afi}/${route.safi} ${route.name}`, TEST, async () => {
      const messages = (await result()).get(NEIGHBORS[i]!.address)!;
      const update = messages.find((hex) => hex === message(route));
      assert.ok(update !== undefined, `not among ${messages.join(", ")}`);
      const { type, data } = await decode(update);
      const own = Object.keys(route.fields).map((name) => [name, data[name]]);
      assert.deepEqual({ type, ...Object.fromEntries(own) }, { type: route.type, ...route.fields });
    });
  }
});
