/**
 * Fields of a record, written one after the other into the output: nothing is made per field. As pairs of name and value that
 * became text in a second step, the fields of an EVPN record cost 4 us; written at once, 0.9.
 */
import { putSnakeCased } from "../../wire/snake_case.ts";
import {
  putAddress,
  putBase64,
  putBigint,
  putColonHex,
  putHex,
  putInteger,
  putIpv4,
  putJson,
  putJsonText,
  putRouteDistinguisher,
  u32At,
} from "../../wire/text.ts";
import { type ByteWriter, Literal, utf8 } from "../../wire/writer.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const TRUE = utf8("true");
const FALSE = utf8("false");
/** A name leaves room for a short value, so that one look at the buffer's size does for both. */
const SHORT_VALUE_BYTES = 24;

/**
 * Writes fields as `,"name":value`. As in goBMP's records, what is empty is left out: undefined, `""`, 0, an empty list; a method
 * says so where it is not. Names are those of the format and need no escape.
 */
export class FieldWriter {
  out!: ByteWriter;

  text(name: string, value: string | undefined): void {
    if (value) this.textOrEmpty(name, value);
  }

  textOrEmpty(name: string, value: string | undefined): void {
    if (value === undefined) return;
    this.#name(name);
    putJsonText(this.out, value);
  }

  /** Text that is written already, without anything to escape. */
  written(name: string, value: ByteWriter): void {
    if (value.pos === 0) return;
    this.#name(name);
    const { out } = this;
    out.byte(QUOTE);
    out.range(value.bytes, 0, value.pos);
    out.byte(QUOTE);
  }

  /** The address of 4 octets at `start`. */
  ipv4(name: string, bytes: Uint8Array, start: number): void {
    this.#name(name);
    const { out } = this;
    out.byte(QUOTE);
    putIpv4(out, bytes, start);
    out.byte(QUOTE);
  }

  colonHex(name: string, bytes: Uint8Array, start: number, end: number): void {
    this.#name(name);
    const { out } = this;
    out.byte(QUOTE);
    putColonHex(out, bytes, start, end);
    out.byte(QUOTE);
  }

  address(name: string, bytes: Uint8Array, start: number, bits: number): void {
    this.#name(name);
    const { out } = this;
    out.byte(QUOTE);
    putAddress(out, bytes, start, bits);
    out.byte(QUOTE);
  }

  /** One of an unknown type as hex. */
  routeDistinguisher(name: string, bytes: Uint8Array, start: number): void {
    this.#name(name);
    const { out } = this;
    out.byte(QUOTE);
    if (!putRouteDistinguisher(out, bytes, start)) putHex(out, bytes, start, start + 8);
    out.byte(QUOTE);
  }

  base64(name: string, bytes: Uint8Array, start: number, end: number): void {
    this.#name(name);
    const { out } = this;
    out.byte(QUOTE);
    putBase64(out, bytes, start, end);
    out.byte(QUOTE);
  }

  /** Integers only. */
  number(name: string, value: number | bigint | undefined): void {
    if (value) this.numberOrZero(name, value);
  }

  numberOrZero(name: string, value: number | bigint | undefined): void {
    if (value === undefined) return;
    const { out } = this;
    this.#name(name);
    if (typeof value === "number" && value >= 0 && value <= 0xffffffff) {
      out.pos = u32At(out.bytes, out.pos, value);
    } else putNumber(out, value);
  }

  /** False is written. */
  flag(name: string, value: boolean | undefined): void {
    if (value === undefined) return;
    const { out } = this;
    this.#name(name);
    const { bytes } = out;
    const text = value ? TRUE : FALSE;
    let pos = out.pos;
    for (let i = 0; i < text.length; i++) bytes[pos++] = text[i]!;
    out.pos = pos;
  }

  numbers(name: string, values: readonly (number | bigint)[] | undefined): void {
    if (values !== undefined && values.length > 0) this.numbersOrEmpty(name, values);
  }

  numbersOrEmpty(name: string, values: readonly (number | bigint)[] | undefined): void {
    if (values === undefined) return;
    this.#name(name);
    const { out } = this;
    out.byte(OPEN_LIST);
    for (let i = 0; i < values.length; i++) {
      if (i > 0) out.byte(COMMA);
      putNumber(out, values[i]!);
    }
    out.byte(CLOSE_LIST);
  }

  /** Begins an object; its fields follow, then {@linkcode FieldWriter.end}. */
  begin(name: string): void {
    this.#name(name);
    this.out.byte(OPEN_OBJECT);
  }

  end(): void {
    this.out.byte(CLOSE_OBJECT);
  }

  /** An object that is written already. */
  object(name: string, text: Uint8Array): void {
    this.#name(name);
    this.out.raw(text);
  }

  /** A list of objects: `putFields` writes the fields of each. */
  objects<Item>(
    name: string,
    items: readonly Item[] | undefined,
    putFields: (to: this, item: Item) => void,
  ): void {
    if (items === undefined || items.length === 0) return;
    this.#name(name);
    const { out } = this;
    for (let i = 0; i < items.length; i++) {
      out.byte(i === 0 ? OPEN_LIST : COMMA);
      out.byte(OPEN_OBJECT);
      putFields(this, items[i]!);
      out.byte(CLOSE_OBJECT);
    }
    out.byte(CLOSE_LIST);
  }

  /** An object or a list whose member names are those of the format. */
  json(name: string, value: object | undefined): void {
    if (isEmpty(value)) return;
    this.#name(name);
    putJson(this.out, value);
  }

  /** What a decoder has made, with member names in snake_case. */
  decoded(name: string, value: object | undefined): void {
    if (isEmpty(value)) return;
    this.#name(name);
    putSnakeCased(this.out, value);
  }

  /** Writes `,"name":`, without the comma where an object has just begun; then there is room for a short value. */
  #name(name: string): void {
    const { out } = this;
    const literal = NAMES.get(name) ?? keepName(name);
    out.ensure(1 + literal.length + SHORT_VALUE_BYTES);
    if (out.bytes[out.pos - 1] !== OPEN_OBJECT) out.bytes[out.pos++] = COMMA;
    out.literal(literal);
  }
}

/** `"name":` by name. Names are those of this program, so there is no bound to keep. */
const NAMES = new Map<string, Literal>();

function keepName(name: string): Literal {
  const literal = new Literal(`"${name}":`);
  NAMES.set(name, literal);
  return literal;
}

function putNumber(out: ByteWriter, value: number | bigint): void {
  if (typeof value === "number") putInteger(out, value);
  else putBigint(out, value);
}

function isEmpty(value: object | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
