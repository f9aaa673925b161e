/** The registry of routes: one line per family. */
import type { Route } from "./route.ts";
import { ACTION_ROUTES } from "./routes/actions.ts";
import { API_ROUTES } from "./routes/api.ts";
import { HEALTH_ROUTES } from "./routes/health.ts";
import { METRICS_ROUTES } from "./routes/metrics.ts";
import { PAGE_ROUTES } from "./routes/page.ts";
import { PEER_METRICS_ROUTES } from "./routes/peer_metrics.ts";
import { PPROF_ROUTES } from "./routes/pprof.ts";
import { TAIL_ROUTES } from "./routes/tail.ts";

export const ROUTES: readonly Route[] = [
  ...PAGE_ROUTES,
  ...HEALTH_ROUTES,
  ...METRICS_ROUTES,
  ...PEER_METRICS_ROUTES,
  ...API_ROUTES,
  ...TAIL_ROUTES,
  ...ACTION_ROUTES,
  ...PPROF_ROUTES,
];
