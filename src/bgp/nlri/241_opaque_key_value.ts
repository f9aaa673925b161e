/**
 * Opaque key and value, gobgp's own (`OpaqueNLRI`): `length u16 of the key, key, value`. The value takes all of the rest, so that an
 * attribute has one route.
 */
import { fail } from "../../wire/fault.ts";
import { hexText, utf8Text } from "../../wire/strings.ts";
import type { ObjectFamily } from "./family.ts";

/** Both as text where they are UTF-8, else as hex. */
export interface OpaqueRoute {
  readonly key?: string;
  readonly keyHex?: string;
  readonly value?: string;
  readonly valueHex?: string;
}

const LENGTH_BYTES = 2;
const REPLACEMENT = "\ufffd";

export const OPAQUE_KEY_VALUE: ObjectFamily<OpaqueRoute> = {
  kind: "object",
  afi: 16397,
  safi: 241,
  name: "opaque-key-value",
  reference: "gobgp",
  addPath: true,
  endOfRoute(_bytes, view, start, end) {
    if (end - start < LENGTH_BYTES) fail("nlri-truncated", start, "the length of a key");
    const length = view.getUint16(start);
    if (length > end - start - LENGTH_BYTES) {
      fail("nlri-truncated", start, `${length} bytes of key`);
    }
    return end;
  },
  decode(bytes, view, start, end) {
    const keyStart = start + LENGTH_BYTES;
    const keyEnd = keyStart + view.getUint16(start);
    const key = utf8Text(bytes, keyStart, keyEnd);
    const value = utf8Text(bytes, keyEnd, end);
    return {
      ...(key.includes(REPLACEMENT) ? { keyHex: hexText(bytes, keyStart, keyEnd) } : { key }),
      ...(value.includes(REPLACEMENT) ? { valueHex: hexText(bytes, keyEnd, end) } : { value }),
    };
  },
};
