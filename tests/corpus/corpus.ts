/**
 * The recorded streams of real routers and what other decoders said of them. The folder is named by the environment variable
 * EDGEBMP_CORPUS; without it the tests that need it are skipped.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

const folder = process.env["EDGEBMP_CORPUS"];

/** `describe` for tests that need the corpus; without it, one skipped test that says so. */
export function describeCorpus(name: string, define: () => void): void {
  if (folder !== undefined) describe(name, define);
  else {it(
      `${name}: skipped, EDGEBMP_CORPUS names no folder with recorded streams`,
      { skip: true },
      () => {},
    );}
}

/** Path of a file in the corpus. */
export function corpusPath(name: string): string {
  if (folder === undefined) throw new Error("Cannot find the corpus: EDGEBMP_CORPUS is not set");
  return join(folder, name);
}

/** Names of all recorded streams, without `.bmp`; empty without a corpus. */
export function streamNames(): string[] {
  if (folder === undefined) return [];
  return readdirSync(corpusPath("bmp")).filter((name) => name.endsWith(".bmp"))
    .map((name) => name.slice(0, -".bmp".length)).sort();
}

export function streamPath(name: string): string {
  return corpusPath(`bmp/${name}.bmp`);
}

export function readStream(name: string): Uint8Array {
  return new Uint8Array(readFileSync(streamPath(name)));
}

/** What goBMP wrote for the stream, one object a line; undefined where it wrote nothing. */
export function readGobmp(name: string): JsonObject[] | undefined {
  const bytes = readIfThere(`gobmp/${name}.gobmp.jsonl.gz`);
  return bytes && parseLines(gunzipSync(bytes).toString("utf8"));
}

/** tshark's dissection: element i is message i. */
export function readTshark(name: string): JsonObject[] | undefined {
  const bytes = readIfThere(`bmp/${name}.tshark.json.gz`);
  return bytes && JSON.parse(gunzipSync(bytes).toString("utf8"));
}

/** NetGauze's decode: element i is message i. */
export function readNetGauze(name: string): JsonObject[] | undefined {
  const file = name.startsWith("netgauze-")
    ? `bmp/${name}.expected.json`
    : `bmp/${name}.netgauze.json`;
  const bytes = readIfThere(file);
  return bytes && parseLines(bytes.toString("utf8"));
}

/** Counts of the stream. */
export interface Stats {
  readonly messages: Readonly<Record<string, number>>;
  readonly reach?: Readonly<Record<string, number>>;
  readonly unreach?: Readonly<Record<string, number>>;
  readonly eor?: Readonly<Record<string, number>>;
}

export function readStats(name: string): Stats | undefined {
  const bytes = readIfThere(`bmp/${name}.stats.json`);
  return bytes && JSON.parse(bytes.toString("utf8"));
}

export function parseLines(text: string): JsonObject[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

function readIfThere(name: string): ReturnType<typeof readFileSync> & Uint8Array | undefined {
  try {
    return readFileSync(corpusPath(name));
  } catch (cause) {
    if ((cause as { code?: string }).code === "ENOENT") return undefined;
    throw cause;
  }
}
