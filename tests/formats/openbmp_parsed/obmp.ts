/**
 * The rows that openbmpd, the collector in C++, wrote for recorded streams. The folder is named by the environment variable EDGEBMP_OBMP;
 * without it the tests that need it are skipped.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { it } from "node:test";
import { gunzipSync } from "node:zlib";
import type { RowType } from "../../../src/formats/openbmp_parsed/topics.ts";

const folder = process.env["EDGEBMP_OBMP"];
const corpus = process.env["EDGEBMP_CORPUS"];

/** Runs `define` if the rows and the streams are there; else one skipped test says so. */
export function withGolden(define: () => void): void {
  if (folder !== undefined && corpus !== undefined) define();
  else {
    it("skipped: EDGEBMP_OBMP and EDGEBMP_CORPUS name no folders", { skip: true }, () => {});
  }
}

/** Streams that openbmpd has read. */
export function goldenStreams(): string[] {
  return readdirSync(join(folder!, "golden"), { withFileTypes: true })
    .filter((found) => found.isDirectory()).map(({ name }) => name).sort();
}

/** openbmpd's rows of one kind, in their order; empty where it wrote none. */
export function goldenRows(stream: string, type: RowType): string[][] {
  const path = join(folder!, "golden", stream, `openbmp.parsed.${type}.tsv.gz`);
  if (!existsSync(path)) return [];
  const text = gunzipSync(readFileSync(path)).toString("utf8");
  return text.split("\n").slice(0, -1).map((row) => row.split("\t"));
}
