/**
 * The recorded gobgpd session that ships with the project, through `decode`: the records must be what the speakers announced
 * and withdrew when it was recorded (tests/integration/record.ts), also where gobgpd is not installed.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  assertRoutes,
  contents,
  countRoutes,
  expectedPeerDown,
  ofType,
  PEER,
  routeLines,
} from "../integration/checks.ts";
import type { Line } from "../integration/programs.ts";
import { RECORDED_SESSION } from "../integration/record.ts";
import {
  ADD_PATH,
  EXTENDED,
  NEIGHBORS,
  OVER_IPV6,
  SHUTDOWN,
  steps,
  TWO_OCTET,
  type View,
} from "../integration/scenario.ts";
import { notification } from "../integration/speaker.ts";
import { runProgram } from "./program.ts";

const STEPS = steps(true);
const VIEWS: readonly View[] = ["pre", "post", "loc"];

describe("the recorded gobgpd session", () => {
  let lines: Promise<Line[]> | undefined;
  const result = () => lines ??= decode();

  for (const view of VIEWS) {
    for (const neighbor of view === "loc" ? [undefined] : NEIGHBORS) {
      it(`${view}: routes ${neighbor === undefined ? "" : `of ${neighbor.address} `}as announced`, async () => {
        assertRoutes(await result(), STEPS, { daemon: "gobgpd", view }, neighbor);
      });
    }
  }

  it("no other routes", async () => {
    assert.equal(routeLines(await result()).length, countRoutes(STEPS, "gobgpd", VIEWS, NEIGHBORS));
  });

  it("peers up and down, and those that were left", async () => {
    const peers = ofType(await result(), PEER);
    const up = peers.filter((line) => line.msg_data.action === "add");
    assert.deepEqual(
      up.map((line) => line.msg_data.remote_ip),
      NEIGHBORS.map(({ address }) => address),
    );
    const down = peers.filter((line) => line.msg_data.action === "down");
    assert.deepEqual(down.slice(0, 2).map(contents), [
      expectedPeerDown(ADD_PATH, 3, notification(SHUTDOWN)),
      expectedPeerDown(TWO_OCTET, 4),
    ]);
    assert.deepEqual(
      down.slice(2).map(({ msg_data: { remote_ip, synthetic } }) => [remote_ip, synthetic]).sort(),
      ["0.0.0.0", EXTENDED.address, OVER_IPV6.address].map((address) => [address, true]).sort(),
    );
  });
});

async function decode(): Promise<Line[]> {
  const { code, stdout, stderr } = await runProgram(["decode", RECORDED_SESSION]);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line) as Line);
}
