/**
 * Records what gobgpd says over BMP while the speakers play the scenario, with all RIB views, into
 * `tests/data/gobgpd-session.bmp`. Run it by hand when the scenario changes: `deno run -A tests/integration/record.ts [FILE]`.
 */
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { BmpSink, PEER_UP, STATISTICS_REPORT } from "./bmp_sink.ts";
import {
  findGobgpd,
  GOBGPD_STATISTICS_S,
  type GobgpView,
  startGobgpd,
  waitFor,
} from "./programs.ts";
import { connectAll, NEIGHBORS, play, steps } from "./scenario.ts";

/** The session that ships with the project. */
export const RECORDED_SESSION: string = fileURLToPath(
  new URL("../data/gobgpd-session.bmp", import.meta.url),
);

/** The bytes of gobgpd's BMP session. */
export async function record(path: string, view: GobgpView): Promise<Uint8Array> {
  const sink = await BmpSink.start();
  try {
    const daemon = await startGobgpd({
      path,
      view,
      bmpPort: sink.port,
      neighbors: NEIGHBORS,
    });
    try {
      const count = (type: number) =>
        sink.messages.filter((message) => message.type === type).length;
      await waitFor("gobgpd's BMP session", () => sink.messages.length > 0, [daemon.program]);
      const speakers = await connectAll(daemon, NEIGHBORS);
      await waitFor("Peer Ups", () => count(PEER_UP) === NEIGHBORS.length, [daemon.program]);
      await play(steps(true), speakers, () => quiet(() => sink.messages.length));
      const reports = () => count(STATISTICS_REPORT) > 0;
      await waitFor("a statistics report", reports, [daemon.program], 2000 * GOBGPD_STATISTICS_S);
      await quiet(() => sink.messages.length);
    } finally {
      await daemon.program.kill();
    }
    await quiet(() => sink.messages.length);
    return sink.streams[0]!;
  } finally {
    await sink.stop();
  }
}

/** Waits until a count has not changed for half a second. */
async function quiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

if (import.meta.main) {
  const found = findGobgpd();
  if ("skip" in found) throw new Error(`Cannot record a session: ${found.skip}`);
  await writeFile(process.argv[2] ?? RECORDED_SESSION, await record(found.path, "all"));
}
