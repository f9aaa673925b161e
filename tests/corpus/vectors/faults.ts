import type { Part } from "../../../src/explain/part.ts";

/** Codes of the faults in a tree, in order, without those that only say how a list was read. */
export function faultsOf(part: Part): string[] {
  return [
    ...part.faults.map(({ code }) => code).filter((it) => it !== "add-path-assumed"),
    ...part.parts.flatMap(faultsOf),
  ];
}
