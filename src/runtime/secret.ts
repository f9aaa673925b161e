/** Reads secrets where they are needed, so that a changed file holds from the next time on. */
import { readFile } from "node:fs/promises";
import { toError } from "./error.ts";

/** A secret: its value, or else the path of a file; both empty: none. */
interface Place {
  readonly value: string;
  readonly path: string;
}

/** The secret; its file's without the end of the last line. @throws when the file cannot be read */
export async function readSecret({ value, path }: Place): Promise<string> {
  return path === "" ? value : (await readText(path)).replace(/\r?\n$/, "");
}

/** The text of a file, such as a certificate. @throws when it cannot be read */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Error(`Cannot read "${path}": ${toError(error).message}`, { cause: error });
  }
}
