/** `/livez` and `/readyz`. */
import { json, text } from "../answer.ts";
import type { Route } from "../route.ts";

/** Answered by the event loop: whoever gets an answer knows that it turns. */
const livez: Route = {
  method: "GET",
  path: "/livez",
  access: "open",
  summary: "200 while the process works",
  answer: () => text("ok\n"),
};

/** A sink that is away is no reason: an orchestrator would cut the routers off, and lose what the journal holds back for them. */
const readyz: Route = {
  method: "GET",
  path: "/readyz",
  access: "open",
  summary: "200 while routers can be accepted, else 503, both with reasons",
  answer(_, source) {
    const reasons = source.unreadiness();
    return json({ ready: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503);
  },
};

export const HEALTH_ROUTES: readonly Route[] = [livez, readyz];
