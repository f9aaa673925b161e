/** The keys of a configuration file as the flags declare them. */
import type { Flag } from "./flag.ts";

/** What may stand under one mapping. */
export interface Section {
  readonly flags: Map<string, Flag>;
  readonly sections: Map<string, Section>;
  /** By the name of the list: what may stand in each entry. */
  readonly lists: Map<string, Section>;
}

/** Flags by the words of their keys, e.g. `limits.max_sessions`, `sinks[].filter.routers`; those without a key are left out. */
export function keyTree(flags: readonly Flag[], keyOf = (flag: Flag) => flag.key): Section {
  const root = newSection();
  for (const flag of flags) {
    const names = keyOf(flag)?.split(".");
    if (names === undefined) continue;
    const last = names.pop()!;
    let section = root;
    for (const name of names) {
      const list = name.endsWith("[]");
      section = child(list ? section.lists : section.sections, list ? name.slice(0, -2) : name);
    }
    section.flags.set(last, flag);
  }
  return root;
}

function newSection(): Section {
  return { flags: new Map(), sections: new Map(), lists: new Map() };
}

function child(sections: Map<string, Section>, name: string): Section {
  let section = sections.get(name);
  if (section === undefined) sections.set(name, section = newSection());
  return section;
}
