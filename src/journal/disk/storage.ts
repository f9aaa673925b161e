/**
 * What the journal asks of a disk: one directory of files. The journal's tests have a second one, in memory, that fails and forgets on
 * demand.
 */
import { mkdir, open, readdir, rename, statfs, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../runtime/error.ts";

export interface StorageFile {
  /** Reads up to `length` bytes from `position` of the file into `bytes` at `offset`; returns how many, 0 at the end. */
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  /** Writes at `position` of the file, and may take less than asked for. */
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  truncate(size: number): Promise<void>;
  size(): Promise<number>;
  /** Resolves when the contents would survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Storage {
  /** Names of the files. */
  list(): Promise<string[]>;
  /** `write`: made if there is none, and for reading too. */
  open(name: string, mode: "read" | "write"): Promise<StorageFile>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Resolves when names that were made, changed and removed would survive a power cut. */
  syncNames(): Promise<void>;
  /** Bytes that may still be written to the file system. */
  freeBytes(): Promise<number>;
}

/** The directory `path`, made if there is none. */
export async function openDirectory(path: string): Promise<Storage> {
  await mkdir(path, { recursive: true, mode: 0o750 });
  return {
    list: () => readdir(path),
    open: async (name, mode) => {
      const flags = mode === "read" ? "r" : "r+";
      const file = await open(join(path, name), flags).catch(async (error) => {
        if (mode === "read" || error.code !== "ENOENT") throw error;
        return await open(join(path, name), "w+", 0o640);
      });
      return {
        read: async (bytes, offset, length, position) =>
          (await file.read(bytes, offset, length, position)).bytesRead,
        write: async (bytes, offset, length, position) =>
          (await file.write(bytes, offset, length, position)).bytesWritten,
        truncate: (size) => file.truncate(size),
        size: async () => (await file.stat()).size,
        sync: () => file.datasync(),
        close: () => file.close(),
      };
    },
    rename: (from, to) => rename(join(path, from), join(path, to)),
    remove: (name) => unlink(join(path, name)),
    syncNames: async () => {
      const directory = await open(path, "r");
      try {
        await directory.sync();
      } finally {
        await directory.close();
      }
    },
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    },
  };
}

export async function removeIfThere(storage: Storage, name: string): Promise<void> {
  try {
    await storage.remove(name);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** Writes all of `bytes[start, end)` at `position`. */
export async function writeAll(
  file: StorageFile,
  bytes: Uint8Array,
  start: number,
  end: number,
  position: number,
): Promise<void> {
  for (let offset = start; offset < end;) {
    const written = await file.write(bytes, offset, end - offset, position + offset - start);
    if (written === 0) throw new Error("Cannot write to a file: it took no bytes");
    offset += written;
  }
}

/** The whole file; undefined if there is none. */
export async function readFile(
  storage: Storage,
  name: string,
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  const names = await storage.list();
  if (!names.includes(name)) return undefined;
  const file = await storage.open(name, "read");
  try {
    const bytes = new Uint8Array(Math.min(await file.size(), bytesMax));
    let length = 0;
    while (length < bytes.length) {
      const read = await file.read(bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** Puts a small file in the place of another: whoever opens it sees the old or the new one whole, also after a crash. */
export async function replaceFile(
  storage: Storage,
  name: string,
  bytes: Uint8Array,
  isSynced: boolean,
): Promise<void> {
  const draft = `${name}.new`;
  const file = await storage.open(draft, "write");
  try {
    await file.truncate(0);
    await writeAll(file, bytes, 0, bytes.length, 0);
    if (isSynced) await file.sync();
  } finally {
    await file.close();
  }
  await storage.rename(draft, name);
  if (isSynced) await storage.syncNames();
}
