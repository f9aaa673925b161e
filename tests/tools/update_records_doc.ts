/** Writes tests/data/every-record.bmp anew, and from it the examples of docs/records.md: `deno run -A tests/tools/update_records_doc.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { everyRecord } from "../formats/every_record.ts";
import { exampleLines, withExamples } from "../formats/records_doc.ts";

const doc = new URL("../../docs/records.md", import.meta.url);
const stream = everyRecord();
writeFileSync(new URL("../data/every-record.bmp", import.meta.url), stream);
writeFileSync(doc, withExamples(readFileSync(doc, "utf8"), await exampleLines(stream)));
