/** What a route is, and how the one for a path is found. One file per family of routes in `routes/`, one line each in `routes.ts`. */
import type { Answer, StreamAnswer } from "./answer.ts";
import type { HttpSource } from "./source.ts";

/** One request, checked and read. */
export interface Ask {
  /** What stands for `:name` in the path of the route. */
  readonly words: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** JSON of the body; undefined: none. */
  readonly body: unknown;
}

/**
 * Who may ask: `open` everybody, `scrape` whoever has the token if there is one, `read` likewise, and only by a name that is ours, `act`
 * likewise, and not from another site's page.
 */
export type Access = "open" | "scrape" | "read" | "act";

export interface Route {
  readonly method: "GET" | "POST";
  /** Segments; `:name` stands for one. */
  readonly path: string;
  readonly access: Access;
  /** One line for the documentation. */
  readonly summary: string;
  answer(ask: Ask, source: HttpSource): Answer | StreamAnswer | Promise<Answer | StreamAnswer>;
}

export interface FoundRoute {
  readonly route: Route;
  readonly words: Readonly<Record<string, string>>;
}

/** The routes of a path, whatever their method. */
export function findRoutes(routes: readonly Route[], path: string): FoundRoute[] {
  const segments = path.split("/");
  return routes.flatMap((route) => {
    const words = wordsOf(route.path.split("/"), segments);
    return words === undefined ? [] : [{ route, words }];
  });
}

function wordsOf(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const words: Record<string, string> = {};
  for (const [i, expected] of pattern.entries()) {
    const segment = segments[i]!;
    if (expected.startsWith(":") && segment !== "") words[expected.slice(1)] = segment;
    else if (expected !== segment) return undefined;
  }
  return words;
}
