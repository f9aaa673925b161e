/** Which pipelines share what they decode. */
import { Filter, type FilterOptions, FILTERS_MAX } from "./filter.ts";
import type { PipelineOptions } from "./options.ts";
import { Pipeline } from "./pipeline.ts";
import { Window } from "./window.ts";

export interface PipelineParts extends Omit<PipelineOptions, "shared"> {
  /** Pipelines whose records are the same, and their batches as large, have this in common. */
  readonly group: string;
  readonly filter: FilterOptions;
}

/** Makes the pipelines of a journal, in this order. */
export function makePipelines(all: readonly PipelineParts[]): Pipeline[] {
  const groups: PipelineParts[][] = [];
  for (const parts of all) {
    const mates = groups.find(([first, ...more]) =>
      first!.group === parts.group && more.length + 1 < FILTERS_MAX
    );
    if (mates === undefined) groups.push([parts]);
    else mates.push(parts);
  }
  const made = new Map<PipelineParts, Pipeline>();
  for (const mates of groups) {
    const filters = mates.map(({ filter }) => isOpen(filter) ? undefined : new Filter(filter));
    const window = new Window({ filters });
    // A sink that needs no wrapping passes over it; one that needs it cannot do without.
    const lines = mates.some((parts) => parts.lines);
    for (const [member, parts] of mates.entries()) {
      made.set(parts, new Pipeline({ ...parts, lines, shared: { window, member } }));
    }
  }
  return all.map((parts) => made.get(parts)!);
}

function isOpen(filter: FilterOptions): boolean {
  return Object.values(filter).every((list) => list.length === 0);
}
