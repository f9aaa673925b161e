/**
 * How far each reader has got: a small file beside the segments, replaced as a whole.
 *
 * ```
 * edgebmp-cursors 1 0f1e2d3c
 * [{"name":"kafka","position":123456,"checkpoint":"…"}]
 * ```
 *
 * The first line has the version and the CRC-32C of what follows, JSON. `checkpoint`, base64, is what the reader's formatter had learned
 * at that position.
 */
import { crc32c } from "../../wire/crc32c.ts";
import type { WhenFull } from "../types.ts";
import { SpoolError } from "./format.ts";
import { readFile, replaceFile, type Storage } from "./storage.ts";

export const CURSORS_NAME = "cursors";
const CURSORS_VERSION = 1;
const FILE_BYTES_MAX = 256 * 1024 * 1024;

export interface Cursor {
  readonly name: string;
  position: number;
  checkpoint: Uint8Array | undefined;
  /** Of the reader; undefined: there is none, its sink is not configured. */
  whenFull: WhenFull | undefined;
}

interface StoredCursor {
  readonly name: string;
  readonly position: number;
  readonly checkpoint?: string;
}

export class Cursors {
  readonly #storage: Storage;
  readonly #isSynced: boolean;
  readonly #all = new Map<string, Cursor>();
  /** Changes with every change, so that one during a write is not taken as written. */
  #revision = 0;
  #storedRevision = 0;
  /** Positions in the file, or lower ones, by name. */
  #stored = new Map<string, number>();

  constructor(storage: Storage, stored: readonly Cursor[], isSynced: boolean) {
    this.#storage = storage;
    this.#isSynced = isSynced;
    for (const cursor of stored) {
      this.#all.set(cursor.name, cursor);
      this.#stored.set(cursor.name, cursor.position);
    }
  }

  get(name: string): Cursor | undefined {
    return this.#all.get(name);
  }

  get all(): Iterable<Cursor> {
    return this.#all.values();
  }

  get size(): number {
    return this.#all.size;
  }

  /**
   * The lowest position of those that hold entries, Infinity if none does; `stored`: the one that a restart now would go on from.
   */
  lowest(holds: (cursor: Cursor) => boolean): { current: number; stored: number } {
    let current = Infinity;
    let stored = Infinity;
    for (const cursor of this.#all.values()) {
      if (!holds(cursor)) continue;
      current = Math.min(current, cursor.position);
      stored = Math.min(stored, this.#stored.get(cursor.name) ?? cursor.position);
    }
    return { current, stored };
  }

  add(cursor: Cursor): void {
    this.#all.set(cursor.name, cursor);
    this.#revision++;
  }

  /** Moves a cursor, forward only. */
  move(cursor: Cursor, position: number, checkpoint: Uint8Array | undefined): void {
    cursor.position = position;
    cursor.checkpoint = checkpoint;
    this.#revision++;
  }

  remove(name: string): boolean {
    if (!this.#all.delete(name)) return false;
    this.#revision++;
    return true;
  }

  /** Writes the file if anything has changed. */
  async store(): Promise<void> {
    const revision = this.#revision;
    if (revision === this.#storedRevision) return;
    const stored: StoredCursor[] = [...this.#all.values()].map((cursor) => ({
      name: cursor.name,
      position: cursor.position,
      ...(cursor.checkpoint === undefined ? {} : { checkpoint: cursor.checkpoint.toBase64() }),
    }));
    const json = new TextEncoder().encode(JSON.stringify(stored));
    const sum = crc32c(json).toString(16).padStart(8, "0");
    const head = new TextEncoder().encode(`edgebmp-cursors ${CURSORS_VERSION} ${sum}\n`);
    const bytes = new Uint8Array(head.length + json.length);
    bytes.set(head);
    bytes.set(json, head.length);
    // A write that fails may have happened nevertheless.
    for (const { name, position } of stored) {
      if (!this.#stored.has(name)) this.#stored.set(name, position);
    }
    await replaceFile(this.#storage, CURSORS_NAME, bytes, this.#isSynced);
    this.#storedRevision = revision;
    this.#stored = new Map(stored.map(({ name, position }) => [name, position]));
  }
}

/**
 * Reads the file of cursors; empty if there is none.
 *
 * @throws {SpoolError}
 */
export async function readCursors(storage: Storage): Promise<Cursor[]> {
  const bytes = await readFile(storage, CURSORS_NAME, FILE_BYTES_MAX);
  if (bytes === undefined) return [];
  const lineEnd = bytes.indexOf(0x0a);
  const head = new TextDecoder().decode(bytes.subarray(0, Math.max(0, lineEnd)));
  const [, version, sum] = /^edgebmp-cursors (\d+) ([0-9a-f]{8})$/.exec(head) ?? [];
  if (version !== undefined && Number(version) !== CURSORS_VERSION) {
    throw new SpoolError(
      "version",
      `Cannot read file "${CURSORS_NAME}": found version ${version}, expected ${CURSORS_VERSION}`,
    );
  }
  const json = bytes.subarray(lineEnd + 1);
  if (sum === undefined || parseInt(sum, 16) !== crc32c(json)) {
    throw new SpoolError("damaged", `Cannot read file "${CURSORS_NAME}": it is damaged`);
  }
  const stored = JSON.parse(new TextDecoder().decode(json)) as readonly StoredCursor[];
  return stored.map(({ name, position, checkpoint }) => ({
    name,
    position,
    checkpoint: checkpoint === undefined ? undefined : Uint8Array.fromBase64(checkpoint),
    whenFull: undefined,
  }));
}
