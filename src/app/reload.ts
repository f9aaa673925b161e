/** What a reload of the configuration does, and what it leaves to a restart. */
import type { Config } from "../cli/config.ts";
import { FLAGS } from "../cli/flags.ts";

export interface Reloaded {
  /** For people, e.g. `sink kafka changed`. */
  readonly changes: readonly string[];
  /** Keys of the configuration, or flags without one, that hold from the next start on. */
  readonly restart: readonly string[];
}

/** Keys, or flags without one, that differ: those that are applied to a running collector, and those that are not. */
export function changedKeys(before: Config, after: Config): { live: string[]; restart: string[] } {
  const changed = FLAGS.filter(({ name }) =>
    before.settings.get(name) !== after.settings.get(name)
  );
  const keysOf = (flags: typeof changed) => flags.map(({ name, key }) => key ?? `--${name}`);
  return {
    live: keysOf(changed.filter(({ live }) => live)),
    restart: keysOf(changed.filter(({ live }) => !live)),
  };
}
