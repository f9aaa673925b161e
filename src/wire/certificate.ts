/**
 * Whom a certificate names: subject and alternative names of an X.509 certificate (RFC 5280 sections 4.1.2.6 and 4.2.1.6) in DER.
 *
 * Rules for who may connect rest on these texts, and the libraries of the runtimes differ in what they escape: one prints a comma,
 * a line end or a second name within a name as if it were another name. So they are read here.
 *
 * ```
 * Certificate ::= SEQUENCE { tbs SEQUENCE {
 *   [0] version?, serial, algorithm, issuer, validity, subject SEQUENCE OF SET OF { type OID, value },
 *   key, [1]?, [2]?, [3] SEQUENCE OF extension { OID, critical?, OCTET STRING }? }, … }
 * ```
 */
import { hexText, ipv4Text, ipv6Text, utf8Text } from "./strings.ts";

export interface CertificateNames {
  /** By RFC 4514, the most specific part first: `CN=r1.example.net,O=Example`. */
  readonly subject: string;
  /** `DNS:`, `IP:`, `email:` and `URI:` names, in the certificate's order; names of other types are left out. */
  readonly altNames: readonly string[];
}

/** One value: its tag, where it starts, and `[content, end)`. */
interface Item {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const OBJECT_IDENTIFIER = 0x06;
const OCTET_STRING = 0x04;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

/** `tbs` up to the subject, without the version: serial, algorithm, issuer, validity. */
const ITEMS_BEFORE_SUBJECT = 4;

/** Object identifiers in hex: attribute types of RFC 4514 section 3, and two more that are common. */
const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = {
  "550403": "CN",
  "550405": "serialNumber",
  "550406": "C",
  "550407": "L",
  "550408": "ST",
  "550409": "STREET",
  "55040a": "O",
  "55040b": "OU",
  "0992268993f22c640119": "DC",
  "0992268993f22c640101": "UID",
  "2a864886f70d010901": "emailAddress",
};
const SUBJECT_ALT_NAME = "551d11";

/** Reads a certificate. @throws if it is not DER of one */
export function certificateNames(der: Uint8Array): CertificateNames {
  const [tbs] = itemsOf(der, expectItem(readItem(der, 0, der.length), SEQUENCE));
  const items = itemsOf(der, expectItem(tbs, SEQUENCE));
  const subject = items[ITEMS_BEFORE_SUBJECT + (items[0]?.tag === VERSION ? 1 : 0)];
  const extensions = items.find((item) => item.tag === EXTENSIONS);
  return {
    subject: nameText(der, expectItem(subject, SEQUENCE)),
    altNames: extensions === undefined ? [] : altNamesOf(der, extensions),
  };
}

function altNamesOf(der: Uint8Array, extensions: Item): string[] {
  const [list] = itemsOf(der, extensions);
  for (const extension of itemsOf(der, expectItem(list, SEQUENCE))) {
    const parts = itemsOf(der, expectItem(extension, SEQUENCE));
    if (contentHex(der, expectItem(parts[0], OBJECT_IDENTIFIER)) !== SUBJECT_ALT_NAME) continue;
    const value = expectItem(parts.at(-1), OCTET_STRING);
    const names = expectItem(readItem(der, value.content, value.end), SEQUENCE);
    return itemsOf(der, names).map((name) => altNameText(der, name)).filter((text) => text !== "");
  }
  return [];
}

/** Empty for types that are left out. */
function altNameText(der: Uint8Array, { tag, content, end }: Item): string {
  switch (tag) {
    case 0x81:
      return `email:${utf8Text(der, content, end)}`;
    case 0x82:
      return `DNS:${utf8Text(der, content, end)}`;
    case 0x86:
      return `URI:${utf8Text(der, content, end)}`;
    case 0x87:
      if (end - content === 4) return `IP:${ipv4Text(der, content)}`;
      return end - content === 16 ? `IP:${ipv6Text(der, content)}` : "";
    default:
      return "";
  }
}

/** RFC 4514 section 2: the last part first, parts of one set joined by `+`. */
function nameText(der: Uint8Array, name: Item): string {
  return itemsOf(der, name).reverse().map((set) =>
    itemsOf(der, expectItem(set, SET)).map((attribute) => {
      const [type, value] = itemsOf(der, expectItem(attribute, SEQUENCE));
      return attributeText(der, expectItem(type, OBJECT_IDENTIFIER), expectItem(value));
    }).join("+")
  ).join(",");
}

function attributeText(der: Uint8Array, type: Item, value: Item): string {
  const name = ATTRIBUTE_NAMES[contentHex(der, type)];
  const text = name === undefined ? undefined : stringText(der, value);
  if (name !== undefined && text !== undefined) return `${name}=${escapeValue(text)}`;
  return `${name ?? objectIdentifierText(der, type)}=#${hexText(der, value.start, value.end)}`;
}

/** Undefined: not a string. */
function stringText(der: Uint8Array, { tag, content, end }: Item): string | undefined {
  switch (tag) {
    case 0x0c: // UTF8String
    case 0x12: // NumericString
    case 0x13: // PrintableString
    case 0x16: // IA5String
      return utf8Text(der, content, end);
    case 0x1e: { // BMPString
      let text = "";
      for (let i = content; i + 1 < end; i += 2) {
        text += String.fromCharCode(der[i]! << 8 | der[i + 1]!);
      }
      return text;
    }
    default:
      return undefined;
  }
}

/** RFC 4514 section 2.4; control characters too, as a name must not look like two lines. */
function escapeValue(value: string): string {
  return value
    .replace(/["+,;<>\\]/g, "\\$&")
    .replace(/^[ #]/, "\\$&")
    .replace(/ $/, "\\ ")
    // deno-lint-ignore no-control-regex
    .replace(
      /[\u0000-\u001f\u007f]/g,
      (character) => `\\${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
}

function objectIdentifierText(der: Uint8Array, { content, end }: Item): string {
  const arcs: number[] = [];
  let arc = 0;
  for (let i = content; i < end; i++) {
    arc = arc * 128 + (der[i]! & 0x7f);
    if ((der[i]! & 0x80) !== 0) continue;
    if (arcs.length > 0) arcs.push(arc);
    else {
      const first = Math.min(2, Math.floor(arc / 40));
      arcs.push(first, arc - 40 * first);
    }
    arc = 0;
  }
  return arcs.join(".");
}

function contentHex(der: Uint8Array, { content, end }: Item): string {
  return hexText(der, content, end);
}

function itemsOf(der: Uint8Array, parent: Item): Item[] {
  const items: Item[] = [];
  for (let pos = parent.content; pos < parent.end;) {
    const item = readItem(der, pos, parent.end);
    items.push(item);
    pos = item.end;
  }
  return items;
}

function expectItem(item: Item | undefined, tag = item?.tag): Item {
  if (item !== undefined && item.tag === tag) return item;
  throw new Error(
    `Cannot read a certificate: found ${item === undefined ? "its end" : `tag ${item.tag}`}` +
      (tag === undefined ? "" : `, expected tag ${tag}`),
  );
}

function readItem(der: Uint8Array, start: number, limit: number): Item {
  let content = start + 2;
  let length = der[start + 1] ?? limit;
  if (length >= 0x80) {
    const octets = length - 0x80;
    // The long form of lengths that fit a certificate; 0x80 itself is not DER.
    if (octets < 1 || octets > 3 || content + octets > limit) length = limit;
    else {
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + der[content + i]!;
      content += octets;
    }
  }
  const end = content + length;
  if (end > limit) throw new Error(`Cannot read a certificate: a value at ${start} passes its end`);
  return { tag: der[start]!, start, content, end };
}
