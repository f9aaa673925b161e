/**
 * FRR's BMP before and after policy and with route mirroring. FRR says much that contradicts its own Peer Ups: two-octet
 * AS_PATHs without the A flag, no path identifiers where they were agreed on, Peer Downs of peers that never were up.
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import { freePort } from "../ports.ts";
import {
  assertIdentity,
  assertRoutes,
  contents,
  countRoutes,
  END_OF_RIB,
  expectedPeerDown,
  expectedPeerUp,
  INITIATION,
  MIRROR,
  ofType,
  PEER,
  peerContents,
  routeLines,
  SESSION,
  STATISTICS,
  UNICAST_V4,
  UNICAST_V6,
  waitForLines,
} from "./checks.ts";
import { Collector, describeWith, findBgpd, type Line, startBgpd } from "./programs.ts";
import {
  ADD_PATH,
  connectAll,
  expectedRoutes,
  EXTENDED,
  type Neighbor,
  NEIGHBORS as ALL_NEIGHBORS,
  OVER_IPV6,
  play,
  SHUTDOWN,
  steps,
  TWO_OCTET,
  type View,
} from "./scenario.ts";
import { encodeUpdate, notification, toHex } from "./speaker.ts";

const TEST = { timeout: 90_000 };
const VIEWS: readonly View[] = ["pre", "post"];
const STEPS = steps(false);
/** bgpd takes no labelled unicast beside unlabelled. */
const NEIGHBORS: readonly Neighbor[] = ALL_NEIGHBORS.map((neighbor) => ({
  ...neighbor,
  families: neighbor.families.filter((family) => family.safi === 1),
}));
/** FRR's own, as it does not take the smaller one of both sides. */
const HOLD_TIME = 180;

interface Run {
  readonly lines: readonly Line[];
  readonly localPort: number;
  readonly remotePorts: ReadonlyMap<string, number>;
}

/** The whole scenario, before and after policy and mirrored. */
async function runScenario(path: string): Promise<Run> {
  const collector = await Collector.start();
  try {
    const daemon = await startBgpd({
      path,
      monitor: ["pre-policy", "post-policy"],
      mirror: true,
      bmpPort: collector.port,
      neighbors: NEIGHBORS,
    });
    const until = (enough: (lines: Line[]) => boolean) =>
      waitForLines(collector, enough, [daemon.program]);
    try {
      await until((lines) => ofType(lines, PEER).length >= NEIGHBORS.length);
      const speakers = await connectAll(daemon, NEIGHBORS);
      const remotePorts = new Map(
        [...speakers].map(([address, speaker]) => [address, speaker.port]),
      );
      await until((lines) => ofType(lines, PEER).length >= 2 * NEIGHBORS.length);
      await play(STEPS, speakers, async (done) => {
        const count = countRoutes(done, "bgpd", VIEWS, NEIGHBORS);
        await until((lines) => routeLines(lines).length >= count);
      });
      await until((lines) => ofType(lines, PEER).length >= 2 * NEIGHBORS.length + 2);
      const count = ofType(collector.lines(), STATISTICS).length + 2;
      await until((lines) => ofType(lines, STATISTICS).length >= count);
      await daemon.program.kill();
      await waitForLines(collector, (lines) => ofType(lines, SESSION).length >= 2, []);
      return { lines: collector.lines(), localPort: daemon.port, remotePorts };
    } finally {
      await daemon.program.kill();
    }
  } finally {
    await collector.program.stop();
  }
}

describeWith(findBgpd(), "bgpd, pre- and post-policy, mirroring", (path) => {
  let started: Promise<Run> | undefined;
  const result = () => started ??= runScenario(path);

  for (const view of VIEWS) {
    for (const neighbor of NEIGHBORS) {
      it(`${view}: routes of ${neighbor.address} as announced and withdrawn`, TEST, async () => {
        assertRoutes((await result()).lines, STEPS, { daemon: "bgpd", view }, neighbor);
      });
    }
  }

  it("no other routes", TEST, async () => {
    const lines = routeLines((await result()).lines);
    assert.equal(lines.length, countRoutes(STEPS, "bgpd", VIEWS, NEIGHBORS));
  });

  it("marks what contradicts the Peer Up", TEST, async () => {
    for (const line of routeLines((await result()).lines)) {
      const { peer_ip: ip, action, base_attrs: attributes, assumed } = line.msg_data;
      const hasPath = (attributes as Record<string, unknown>).as_path !== undefined;
      const expected = ip === ADD_PATH.address
        ? ["add_path"]
        : ip === TWO_OCTET.address && action === "add" && hasPath
        ? ["as_width"]
        : undefined;
      assert.deepEqual(assumed, expected, JSON.stringify(line));
    }
  });

  it("peers that never were up are down first", TEST, async () => {
    const peers = ofType((await result()).lines, PEER).slice(0, NEIGHBORS.length);
    const expected = NEIGHBORS.map((neighbor) => {
      // Nothing is known of them yet but the configuration.
      const { remote_bgp_id: _, router_ip: __, ...rest } = expectedPeerDown(
        neighbor,
        2,
        Uint8Array.of(0, 0),
      );
      return { ...rest, remote_bgp_id: "0.0.0.0", router_ip: "127.0.0.1" };
    });
    assert.deepEqual(peers.map(contents), expected);
  });

  it("peers come up with their sessions", TEST, async () => {
    const { lines, localPort, remotePorts } = await result();
    const up = ofType(lines, PEER).filter((line) => line.msg_data.action === "add").map(
      peerContents,
    );
    const byAddress = new Map(up.map((record) => [record.remote_ip, record]));
    assert.equal(up.length, NEIGHBORS.length);
    for (const neighbor of NEIGHBORS) {
      const ports = { local: localPort, remote: remotePorts.get(neighbor.address)! };
      assert.deepEqual(byAddress.get(neighbor.address), expectedPeerUp(neighbor, ports, HOLD_TIME));
    }
  });

  it("peers go down with their sessions", TEST, async () => {
    const down = ofType((await result()).lines, PEER).filter((line) =>
      line.msg_data.action === "down"
    );
    assert.deepEqual(down.slice(NEIGHBORS.length, NEIGHBORS.length + 2).map(contents), [
      expectedPeerDown(ADD_PATH, 3, notification(SHUTDOWN)),
      expectedPeerDown(TWO_OCTET, 4),
    ]);
  });

  it("peers of a killed bgpd are taken down, no others", TEST, async () => {
    const synthetic = ofType((await result()).lines, PEER).filter((line) =>
      line.msg_data.synthetic === true
    );
    assert.deepEqual(
      synthetic.map((line) => [line.msg_data.action, line.msg_data.remote_ip]).sort(),
      [["down", EXTENDED.address], ["down", OVER_IPV6.address]].sort(),
    );
  });

  it("mirrored UPDATEs are the bytes that were sent", TEST, async () => {
    const { lines } = await result();
    for (const neighbor of NEIGHBORS) {
      const mirrored = ofType(lines, MIRROR)
        .filter((line) => line.msg_data.peer_ip === neighbor.address)
        .flatMap((line) => mirroredMessages(line))
        .filter((hex) => hex.slice(36, 38) === "02");
      const sent = STEPS.filter((step) => step.neighbor.address === neighbor.address).flatMap(
        (step) => {
          if ("updates" in step) {
            return step.updates.map((update) =>
              encodeUpdate(update, { ...neighbor, daemon: { host: "", port: 0 } })
            );
          }
          return "endOfRib" in step ? [END_OF_RIB_V4] : [];
        },
      );
      assert.deepEqual(mirrored, sent.map(toHex), neighbor.address);
    }
  });

  it("statistics of the peers that are up", TEST, async () => {
    const reports = ofType((await result()).lines, STATISTICS);
    for (const neighbor of [EXTENDED, OVER_IPV6]) {
      const report = reports.find((line) => line.msg_data.remote_ip === neighbor.address);
      assert.ok(report !== undefined, `no report about ${neighbor.address}`);
      assert.deepEqual(contents(report), {
        router_ip: neighbor.address === "::1" ? "::1" : "127.0.0.1",
        peer_type: 0,
        remote_bgp_id: neighbor.routerId,
        remote_asn: neighbor.asn,
        remote_ip: neighbor.address,
        peer_rd: "0:0",
        // FRR's own counter; the others that it sends are zero, and so left out.
        other_stats: [{ type: 65531, value: 0 }],
      });
    }
  });

  it("one session, in order, nothing undecodable", TEST, async () => {
    const { lines } = await result();
    assertIdentity(lines, "frr");
    const [initiation] = ofType(lines, INITIATION);
    assert.equal(initiation?.msg_data.sys_name, "frr");
    assert.match(String(initiation?.msg_data.sys_descr), /^FRRouting /);
  });
});

/** An UPDATE with nothing in it (RFC 4724 section 2). */
const END_OF_RIB_V4 = Uint8Array.from([...new Array<number>(16).fill(255), 0, 23, 2, 0, 0, 0, 0]);

function mirroredMessages(line: Line): string[] {
  return (line.msg_data.messages as { hex: string }[]).map((message) => message.hex);
}

/** The BMP session comes up when the routes are there already: bgpd sends its tables, each with an End-of-RIB. */
async function runTableDump(path: string): Promise<readonly Line[]> {
  const port = await freePort();
  const daemon = await startBgpd({
    path,
    monitor: ["pre-policy", "post-policy"],
    mirror: false,
    bmpPort: port,
    neighbors: [EXTENDED_UNLABELED],
  });
  try {
    const speakers = await connectAll(daemon, [EXTENDED_UNLABELED]);
    await play(TABLE, speakers, () => Promise.resolve());
    const collector = await Collector.start(port);
    try {
      const count = countRoutes(TABLE, "bgpd", VIEWS, [EXTENDED_UNLABELED]);
      const enough = (lines: Line[]) =>
        routeLines(lines).length >= count && endsOfRib(lines).length >= 4;
      await waitForLines(collector, enough, [daemon.program]);
      return collector.lines();
    } finally {
      await collector.program.stop();
    }
  } finally {
    await daemon.program.kill();
  }
}

const EXTENDED_UNLABELED = NEIGHBORS.find((neighbor) => neighbor.address === EXTENDED.address)!;
const TABLE = STEPS.filter((step) => step.neighbor === EXTENDED).slice(0, 1);

function endsOfRib(lines: readonly Line[]): Line[] {
  return ofType(lines, UNICAST_V4, UNICAST_V6).filter((line) => line.msg_data.is_eor === true);
}

describeWith(findBgpd(), "bgpd, table dump", (path) => {
  let started: Promise<readonly Line[]> | undefined;
  const result = () => started ??= runTableDump(path);

  for (const view of VIEWS) {
    it(`${view}: every route once`, TEST, async () => {
      const routes = routeLines(await result(), view).map(contents);
      const expected = expectedRoutes(TABLE, { daemon: "bgpd", view }, EXTENDED_UNLABELED);
      assert.deepEqual(
        sortedByPrefix(routes),
        sortedByPrefix(expected.flatMap((group) => [...group.records])),
      );
    });
  }

  it("an End-of-RIB for each family and view", TEST, async () => {
    const lines = await result();
    const common = {
      router_ip: "127.0.0.1",
      peer_ip: EXTENDED.address,
      peer_type: 0,
      peer_asn: EXTENDED.asn,
      is_eor: true,
      is_adj_rib_out_post_policy: false,
      is_adj_rib_out: false,
      is_loc_rib: false,
      is_loc_rib_filtered: false,
    };
    const expected = [UNICAST_V4, UNICAST_V6].flatMap((type) =>
      [true, false].map((post) => ({
        ...common,
        action: type === UNICAST_V4 ? "add" : "del",
        is_ipv4: type === UNICAST_V4,
        is_nexthop_ipv4: type === UNICAST_V4,
        is_adj_rib_in_post_policy: post,
      }))
    );
    assert.deepEqual(endsOfRib(lines).map(contents), expected);
    // bgpd leaves their time zero.
    for (const line of endsOfRib(lines)) {
      assert.equal(line.msg_data.timestamp, "1970-01-01T00:00:00Z");
    }
    assert.equal(ofType(lines, END_OF_RIB).length, 4);
  });
});

function sortedByPrefix(records: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return records.toSorted((a, b) => `${a.prefix}` < `${b.prefix}` ? -1 : 1);
}
