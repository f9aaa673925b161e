// A collector that ends while an upstream is behind, and goes on from its spool.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { openDirectory } from "../../src/journal/disk/storage.ts";
import { openDiskJournal } from "../../src/journal/disk/mod.ts";
import type { Journal } from "../../src/journal/types.ts";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { closeAll, keep, startDouble, startRig } from "./fixture.ts";
import { concatenated, INITIATION, sessionOf } from "./messages.ts";
import { until } from "../until.ts";

afterEach(closeAll);

/** More than the buffers of a connection take. */
const ROUTES = 150_000;

async function openSpool(folder: string): Promise<Journal> {
  return await openDiskJournal(await openDirectory(folder), {
    freeBytesMin: 0,
    nowUs: () => 1,
    metrics: new Metrics(),
    log: new Log("error"),
  });
}

describe("a restart", () => {
  it("sends nothing from the middle of a session to an upstream that is reset, also of one that was opened behind the cursor", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-restart-"));
    keep(() => rm(folder, { recursive: true }));
    const double = await startDouble();
    double.manners.set(0, "never");
    double.manners.set(1, "pausable");
    const journal = await openSpool(folder);
    const rig = await startRig([{ port: double.port }], { journal: () => journal });
    const received = (bytes: number) =>
      until(() => rig.total("edgebmp_received_bytes_total") >= bytes);
    const stream = concatenated(sessionOf(ROUTES));
    // It holds the cursor.
    const first = await rig.dial("127.0.0.1");
    first.write(stream);
    await received(stream.length);
    const second = await rig.dial("127.0.0.2");
    const begun = concatenated(sessionOf(1000)).length;
    second.write(stream.subarray(0, begun));
    await until(() => double.connections[1]?.bytes === begun);
    double.pause();
    second.write(stream.subarray(begun));
    await received(2 * stream.length);
    await rig.stop();
    assert.ok(double.connections[1]!.bytes < stream.length);

    const again = await openSpool(folder);
    const restarted = await startRig([{ port: double.port }], { journal: () => again });
    const third = await restarted.dial("127.0.0.3");
    third.end(stream);
    await until(() => double.connections.some(({ bytes, isClean }) => isClean && bytes > begun));
    await restarted.drain();
    const heads = double.connections.slice(2).map((_, i) => double.bytes(i + 2))
      .filter(({ length }) => length > 0)
      .map((bytes) => bytes.subarray(0, INITIATION.length));
    assert.deepEqual(heads, [INITIATION]);
  });
});
