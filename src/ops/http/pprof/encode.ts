/**
 * Profiles in pprof's format: the protocol buffer `perftools.profiles.Profile` (github.com/google/pprof, proto/profile.proto), compressed
 * with gzip. Only the fields that `go tool pprof` needs.
 */
import { gzipSync } from "node:zlib";

/** A place in the code, as the inspector names it. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** From 0; -1: unknown. */
  readonly lineNumber: number;
}

/** What a value of a sample is, e.g. `cpu` in `nanoseconds`. */
export interface ValueType {
  readonly type: string;
  readonly unit: string;
}

export interface Sample {
  /** Innermost first. */
  readonly stack: readonly CallFrame[];
  /** One for each {@linkcode ValueType}. */
  readonly values: readonly number[];
}

export interface ProfileFacts {
  readonly types: readonly ValueType[];
  readonly samples: Iterable<Sample>;
  readonly timeMs: number;
  readonly durationMs: number;
  /** Of the last type: one sample stands for so much. */
  readonly period: number;
}

/** Field numbers. */
const Profile = {
  sampleType: 1,
  sample: 2,
  location: 4,
  function: 5,
  stringTable: 6,
  timeNanos: 9,
  durationNanos: 10,
  periodType: 11,
  period: 12,
} as const;

export function encodeProfile(facts: ProfileFacts): Uint8Array {
  const strings = new Table<string>();
  strings.idOf("", "");
  const locations = new Table<CallFrame>();
  const out = new Message();
  const typeOf = ({ type, unit }: ValueType) =>
    new Message().number(1, strings.idOf(type, type)).number(2, strings.idOf(unit, unit));
  for (const type of facts.types) out.message(Profile.sampleType, typeOf(type));
  for (const { stack, values } of facts.samples) {
    const ids = stack.map((frame) => locations.idOf(keyOf(frame), frame) + 1);
    out.message(Profile.sample, new Message().packed(1, ids).packed(2, values));
  }
  for (const [id, { functionName, url, lineNumber }] of locations.all.entries()) {
    const name = functionName === "" ? "(anonymous)" : functionName;
    const line = new Message().number(1, id + 1).number(2, lineNumber + 1);
    out.message(Profile.location, new Message().number(1, id + 1).message(4, line));
    out.message(
      Profile.function,
      new Message()
        .number(1, id + 1)
        .number(2, strings.idOf(name, name))
        .number(3, strings.idOf(name, name))
        .number(4, strings.idOf(url, url))
        .number(5, lineNumber + 1),
    );
  }
  out.number(Profile.timeNanos, facts.timeMs * 1e6);
  out.number(Profile.durationNanos, facts.durationMs * 1e6);
  out.message(Profile.periodType, typeOf(facts.types.at(-1)!));
  out.number(Profile.period, facts.period);
  for (const text of strings.all) out.text(Profile.stringTable, text);
  return gzipSync(out.bytes());
}

function keyOf({ functionName, url, lineNumber }: CallFrame): string {
  return `${functionName}\n${url}\n${lineNumber}`;
}

/** Numbers things in the order of their coming. */
class Table<Item> {
  readonly all: Item[] = [];
  readonly #ids = new Map<string, number>();

  idOf(key: string, item: Item): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.all.length;
      this.all.push(item);
      this.#ids.set(key, id);
    }
    return id;
  }
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** A message of protocol buffers under construction. */
class Message {
  readonly #bytes: number[] = [];

  number(field: number, value: number): this {
    if (value !== 0) this.#varint(field << 3 | VARINT).#varint(Math.round(value));
    return this;
  }

  text(field: number, value: string): this {
    return this.#delimited(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    return this.#delimited(field, value.#bytes);
  }

  packed(field: number, values: readonly number[]): this {
    const packed = new Message();
    for (const value of values) packed.#varint(Math.round(value));
    return this.#delimited(field, packed.#bytes);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #delimited(field: number, bytes: Iterable<number> & { readonly length: number }): this {
    this.#varint(field << 3 | LENGTH_DELIMITED).#varint(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** Below 2^53, not negative. */
  #varint(value: number): this {
    let rest = Math.max(0, value);
    while (rest >= 128) {
      this.#bytes.push(rest % 128 | 128);
      rest = Math.floor(rest / 128);
    }
    this.#bytes.push(rest);
    return this;
  }
}
