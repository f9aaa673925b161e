/** Runs the program's `decode` command on a recorded stream. */
import { runProgram } from "../cli/program.ts";
import { parseLines } from "./corpus.ts";
import { type RecordLine, recordLine } from "./records.ts";

/** `edgebmp decode ARGS FILE`. */
export async function decodeFile(file: string, args: readonly string[]): Promise<RecordLine[]> {
  const { code, stdout, stderr } = await runProgram(["decode", ...args, file]);
  // Status 1: the stream ends inside a message.
  if (code !== 0 && code !== 1) {
    throw new Error(`Cannot decode "${file}": exit status ${code}, ${stderr}`);
  }
  return parseLines(stdout).map(recordLine);
}
