/** What a message says, as facts: each value by the attribute that it stands in and the member that it is. */
import type { Part } from "../../src/explain/part.ts";

/** Values by `place member`, e.g. `14 rd`, in the order of the wire. A place is an attribute's code, `withdrawn` or `nlri`. */
export type Facts = ReadonlyMap<string, readonly string[]>;

/** Collects facts. */
export class FactList {
  readonly facts = new Map<string, string[]>();

  add(place: string, member: string, value: string): void {
    const key = `${place} ${member}`;
    const values = this.facts.get(key);
    if (values === undefined) this.facts.set(key, [value]);
    else values.push(value);
  }
}

/** Places of the lists of prefixes in an UPDATE (RFC 4271 section 4.3). */
const PREFIX_PLACES: Readonly<Record<string, string>> = {
  "Withdrawn Routes": "withdrawn",
  "Network Layer Reachability Information": "nlri",
};

/** An UPDATE of our tree. */
export interface OwnUpdate {
  /** Codes of its attributes, in order. */
  readonly codes: readonly string[];
  readonly facts: Facts;
  /** Attributes and lists of prefixes by place. */
  readonly parts: ReadonlyMap<string, readonly Part[]>;
}

/** The UPDATEs in a tree of ours. */
export function ownUpdates(tree: Part): OwnUpdate[] {
  return tree.name === "UPDATE" ? [ownUpdate(tree)] : tree.parts.flatMap(ownUpdates);
}

function ownUpdate(update: Part): OwnUpdate {
  const list = new FactList();
  const codes: string[] = [];
  const parts = new Map<string, Part[]>();
  const add = (place: string, part: Part) => {
    parts.set(place, [...parts.get(place) ?? [], part]);
    addParts(list, place, part);
  };
  for (const part of update.parts) {
    const place = PREFIX_PLACES[part.name];
    if (place !== undefined) add(place, part);
    if (part.name !== "Path Attributes") continue;
    for (const attribute of part.parts) {
      const code = attribute.parts.find((it) => it.name === "Attribute Type Code")?.facts.value;
      if (code === undefined) continue;
      codes.push(String(code));
      add(String(code), attribute);
    }
  }
  return { codes, facts: list.facts, parts };
}

/** Adds what stands in the parts inside this one; a value of its own, without members, is the member of its part's name. */
function addParts(list: FactList, place: string, outer: Part): void {
  for (const part of outer.parts) {
    addValue(list, place, part.name.toLowerCase().replaceAll(" ", "_"), part.facts.value);
    addParts(list, place, part);
  }
}

function addValue(list: FactList, place: string, member: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) { for (const it of value) addValue(list, place, member, it); }
  else if (typeof value === "object") {
    for (const [inner, it] of Object.entries(value)) addValue(list, place, inner, it);
  } else list.add(place, member, String(value));
}
