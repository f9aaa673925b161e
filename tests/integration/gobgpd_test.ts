/**
 * gobgpd's BMP, each of its route monitoring policies: speakers announce and withdraw, and the collector's records must be
 * exactly that. Then gobgpd is killed, and the peers that were up must come out as down.
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import {
  assertIdentity,
  assertRoutes,
  contents,
  countRoutes,
  expectedPeerDown,
  expectedPeerUp,
  INITIATION,
  ofType,
  PEER,
  peerContents,
  routeLines,
  SESSION,
  STATISTICS,
  waitForLines,
} from "./checks.ts";
import {
  Collector,
  DAEMON_ASN,
  DAEMON_ROUTER_ID,
  describeWith,
  findGobgpd,
  GOBGPD_STATISTICS_S,
  type GobgpView,
  type Line,
  startGobgpd,
} from "./programs.ts";
import {
  ADD_PATH,
  connectAll,
  expectedRoutes,
  EXTENDED,
  type Neighbor,
  NEIGHBORS,
  OVER_IPV6,
  play,
  SHUTDOWN,
  steps,
  TWO_OCTET,
  type View,
} from "./scenario.ts";
import { notification } from "./speaker.ts";

const STEPS = steps(true);
const TEST = { timeout: 90_000 };

interface Run {
  readonly lines: readonly Line[];
  readonly localPort: number;
  readonly remotePorts: ReadonlyMap<string, number>;
  readonly killedAtMs: number;
}

/** The whole scenario against one policy; `statistics`: also waits for gobgpd's reports. */
async function run(
  path: string,
  policy: GobgpView,
  views: readonly View[],
  statistics: boolean,
): Promise<Run> {
  const collector = await Collector.start();
  try {
    const daemon = await startGobgpd({
      path,
      view: policy,
      bmpPort: collector.port,
      neighbors: NEIGHBORS,
    });
    const until = (enough: (lines: Line[]) => boolean, timeoutMs?: number) =>
      waitForLines(collector, enough, [daemon.program], timeoutMs);
    let killedAtMs = 0;
    try {
      await until((lines) => ofType(lines, INITIATION).length > 0);
      const speakers = await connectAll(daemon, NEIGHBORS);
      const remotePorts = new Map(
        [...speakers].map(([address, speaker]) => [address, speaker.port]),
      );
      await until((lines) => ofType(lines, PEER).length >= NEIGHBORS.length);
      await play(STEPS, speakers, async (done) => {
        const count = countRoutes(done, "gobgpd", views, NEIGHBORS);
        await until((lines) => routeLines(lines).length >= count);
      });
      await until((lines) => ofType(lines, PEER).length >= NEIGHBORS.length + 2);
      if (statistics) {
        // About the two neighbours that are left, after all their routes.
        const count = ofType(collector.lines(), STATISTICS).length + 2;
        await until(
          (lines) => ofType(lines, STATISTICS).length >= count,
          2000 * GOBGPD_STATISTICS_S,
        );
      }
      killedAtMs = Date.now();
      await daemon.program.kill();
      await waitForLines(collector, (lines) => ofType(lines, SESSION).length >= 2, []);
      return { lines: collector.lines(), localPort: daemon.port, remotePorts, killedAtMs };
    } finally {
      await daemon.program.kill();
    }
  } finally {
    await collector.program.stop();
  }
}

const POLICIES: readonly { policy: GobgpView; views: readonly View[] }[] = [
  { policy: "pre-policy", views: ["pre"] },
  { policy: "post-policy", views: ["post"] },
  { policy: "local-rib", views: ["loc"] },
  { policy: "all", views: ["pre", "post", "loc"] },
];

for (const { policy, views } of POLICIES) {
  describeWith(findGobgpd(), `gobgpd, ${policy}`, (path) => {
    let started: Promise<Run> | undefined;
    const result = () => started ??= run(path, policy, views, policy === "all");

    for (const view of views) {
      const shows = { daemon: "gobgpd", view } as const;
      for (const neighbor of view === "loc" ? [undefined] : NEIGHBORS) {
        it(
          `${view}: routes ${
            neighbor === undefined ? "" : `of ${neighbor.address} `
          }as announced and withdrawn`,
          TEST,
          async () => {
            assertRoutes((await result()).lines, STEPS, shows, neighbor);
          },
        );
      }
    }

    it("no other routes", TEST, async () => {
      const lines = routeLines((await result()).lines);
      assert.equal(lines.length, countRoutes(STEPS, "gobgpd", views, NEIGHBORS));
    });

    it("marks what contradicts or lacks a Peer Up", TEST, async () => {
      const { lines } = await result();
      for (const line of routeLines(lines)) {
        const { peer_type: type, peer_ip: ip, is_adj_rib_in_post_policy: post, assumed } =
          line.msg_data;
        // The Loc-RIB has no Peer Up of its own; path identifiers were agreed on and are left out after policy.
        const expected = type === 3
          ? ["no_peer_up"]
          : post && ip === ADD_PATH.address
          ? ["add_path"]
          : undefined;
        assert.deepEqual(assumed, expected, JSON.stringify(line));
      }
    });

    it("peers come up with their sessions", TEST, async () => {
      const { lines, localPort, remotePorts } = await result();
      const up = ofType(lines, PEER).filter((line) => line.msg_data.action === "add");
      // Which neighbour connects first is theirs to say.
      const byAddress = new Map(up.map(peerContents).map((record) => [record.remote_ip, record]));
      assert.equal(up.length, NEIGHBORS.length);
      for (const neighbor of NEIGHBORS) {
        const ports = { local: localPort, remote: remotePorts.get(neighbor.address)! };
        assert.deepEqual(byAddress.get(neighbor.address), expectedPeerUp(neighbor, ports, 90));
      }
      for (const { msg_data: { adv_cap } } of up) {
        assert.ok(Object.keys(adv_cap as object).includes("65"), JSON.stringify(adv_cap));
      }
    });

    it("peers go down with their sessions", TEST, async () => {
      const down = ofType((await result()).lines, PEER).filter((
        { msg_data: { action, synthetic } },
      ) => action === "down" && synthetic !== true);
      assert.deepEqual(down.map(contents), [
        expectedPeerDown(ADD_PATH, 3, notification(SHUTDOWN)),
        expectedPeerDown(TWO_OCTET, 4),
      ]);
    });

    it("peers of a killed gobgpd are taken down", TEST, async () => {
      const { lines, killedAtMs } = await result();
      const synthetic = ofType(lines, PEER).filter((line) => line.msg_data.synthetic === true);
      const seen = synthetic.map(({ msg_data: data }) => [
        data.action,
        data.peer_type,
        data.remote_ip,
        data.remote_asn,
        data.remote_bgp_id,
        data.is_loc_rib,
      ]);
      const still = [EXTENDED, OVER_IPV6].map((
        { address, asn, routerId },
      ) => ["down", 0, address, asn, routerId, false]);
      // Known by its routes only.
      const locRib = ["down", 3, "0.0.0.0", DAEMON_ASN, DAEMON_ROUTER_ID, true];
      assert.deepEqual(
        seen.sort(),
        [...still, ...(views.includes("loc") ? [locRib] : [])].sort(),
      );
      for (const { msg_data: { timestamp } } of synthetic) {
        const lateMs = Date.parse(String(timestamp)) - killedAtMs;
        assert.ok(lateMs >= -50 && lateMs < 5000, `${timestamp} is ${lateMs} ms after the kill`);
      }
    });

    it("one session, in order, nothing undecodable", TEST, async () => {
      const { lines } = await result();
      assertIdentity(lines, "GoBGP");
      assert.equal(lines.at(0)?.msg_type, SESSION);
      assert.equal(lines.at(-1)?.msg_type, SESSION);
      const [initiation] = ofType(lines, INITIATION);
      assert.match(JSON.stringify(initiation), /"GoBGP".*"3\.|"3\..*"GoBGP"/);
    });

    if (policy === "all") {
      it("statistics count the routes", TEST, async () => {
        const reports = ofType((await result()).lines, STATISTICS);
        for (const neighbor of [EXTENDED, OVER_IPV6]) {
          const report = reports.findLast((line) => line.msg_data.remote_ip === neighbor.address);
          assert.ok(report !== undefined, `no report about ${neighbor.address}`);
          const routes = heldRoutes(neighbor);
          const withdraws = STEPS.flatMap((step) =>
            "updates" in step && step.neighbor === neighbor
              ? step.updates.map((update) => update.withdraw?.length ?? 0)
              : []
          ).filter((count) => count > 0);
          assert.deepEqual(contents(report), {
            router_ip: neighbor.address === "::1" ? "::1" : "127.0.0.1",
            peer_type: 0,
            remote_bgp_id: neighbor.routerId,
            remote_asn: neighbor.asn,
            remote_ip: neighbor.address,
            peer_rd: "0:0",
            ads_rib_in: routes,
            local_rib: routes,
            // gobgpd counts all withdraws here, not the malformed UPDATEs that RFC 7854 section 4.8 means.
            updates_as_withdraw: withdraws.length,
            prefixes_as_withdraw: withdraws.reduce((sum, count) => sum + count, 0),
          });
        }
      });
    }
  });
}

/** How many accepted routes the neighbour has at the end. */
function heldRoutes(neighbor: Neighbor): number {
  const held = new Set<string>();
  const groups = expectedRoutes(STEPS, { daemon: "gobgpd", view: "post" }, neighbor);
  for (const { action, prefix, prefix_len } of groups.flatMap((group) => group.records)) {
    if (action === "add") held.add(`${prefix}/${prefix_len}`);
    else held.delete(`${prefix}/${prefix_len}`);
  }
  return held.size;
}
