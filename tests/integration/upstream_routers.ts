/** Routers whose sessions go through to real collectors. */
import { type Daemon, findBgpd, findGobgpd, startBgpd, startGobgpd } from "./programs.ts";
import { type Neighbor, NEIGHBORS } from "./scenario.ts";

export const ROUTERS: readonly {
  name: string;
  find: typeof findGobgpd;
  neighbors: readonly Neighbor[];
  start: (path: string, bmpPort: number, neighbors: readonly Neighbor[]) => Promise<Daemon>;
}[] = [
  {
    name: "gobgpd",
    find: findGobgpd,
    neighbors: NEIGHBORS,
    start: (path, bmpPort, neighbors) => startGobgpd({ path, view: "all", bmpPort, neighbors }),
  },
  {
    name: "FRR",
    find: findBgpd,
    neighbors: NEIGHBORS.map((neighbor) => ({
      ...neighbor,
      families: neighbor.families.filter((family) => family.safi === 1),
    })),
    start: (path, bmpPort, neighbors) =>
      startBgpd({
        path,
        monitor: ["pre-policy", "post-policy"],
        mirror: false,
        bmpPort,
        neighbors,
      }),
  },
];

/** Waits until a count has not changed for half a second. */
export async function quiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
