import { environmentName, nearestName } from "./flag.ts";
import { FLAGS } from "./flags.ts";

const PREFIX = "EDGEBMP_";
/** Letters that are wrong, missing or too many; of a short name fewer. */
const MISTAKES_MAX = 2;
const LETTERS_PER_MISTAKE = 3;

/**
 * What to tell the user of variables that look like misspelt ones of ours.
 *
 * Others that begin with EDGEBMP_ are somebody else's: Kubernetes declares EDGEBMP_SERVICE_HOST and more for a service of this name.
 */
export function misspeltVariables(names: readonly string[]): string[] {
  const known = FLAGS.map(environmentName);
  return names
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .flatMap((name) => {
      const letters = name.length - PREFIX.length;
      const mistakesMax = Math.min(MISTAKES_MAX, Math.floor(letters / LETTERS_PER_MISTAKE));
      const nearest = nearestName(name, known, mistakesMax);
      if (nearest === undefined) return [];
      return `environment variable ${name} is not known, did you mean ${nearest}?`;
    });
}
