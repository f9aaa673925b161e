/**
 * What OpenBMP's database consumer and its tables take, column by column: a value outside costs it a row, or the whole batch around it.
 *
 * ```
 * n number   N number or empty   m at most 32767, or empty   x hex number   b 0 or 1   B 0, 1 or empty
 * h hash     H hash or empty     i address                   I address or empty        t time     P AS path
 * s9 text of at most 9 characters                            L9 list of elements of at most 9    e empty
 * ```
 */
import assert from "node:assert/strict";
import type { RowType } from "../../../src/formats/openbmp_parsed/topics.ts";
import { ipBytes } from "../../../src/wire/ip.ts";

const ATTRIBUTES = "P m N I N N s64 L15 L50 L40 B B I";
const LINK_STATE_HEAD = "a n h H h i h i n t s46 s46 n x";

const SPECS: Readonly<Record<RowType, string>> = {
  collector: "a n s64 h s4096 m t",
  router: "a n s200 h i s255 n s255 s4096 s4096 t e",
  peer: "a n h h s200 i i t n i s32 N N I N I s4096 s4096 s4096 m m N N N s255 b b b b b s255",
  bmp_stat: "a n h i h i n t n n n n n n n n n",
  base_attribute: `a n h h i h i n t s16 ${ATTRIBUTES} L40`,
  unicast_prefix: `a n h h i H h i n t i m b s16 ${ATTRIBUTES} n s255 b b L40`,
  l3vpn: `a n h h i H h i n t i m b s16 ${ATTRIBUTES} n s255 b b s128 n L40`,
  evpn: `a n h h i H h i n t s16 ${ATTRIBUTES} n b b s128 n n I s8 s64 n s17 n I n n L40`,
  ls_node: `${LINK_STATE_HEAD} s128 s16 s46 protocol s20 P N N I s255 b b s255`,
  ls_link:
    `${LINK_STATE_HEAD} s16 s46 protocol P N N I n n n i i n n n n s128 n s60 mpls s128 s255 h h s46 s46 n n s128 b b s255`,
  ls_prefix: `${LINK_STATE_HEAD} s16 s46 protocol P N N I h n ospf s20 n n i n i m b b s255`,
};

const ACTIONS: Readonly<Partial<Record<RowType, readonly string[]>>> = {
  collector: ["started", "change", "heartbeat", "stopped"],
  router: ["first", "init", "term"],
  peer: ["first", "up", "down"],
};

const WORDS: Readonly<Record<string, readonly string[]>> = {
  protocol: ["", "IS-IS_L1", "IS-IS_L2", "OSPFv2", "OSPFv3", "Direct", "Static"],
  mpls: ["", "LDP", "RSVP-TE"],
  ospf: ["", "Intra", "Inter", "Ext-1", "Ext-2", "NSSA-1", "NSSA-2"],
};

const NUMBER_MAX = 2n ** 63n - 1n;
const NUMBER = /^-?[0-9]{1,19}$/;

function isNumber(value: string): boolean {
  return NUMBER.test(value) && BigInt(value) <= NUMBER_MAX && BigInt(value) >= -NUMBER_MAX - 1n;
}

/** As PostgreSQL: no zone. */
function isAddress(value: string): boolean {
  return !value.includes("%") && ipBytes(value) !== undefined;
}

function takes(spec: string, value: string, actions: readonly string[]): boolean {
  switch (spec) {
    case "a":
      return actions.includes(value);
    case "e":
      return value === "";
    case "n":
      return isNumber(value);
    case "N":
      return value === "" || isNumber(value);
    case "m":
      return value === "" || (isNumber(value) && Math.abs(Number(value)) <= 32767);
    case "x":
      return /^[0-9a-f]{1,8}$/.test(value);
    case "b":
      return value === "0" || value === "1";
    case "B":
      return value === "" || value === "0" || value === "1";
    case "h":
      return /^[0-9a-f]{32}$/.test(value);
    case "H":
      return /^([0-9a-f]{32})?$/.test(value);
    case "i":
      return isAddress(value);
    case "I":
      return value === "" || isAddress(value);
    case "t":
      return /^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}$/.test(value);
    case "P":
      return /^( ([0-9]+|\{|\}))*$/.test(value);
  }
  const words = WORDS[spec];
  if (words !== undefined) return words.includes(value);
  const max = Number(spec.slice(1));
  if (/[\u0000-\u001f']/.test(value)) return false;
  if (spec.startsWith("s")) return Array.from(value).length <= max;
  return !/["\\]/.test(value) && value.split(" ").every((element) => element.length <= max);
}

/** Fails unless the consumer takes the row. */
export function checkRow(type: RowType, row: readonly string[]): void {
  const columns = SPECS[type].split(" ");
  assert.equal(row.length, columns.length, `columns of ${type}: ${row.join("|")}`);
  const actions = ACTIONS[type] ?? ["add", "del"];
  columns.forEach((spec, i) => {
    assert.ok(
      takes(spec, row[i]!, actions),
      `${type} column ${i + 1} takes ${spec}, found "${row[i]}" in ${row.join("|")}`,
    );
  });
  // The log of changes needs the attributes of what is announced.
  const hasBase = type === "unicast_prefix" || type === "l3vpn";
  if (hasBase && row[0] === "add") assert.notEqual(row[5], "", "base attributes of a route");
}
