/** What FRR's tables say of an AS_PATH, compared with our members. */
import type { Part } from "../../../src/explain/part.ts";
import { ownUpdates } from "../facts.ts";

/** What differs: AS numbers of the path, in order. */
export function frrDifferences(expected: unknown, tree: Part): string[] {
  const { asns } = expected as { readonly asns?: readonly string[] };
  if (asns === undefined) return [];
  const ours = ownUpdates(tree).flatMap(({ facts }) => facts.get("2 asns") ?? []);
  return ours.join() === asns.join() ? [] : [`asns ${asns.join()} for ${ours.join()}`];
}
