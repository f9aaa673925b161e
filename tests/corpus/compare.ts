/**
 * Compares two collectors' records of one stream as multisets. What is not equal needs a rule that accepts exactly this
 * difference; rules are counted, so that one that explains nothing any more is found.
 */
import type { Json, JsonObject } from "./corpus.ts";
import type { StreamFacts } from "./frames.ts";
import type { RecordLine } from "./records.ts";

/**
 * A member in which two records of the same message and route differ; members of `base_attrs` are `base_attrs.NAME`, the key
 * is `msg_hash`.
 */
export interface MemberDifference {
  readonly member: string;
  readonly theirs: Json | undefined;
  readonly ours: Json | undefined;
  readonly theirRecord: JsonObject;
  readonly ourRecord: JsonObject;
}

/** Records that only one side has. */
export interface Surplus {
  readonly theirs: readonly RecordLine[];
  readonly ours: readonly RecordLine[];
}

/** A difference that is accepted, and why. */
export interface Rule {
  readonly name: string;
  /** The RFC section or the id of goBMP's defect. */
  readonly reason: string;
  /** Whether it explains this member. */
  readonly member?: (difference: MemberDifference, facts: StreamFacts) => boolean;
  /** Whether it explains a record that only goBMP has; `rest` is all that only one side has. */
  readonly onlyTheirs?: (record: RecordLine, facts: StreamFacts, rest: Surplus) => boolean;
  /** Whether it explains a record that only we have. */
  readonly onlyOurs?: (record: RecordLine, facts: StreamFacts, rest: Surplus) => boolean;
}

/** How often each rule was used, by name. */
export type RuleUse = Map<string, number>;

/** Returns what no rule explains, one line each. */
export function compareRecords(
  theirs: readonly RecordLine[],
  ours: readonly RecordLine[],
  facts: StreamFacts,
  rules: readonly Rule[],
  used: RuleUse,
): string[] {
  const unexplained: string[] = [];
  const rest = unequal(theirs, ours);
  const pairs = pairUp(rest.theirs, rest.ours);
  for (const [theirRecord, ourRecord] of pairs.paired) {
    for (const difference of memberDifferences(theirRecord, ourRecord)) {
      const rule = rules.find((it) => it.member?.(difference, facts));
      if (rule !== undefined) count(used, rule);
      else {
        unexplained.push(
          `${difference.member}: goBMP ${JSON.stringify(difference.theirs)}, ours ${
            JSON.stringify(difference.ours)
          } in ${JSON.stringify(ourRecord)}`,
        );
      }
    }
  }
  for (const side of ["theirs", "ours"] as const) {
    for (const record of pairs[side]) {
      const rule = rules.find((it) =>
        (side === "theirs" ? it.onlyTheirs : it.onlyOurs)?.(record, facts, pairs)
      );
      if (rule !== undefined) count(used, rule);
      else {unexplained.push(
          `only ${side === "theirs" ? "goBMP" : "ours"}: ${JSON.stringify(record)}`,
        );}
    }
  }
  return unexplained;
}

function count(used: RuleUse, rule: Rule): void {
  used.set(rule.name, (used.get(rule.name) ?? 0) + 1);
}

/** What is left of both sides once equal records are taken out, one for one. */
function unequal(theirs: readonly RecordLine[], ours: readonly RecordLine[]): Surplus {
  const left = new Map<string, RecordLine[]>();
  for (const record of theirs) push(left, canonical(record), record);
  const rest: RecordLine[] = [];
  for (const record of ours) {
    if (left.get(canonical(record))?.pop() === undefined) rest.push(record);
  }
  return { theirs: [...left.values()].flat(), ours: rest };
}

/** Pairs records of the same message and route; where several fit, those with the fewest differences. */
function pairUp(
  theirs: readonly RecordLine[],
  ours: readonly RecordLine[],
): Surplus & { paired: [RecordLine, RecordLine][] } {
  const groups = new Map<string, RecordLine[]>();
  for (const record of theirs) push(groups, subject(record), record);
  const paired: [RecordLine, RecordLine][] = [];
  const rest: RecordLine[] = [];
  for (const record of ours) {
    const candidates = groups.get(subject(record)) ?? [];
    const distances = candidates.map((it) => memberDifferences(it, record).length);
    const best = distances.indexOf(Math.min(...distances));
    if (best === -1) rest.push(record);
    else paired.push([candidates.splice(best, 1)[0]!, record]);
  }
  return { theirs: [...groups.values()].flat(), ours: rest, paired };
}

/** What a record is about. RIB flags are part of it for routes only: goBMP clears them in a Peer Down. */
function subject({ type, data }: RecordLine): string {
  const members = [
    "action",
    "peer_ip",
    "peer_asn",
    "remote_ip",
    "remote_bgp_id",
    "peer_type",
    "peer_rd",
    "timestamp",
  ];
  // goBMP has no peer_hash on these.
  members.push([16, 164, 166].includes(type) ? "spec_hash" : "peer_hash");
  if (type !== 10) {
    members.push(
      "is_eor",
      "prefix",
      "prefix_len",
      "path_id",
      ...Object.keys(data).filter((it) => it.startsWith("is_adj_rib")).sort(),
    );
  }
  return JSON.stringify([type, ...members.map((it) => data[it])]);
}

function memberDifferences(theirs: RecordLine, ours: RecordLine): MemberDifference[] {
  const differences: MemberDifference[] = [];
  const visit = (prefix: string, left: JsonObject, right: JsonObject) => {
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const [a, b] = [left[name], right[name]];
      if (canonicalText(a) === canonicalText(b)) continue;
      if (name === "base_attrs" && isObject(a) && isObject(b)) visit("base_attrs.", a, b);
      else {differences.push({
          member: prefix + name,
          theirs: a,
          ours: b,
          theirRecord: theirs.data,
          ourRecord: ours.data,
        });}
    }
  };
  visit("", { msg_hash: theirs.key, ...theirs.data }, { msg_hash: ours.key, ...ours.data });
  return differences;
}

function canonical(record: RecordLine): string {
  return `${record.type} ${record.key} ${canonicalText(record.data)}`;
}

/** JSON with sorted members. */
export function canonicalText(value: Json | undefined): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      isObject(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  ) ?? "";
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
