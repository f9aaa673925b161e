/** Reads routes out of records in goBMP's shape, ours or goBMP's own. */
import type { Json, JsonObject } from "./corpus.ts";
import { type MessageRoutes, routeText } from "./routes.ts";

/** A line of `--dump`. */
export interface RecordLine {
  readonly type: number;
  readonly key: string;
  readonly data: JsonObject;
}

export function recordLine(line: JsonObject): RecordLine {
  return {
    type: Number(line["msg_type"] ?? 0),
    key: String(line["msg_hash"] ?? ""),
    data: line["msg_data"] as JsonObject,
  };
}

/** Message types of unicast routes: without and with `split-af`. */
export function isUnicast(record: RecordLine): boolean {
  return record.type === 7 || record.type === 74 || record.type === 76;
}

/** Whether a record is of a route: all of goBMP's but statistics and peer. */
export function isRoute(record: RecordLine): boolean {
  return record.type !== 1 && record.type !== 10 && record.type < 1000;
}

/** The route in a unicast record; undefined for an End-of-RIB. */
export function recordRoute(data: JsonObject): string | undefined {
  if (data["is_eor"] === true) return undefined;
  const withdraw = data["action"] === "del";
  const base = (data["base_attrs"] ?? {}) as JsonObject;
  return routeText({
    withdraw,
    afi: data["is_ipv4"] === true ? 1 : 2,
    prefix: String(data["prefix"]),
    bits: Number(data["prefix_len"] ?? 0),
    pathId: Number(data["path_id"] ?? 0),
    labels: numbers(data["labels"]),
    nextHop: withdraw ? "" : String(data["nexthop"] ?? ""),
    asPath: withdraw ? [] : numbers(base["as_path"]),
  });
}

/** Routes by message index, out of records with own fields: `sequence` counts from the open entry, which is 0. */
export function routesByMessage(records: readonly RecordLine[]): Map<number, MessageRoutes> {
  const messages = new Map<number, { routes: string[]; endOfRib: string[] }>();
  for (const record of records) {
    const index = Number(record.data["sequence"]) - 1;
    const message = messages.get(index) ?? { routes: [], endOfRib: [] };
    messages.set(index, message);
    if (isUnicast(record)) {
      const route = recordRoute(record.data);
      if (route !== undefined) message.routes.push(route);
    }
  }
  for (const message of messages.values()) message.routes.sort();
  return messages;
}

function numbers(value: Json | undefined): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
