/** What an operator can do: reset sessions, capture one, reload the configuration. */
import { HttpError, json } from "../answer.ts";
import type { Ask, Route } from "../route.ts";
import type { HttpSource } from "../source.ts";

const MEBIBYTES_DEFAULT = 16;
const MEBIBYTES_MAX = 1024;
const SECONDS_DEFAULT = 600;
const SECONDS_MAX = 24 * 3600;

/** What the close entry of the session says. */
const RESET_DETAIL = "an operator asked for it";

const resetAll: Route = {
  method: "POST",
  path: "/api/v1/sessions/reset",
  access: "act",
  summary: "Ends all sessions, five a second, so that their routers send everything again",
  answer(_, { resets, log }) {
    const { accepted, tooSoon } = resets.resetAll(RESET_DETAIL);
    log.warn("all sessions are reset, as an operator asked for", { sessions: accepted });
    return json({ accepted, too_soon: tooSoon }, 202);
  },
};

const resetOne: Route = {
  method: "POST",
  path: "/api/v1/sessions/:id/reset",
  access: "act",
  summary: "Ends a session, so that its router sends everything again; once in five minutes",
  answer({ words }, { resets }) {
    const outcome = resets.reset(words.id!, RESET_DETAIL);
    switch (outcome.kind) {
      case "reset":
        return json({ reset: words.id }, 202);
      case "not-open":
        throw new HttpError(404, `Cannot find session "${words.id}"`);
      case "too-soon": {
        const seconds = Math.ceil(outcome.waitMs / 1000);
        throw new HttpError(
          429,
          `Cannot reset session "${words.id}": its router was reset less than 5 minutes ago, expected ${seconds} s more`,
          { "retry-after": String(seconds) },
        );
      }
    }
  },
};

const capture: Route = {
  method: "POST",
  path: "/api/v1/sessions/:id/capture",
  access: "act",
  summary:
    "Writes what the router says from now on to a .bmp file, its Initiation and Peer Ups in front; body: mebibytes (16), seconds (600)",
  async answer(ask, source) {
    const session = sessionOf(ask, source);
    const mebibytes = numberOf(ask.body, "mebibytes", MEBIBYTES_DEFAULT, MEBIBYTES_MAX);
    const secondsMax = numberOf(ask.body, "seconds", SECONDS_DEFAULT, SECONDS_MAX);
    const bytesMax = mebibytes * 1024 * 1024;
    return json(captureRow(await source.captures.start({ ...session, bytesMax, secondsMax })), 202);
  },
};

const captures: Route = {
  method: "GET",
  path: "/api/v1/captures",
  access: "read",
  summary: "Captures since the start, the last one first",
  answer: (_, source) => json({ items: source.captures.all.map(captureRow) }),
};

const reload: Route = {
  method: "POST",
  path: "/api/v1/reload",
  access: "act",
  summary: "Reads the configuration again and changes to it, all of it or nothing",
  async answer(_, source) {
    try {
      return json(await source.reload());
    } catch (error) {
      throw new HttpError(422, error instanceof Error ? error.message : String(error));
    }
  },
};

function captureRow(capture: HttpSource["captures"]["all"][number]): Record<string, unknown> {
  const { session, file, startedAt, state, bytes, messages } = capture;
  return { session, file, started_at: startedAt, state, bytes, messages };
}

function sessionOf({ words }: Ask, { sessions }: HttpSource): { session: string; source: string } {
  for (const { info } of sessions) {
    if (info.session === words.id) return { session: info.session, source: info.source };
  }
  throw new HttpError(404, `Cannot find session "${words.id}"`);
}

/** A member of the body. @throws {HttpError} */
function numberOf(body: unknown, name: string, otherwise: number, max: number): number {
  if (body === undefined) return otherwise;
  if (typeof body !== "object" || body === null) {
    throw new HttpError(400, "Cannot read the body: expected an object");
  }
  const value = (body as Record<string, unknown>)[name] ?? otherwise;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > max) {
    throw new HttpError(400, `Cannot read ${name}: expected an integer from 1 to ${max}`);
  }
  return value;
}

export const ACTION_ROUTES: readonly Route[] = [resetAll, resetOne, capture, captures, reload];
