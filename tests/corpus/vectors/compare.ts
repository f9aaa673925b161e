/** What comes out when the vectors of another project are read here. */
import type { Part } from "../../../src/explain/part.ts";
import { faultsOf } from "./faults.ts";
import { expectedLeaves, missingLeaves, Said } from "./leaves.ts";
import type { CorpusVector } from "./load.ts";
import { bmpMessage, isBgpMessage, message, type Negotiated, read } from "./reading.ts";
import { headerAlone, type Rule, rule } from "./rules.ts";

/** The verdict on one vector. */
export type Verdict =
  /** With what the other project states: that it is refused, or what is in it. */
  | { readonly kind: "agrees" }
  /** Nothing is stated that could be found, and nothing is wrong with it here; or its name says that it is broken, and it is refused. */
  | { readonly kind: "decodes" }
  | { readonly kind: "differs"; readonly what: string }
  | { readonly kind: "no-input"; readonly reason: string };

/** Members of the other's value that are not compared. */
export interface CompareOptions {
  readonly skip?: RegExp;
  readonly negotiated?: (vector: CorpusVector) => Negotiated;
  /** Compares what the other project says by the members that it has; what it names is what differs. */
  readonly differences?: (expected: unknown, tree: Part) => string[];
}

/** Marker, length and type, or less; a KEEPALIVE is no more than that. */
const HEADER_ALONE = /^(ff){16}(....(01|02|03|05)?)?$/;

/** What needs no rule: whole messages of BGP and BMP. */
function wholeMessage({ hex, kind, isRefused }: CorpusVector): Rule | undefined {
  if (isRefused === undefined && HEADER_ALONE.test(hex)) return rule(/./, headerAlone);
  if (isBgpMessage(hex)) return rule(/./, message);
  if (/^bmp-message/.test(kind) || kind === "bmp") return rule(/./, bmpMessage);
  return undefined;
}

/** Names of vectors that are broken on purpose. */
const NAMED_BROKEN =
  /invalid|error|malformed|truncat|incomplete|bad|short|reject|too_|oversized|missing|overflow|noise|bogus|unterminated|wrong|crap|panic/i;

/** How a vector reads, or why it is no input; undefined: no rule says. */
export function readerOf(
  vector: CorpusVector,
  rules: readonly Rule[],
): Rule["as"] | undefined {
  return (wholeMessage(vector) ??
    rules.find((it) => it.where.test(vector.place) && it.hex.test(vector.hex)))?.as;
}

/** What is wrong with a vector; a fragment by itself has no ORIGIN and AS_PATH beside it. */
export function vectorFaults(tree: Part): string[] {
  return faultsOf(tree).filter((it) => it !== "attribute-missing");
}

export function compareVector(
  vector: CorpusVector,
  rules: readonly Rule[],
  options: CompareOptions = {},
): Verdict {
  const reader = readerOf(vector, rules);
  if (reader === undefined) return { kind: "differs", what: "no rule says how it reads" };
  if (typeof reader !== "function") return { kind: "no-input", reason: reader.reason };
  const negotiated = options.negotiated?.(vector) ?? {};
  const { tree } = read(reader, vector.hex, negotiated);
  const faults = vectorFaults(tree);
  if (faults.some((it) => it.startsWith("explain-bug"))) {
    return { kind: "differs", what: faults[0]! };
  }
  if (vector.isRefused !== undefined && vector.isRefused !== faults.length > 0) {
    return {
      kind: "differs",
      what: vector.isRefused ? "read here, refused there" : `refused here: ${faults.join(", ")}`,
    };
  }
  if (vector.isRefused === true) return { kind: "agrees" };
  const differences = options.differences?.(vector.expected ?? {}, tree) ?? [];
  if (differences.length > 0) return { kind: "differs", what: differences.join("; ") };
  const leaves = expectedLeaves(vector.expected, options.skip ?? /^$/);
  const said = new Said(tree);
  // Assertions may speak of a test's other inputs: all found is agreement, one that is not found says nothing.
  const isAsserted = vector.asserted.length > 0 && faults.length === 0 &&
    missingLeaves(said, vector.asserted).length === 0;
  if (leaves.length === 0 && isAsserted) return { kind: "agrees" };
  if (vector.isRefused === undefined && leaves.length === 0) {
    if (faults.length === 0 || NAMED_BROKEN.test(vector.place)) return { kind: "decodes" };
    return { kind: "differs", what: `refused here: ${faults.join(", ")}` };
  }
  const missing = missingLeaves(said, leaves);
  return missing.length === 0
    ? { kind: "agrees" }
    : { kind: "differs", what: `missing ${missing.slice(0, 4).join(" ")}` };
}
