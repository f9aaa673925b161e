/** Member names of records: snake_case, as goBMP's are. Decoders have camelCase ones. */
import { putJson, putJsonText, putNumber } from "./text.ts";
import { type ByteWriter, Literal } from "./writer.ts";

const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** `"member_name":` by camelCase name. Names are those that decoders have, so there is no bound to keep. */
const MEMBERS = new Map<string, Literal>();
const NAMES = new Map<string, string>();

/**
 * Writes a decoded value as JSON, with member names in snake_case. Members that are undefined are left out.
 *
 * Names are never those of the wire: they are kept for good, as making each anew was half of the cost of an object.
 */
export function putSnakeCased(out: ByteWriter, value: unknown): void {
  if (Array.isArray(value)) {
    out.byte(0x5b);
    for (let i = 0; i < value.length; i++) {
      if (i > 0) out.byte(0x2c);
      putSnakeCased(out, value[i]);
    }
    out.byte(0x5d);
  } else if (typeof value === "object" && value !== null) {
    putObject(out, value as Readonly<Record<string, unknown>>);
  } else {
    putJson(out, value);
  }
}

function putObject(out: ByteWriter, value: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(value);
  let before = OPEN_OBJECT;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const inner = value[name];
    if (inner === undefined) continue;
    out.byte(before);
    before = COMMA;
    out.literal(memberText(name));
    if (typeof inner === "string") putJsonText(out, inner);
    else if (typeof inner === "number") putNumber(out, inner);
    else putSnakeCased(out, inner);
  }
  if (before === OPEN_OBJECT) out.byte(OPEN_OBJECT);
  out.byte(CLOSE_OBJECT);
}

function memberText(name: string): Literal {
  let text = MEMBERS.get(name);
  if (text === undefined) {
    text = new Literal(`${JSON.stringify(snakeCasedName(name))}:`);
    MEMBERS.set(name, text);
  }
  return text;
}

/** `camelCase` as `camel_case`. A name of a decoder, see {@linkcode putSnakeCased}. */
export function snakeCasedName(name: string): string {
  let snake = NAMES.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    NAMES.set(name, snake);
  }
  return snake;
}
