/** The registry of routes: one line per family. */
import type { Route } from "./route.ts";
import { HEALTH_ROUTES } from "./routes/health.ts";
import { METRICS_ROUTES } from "./routes/metrics.ts";

export const ROUTES: readonly Route[] = [
  ...HEALTH_ROUTES,
  ...METRICS_ROUTES,
];
