/**
 * Makes tests/golden/gobmp_appendix_a.json from a Markdown page that lists what goBMP printed for given bytes:
 *
 * ```
 * **name** — frame `hex`            a whole BMP frame, followed by fenced lines `TYPE {json}`
 * - name: `hex`                     the body of an UPDATE, followed by lines `  - → TYPE {json}` in backquotes
 * ```
 *
 * Usage: `deno run -A tests/tools/extract_gobmp_vectors.ts PAGE.md`. The JSON is copied as text, so that 64-bit numbers survive.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

interface Vector {
  name: string;
  family: string;
  /** Frames of the session up to the vector's own. */
  before: string[];
  frame: string;
  /** False: members that every record of the session shares are left out of `expected`. */
  complete: boolean;
  expected: string[];
}

const TARGET = new URL("../golden/gobmp_appendix_a.json", import.meta.url);
const PER_PEER = "00000000000000000000000000000000000000000000" + "0a000001" + "0000fde9" +
  "0a000001" + "5e7231f2" + "0001bf06";
const SUPPORTED_TYPES = new Set(["1", "10", "74", "76"]);
const MESSAGE_PEER_UP = "03";

function wholeFrames(page: string): Vector[] {
  const vectors: Vector[] = [];
  let peerUps: string[] = [];
  for (const part of page.split(/^\*\*/m).slice(1)) {
    const [, name, frame] = /^(.*?)\*\* — frame `([0-9a-f]+)`/.exec(part) ?? [];
    if (name === undefined || frame === undefined) continue;
    if (name.includes("first message of the session")) peerUps = [];
    vectors.push({
      name: name.replace(/ \(.*/, ""),
      family: familyOfFrame(frame),
      before: [...peerUps],
      frame,
      complete: true,
      expected: [...part.matchAll(/^(\d+) (\{.*\})$/gm)].map(([, type, data]) =>
        record(type!, data!)
      ),
    });
    if (frame.slice(10, 12) === MESSAGE_PEER_UP) peerUps.push(frame);
  }
  return vectors;
}

function updateBodies(page: string, peerUp: string): Vector[] {
  return page.split(/^- /m).slice(1).map((part) => {
    const [, name, body] = /^(.*?): `([0-9a-f]+)`/.exec(part)!;
    return {
      name: name!,
      family: familyOfUpdate(body!),
      before: [peerUp],
      frame: routeMonitoring(body!, name === "as2 A flag" ? "20" : "00"),
      complete: false,
      expected: [...part.matchAll(/^ {2}- → (\d+) `(\{.*\})`$/gm)].map(([, type, data]) =>
        record(type!, data!)
      ),
    };
  });
}

function record(type: string, data: string): string {
  return `{"msg_type":${type},"msg_data":${data}}`;
}

function routeMonitoring(body: string, flags: string): string {
  const update = `${"ff".repeat(16)}${number16(19 + body.length / 2)}02${body}`;
  const length = 48 + update.length / 2;
  return `03${length.toString(16).padStart(8, "0")}00${PER_PEER.slice(0, 2)}${flags}${
    PER_PEER.slice(4)
  }${update}`;
}

function number16(value: number): string {
  return value.toString(16).padStart(4, "0");
}

function familyOfFrame(frame: string): string {
  const type = frame.slice(10, 12);
  return type === "00"
    ? familyOfUpdate(frame.slice(2 * (48 + 19)))
    : type === "01"
    ? "statistics"
    : "peer";
}

/** AFI/SAFI of the MP attributes, `1/1` where there is none. */
function familyOfUpdate(body: string): string {
  const number = (offset: number, bytes: number) =>
    parseInt(body.slice(offset * 2, (offset + bytes) * 2), 16);
  let at = 2 + number(0, 2);
  const end = at + 2 + number(at, 2);
  const families = new Set<string>();
  for (at += 2; at + 3 <= end;) {
    const extended = (number(at, 1) & 0x10) !== 0;
    const type = number(at + 1, 1);
    const value = at + (extended ? 4 : 3);
    if (type === 14 || type === 15) families.add(`${number(value, 2)}/${number(value + 2, 1)}`);
    at = value + number(at + 2, extended ? 2 : 1);
  }
  return families.size === 0 ? "1/1" : [...families].join(" ");
}

function vectorText(vector: Vector): string {
  const { expected, ...rest } = vector;
  return `${JSON.stringify(rest).slice(0, -1)},"expected":[${expected.join(",")}]}`;
}

function main(file: string): void {
  const page = readFileSync(file, "utf8");
  const [, whole, bodies] = /^### A\.1(.*)^### A\.2(.*)^### A\.3/ms.exec(page)!;
  const frames = wholeFrames(whole!);
  const all = [...frames, ...updateBodies(bodies!, frames[0]!.frame)];
  const families = new Set(["1/1", "2/1", "1/4", "2/4", "2/1 2/1", "peer", "statistics"]);
  const now = all.filter((it) => families.has(it.family));
  const unsupported = now.find((it) =>
    it.expected.some((line) => !SUPPORTED_TYPES.has(/\d+/.exec(line)![0]))
  );
  if (unsupported !== undefined) {
    throw new Error(
      `Cannot take the vector "${unsupported.name}": its record type does not fit its family`,
    );
  }
  const pending = all.filter((it) => !now.includes(it));
  writeFileSync(
    TARGET,
    `{"source":"what sbezverk/gobmp at commit 4f81daa (2026-07-21) printed for these bytes",\n"vectors":[\n${
      now.map(vectorText).join(",\n")
    }\n],\n"pending":[\n${pending.map(vectorText).join(",\n")}\n]}\n`,
  );
}

const page = process.argv[2];
if (page === undefined) throw new Error("Cannot extract vectors: no page named");
main(page);
