/** `/metrics` for Prometheus. */
import { exposition, EXPOSITION_TYPE } from "../exposition.ts";
import type { Route } from "../route.ts";

const metrics: Route = {
  method: "GET",
  path: "/metrics",
  access: "scrape",
  summary: "All metrics, in Prometheus' text format",
  answer(_, source) {
    source.updateMetrics();
    return { status: 200, type: EXPOSITION_TYPE, body: exposition(source.metrics.all()) };
  },
};

export const METRICS_ROUTES: readonly Route[] = [metrics];
