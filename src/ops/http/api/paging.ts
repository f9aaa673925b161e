/** Pages of long lists: some of the rows, and how many there are. */
import { setTimeout } from "node:timers";
import { HttpError } from "../answer.ts";

/** Rows of a page when nobody says how many, and at most. */
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;
/** So long a search may hold up the event loop at a time. */
const TURN_MS = 5;
/** The clock is read after so many items. */
const CHECK_ITEMS = 256;

export interface PageAsk {
  readonly offset: number;
  readonly limit: number;
}

export interface Page<Row> extends PageAsk {
  /** Of all that fits. */
  readonly total: number;
  readonly items: readonly Row[];
}

/** @throws {HttpError} */
export function pageAsk(query: URLSearchParams): PageAsk {
  return {
    offset: integerOf(query, "offset", 0, Number.MAX_SAFE_INTEGER),
    limit: integerOf(query, "limit", LIMIT_DEFAULT, LIMIT_MAX),
  };
}

function integerOf(query: URLSearchParams, name: string, otherwise: number, max: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (!(value <= max)) {
    throw new HttpError(400, `Cannot read ${name} "${text}": expected an integer from 0 to ${max}`);
  }
  return value;
}

/** One of a few words, undefined: not asked for. @throws {HttpError} */
export function wordOf<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const word = words.find((word) => word === text);
  if (word === undefined) {
    throw new HttpError(400, `Cannot read ${name} "${text}": expected ${words.join(", ")}`);
  }
  return word;
}

/** A page of what fits; looks at all items, in turns of the event loop. */
export async function pageOf<Item, Row>(
  items: Iterable<Item>,
  fits: (item: Item) => boolean,
  row: (item: Item) => Row,
  { offset, limit }: PageAsk,
): Promise<Page<Row>> {
  const rows: Row[] = [];
  let total = 0;
  let seen = 0;
  let turnStart = performance.now();
  for (const item of items) {
    if (++seen % CHECK_ITEMS === 0 && performance.now() - turnStart > TURN_MS) {
      // By a timer: Deno looks at its sockets only in every 61st turn that ends by `setImmediate`.
      await new Promise((resolve) => setTimeout(resolve, 0));
      turnStart = performance.now();
    }
    if (!fits(item)) continue;
    if (total >= offset && rows.length < limit) rows.push(row(item));
    total++;
  }
  return { total, offset, limit, items: rows };
}
