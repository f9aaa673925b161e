/** Starts what a test needs; `closeAll`, after each test, ends it. */
import type { UpstreamOptions } from "../../src/upstreams/options.ts";
import { CollectorDouble } from "./collector_double.ts";
import { Rig } from "./rig.ts";
import { RouterDouble } from "./router_double.ts";

const started: { close(): Promise<void> }[] = [];

/** To be ended with the rest. */
export function keep(close: () => Promise<void>): void {
  started.push({ close });
}

export async function closeAll(): Promise<void> {
  for (const each of started.splice(0).reverse()) await each.close();
}

export async function startDouble(): Promise<CollectorDouble> {
  const double = await CollectorDouble.start();
  keep(() => double.close());
  return double;
}

export async function startRig(
  upstreams: readonly (Partial<UpstreamOptions> & { port: number })[],
  options: Parameters<typeof Rig.start>[1] = {},
): Promise<Rig> {
  const rig = await Rig.start(upstreams, options);
  keep(() => rig.stop());
  return rig;
}

export function startRouter(rig: Rig, stream: Uint8Array, address = "127.0.0.1"): RouterDouble {
  const router = new RouterDouble(rig.listener.port, address, stream);
  keep(() => Promise.resolve(router.destroy()));
  return router;
}
