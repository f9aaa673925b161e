/**
 * What a BGP capability is to this program: one file (or none, where there is no value to decode), one {@linkcode CapabilitySpec},
 * one line in the registry.
 */
import { fail } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";

export interface CapabilitySpec<Value extends { readonly kind: string }> {
  /** IANA's capability code. */
  readonly code: number;
  /** IANA's name. */
  readonly name: string;
  /** The document that defines it, e.g. `RFC 7911 section 4`: in the support matrix and in `explain`. */
  readonly reference: string;
  /** What goBMP prints as `capability_descr`, where that is not the name. */
  readonly description?: string;
  /** Decodes the value `bytes[start, end)`. @throws DecodeFault */
  decode(bytes: Uint8Array, view: DataView, start: number, end: number): Value;
  /** What goBMP appends to the description; called only after the value was decoded. */
  describe?(bytes: Uint8Array, view: DataView, start: number, end: number): string;
}

/** A capability whose presence says all. */
export interface EmptyCapability {
  /** Tells which capability this is. */
  readonly kind: "empty";
}

/** A value without a decoder, or one that its decoder refused. */
export interface OpaqueCapability {
  /** Tells which capability this is. */
  readonly kind: "opaque";
  /** The value as sent. */
  readonly hex: string;
}

export function decodeEmpty(
  _bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): EmptyCapability {
  expectLength(start, end, 0);
  return { kind: "empty" };
}

export function decodeOpaque(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): OpaqueCapability {
  return { kind: "opaque", hex: hexText(bytes, start, end) };
}

/** @throws DecodeFault `capability-value-length` unless the value has this length */
export function expectLength(start: number, end: number, length: number): void {
  if (end - start !== length) {
    fail("capability-value-length", start, `length ${length}, found ${end - start}`);
  }
}

/** @throws DecodeFault `capability-value-length` unless the value is a list of entries of this size */
export function expectMultiple(start: number, end: number, size: number): void {
  if ((end - start) % size !== 0) {
    fail("capability-value-length", start, `a multiple of ${size}, found ${end - start}`);
  }
}
