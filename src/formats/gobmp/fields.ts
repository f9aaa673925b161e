/**
 * Fields of a record, written one after the other into the output: nothing is made per field. As pairs of name and value that
 * became text in a second step, the fields of an EVPN record cost 4 us; written at once, 0.9.
 */
import { putSnakeCased } from "../../wire/snake_case.ts";
import { putInteger, putJson, putJsonText } from "../../wire/text.ts";
import type { ByteWriter } from "../../wire/writer.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const TRUE = "true";
const FALSE = "false";

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

  /** Integers only. */
  number(name: string, value: number | bigint | undefined): void {
    if (value) this.numberOrZero(name, value);
  }

  numberOrZero(name: string, value: number | bigint | undefined): void {
    if (value === undefined) return;
    this.#name(name);
    if (typeof value === "number") putInteger(this.out, value);
    else this.out.ascii(value.toString());
  }

  /** False is written. */
  flag(name: string, value: boolean | undefined): void {
    if (value === undefined) return;
    this.#name(name);
    this.out.ascii(value ? TRUE : FALSE);
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

  #name(name: string): void {
    const { out } = this;
    const count = name.length;
    out.ensure(count + 4);
    const { bytes } = out;
    let pos = out.pos;
    bytes[pos++] = COMMA;
    bytes[pos++] = QUOTE;
    for (let i = 0; i < count; i++) bytes[pos++] = name.charCodeAt(i);
    bytes[pos++] = QUOTE;
    bytes[pos++] = COLON;
    out.pos = pos;
  }
}

function isEmpty(value: object | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
