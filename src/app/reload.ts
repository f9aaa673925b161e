/** What a reload of the configuration does, and what it leaves to a restart. */
import type { Config } from "../cli/config.ts";
import { FLAGS } from "../cli/flags.ts";

export interface Reloaded {
  /** For people, e.g. `sink kafka changed`. */
  readonly changes: readonly string[];
  /** Keys of the configuration, or flags without one, that hold from the next start on. */
  readonly restart: readonly string[];
}

/** Keys, or flags without one, of one kind that differ. */
export function changedKeys(before: Config, after: Config, kind: "live" | "restart"): string[] {
  return FLAGS
    .filter(({ live = false }) => live === (kind === "live"))
    .filter(({ name }) => before.settings.get(name) !== after.settings.get(name))
    .map(({ name, key }) => key ?? `--${name}`);
}
