import { environmentName, nearestName } from "./flag.ts";
import { FLAGS } from "./flags.ts";

/** Letters that are wrong, missing or too many. */
const MISTAKES_MAX = 2;

/**
 * What to tell the user of variables that look like misspelt ones of ours.
 *
 * Others that begin with EDGEBMP_ are somebody else's: Kubernetes declares EDGEBMP_SERVICE_HOST and more for a service of this name.
 */
export function misspeltVariables(names: readonly string[]): string[] {
  const known = FLAGS.map(environmentName);
  return names
    .filter((name) => name.startsWith("EDGEBMP_") && !known.includes(name))
    .flatMap((name) => {
      const nearest = nearestName(name, known, MISTAKES_MAX);
      if (nearest === undefined) return [];
      return `environment variable ${name} is not known, did you mean ${nearest}?`;
    });
}
