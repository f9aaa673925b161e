/** A directory in memory that fails, takes less than it is given, loses power, and is full when told to. */
import type { Storage, StorageFile } from "../../../src/journal/disk/storage.ts";

interface Contents {
  /** What a reader sees: the system's cache. `length` of it are used. */
  cached: Uint8Array;
  length: number;
  /** What a power cut leaves. */
  durable: Uint8Array;
}

/** The disk: it stays when the process that uses it ends. */
export class ModelDisk {
  files = new Map<string, Contents>();
  /** Names that a power cut leaves. */
  durableNames = new Map<string, Contents>();
  bytesMax = Infinity;

  get bytes(): number {
    let bytes = 0;
    for (const { length } of this.files.values()) bytes += length;
    return bytes;
  }

  losePower(random: () => number): void {
    this.files = new Map(this.durableNames);
    for (const contents of this.files.values()) {
      // Of what was not made durable, the system may have written a part.
      const { cached, length, durable } = contents;
      const kept = Math.floor(random() * (length + 1));
      const isKept = random() < 0.5 && kept > durable.length;
      contents.cached = isKept ? cached.slice(0, kept) : durable.slice();
      contents.length = contents.cached.length;
      contents.durable = contents.cached.slice();
    }
  }

  bytesOf(name: string): Uint8Array {
    const { cached, length } = this.files.get(name)!;
    return cached.subarray(0, length);
  }
}

/** What one process does with a disk. */
export class ModelStorage implements Storage {
  readonly disk: ModelDisk;
  readonly random: () => number;
  /** Number of I/O calls so far. */
  calls = 0;
  /** Decides on the error of a call. */
  fault: (operation: string, call: number) => Error | undefined = () => undefined;
  isDead = false;
  /** If set: where in the journal's source the calls were made that failed, `file.ts:LINE`. */
  failedSites: Set<string> | undefined = undefined;
  /** Calls of sync so far, and which of them was the last to come back. */
  #syncs = 0;
  readonly #synced = new WeakMap<Contents, number>();
  #syncedNames = 0;

  constructor(disk: ModelDisk, random: () => number) {
    this.disk = disk;
    this.random = random;
  }

  /** The process is killed: whatever is under way has half happened. */
  kill(): void {
    this.isDead = true;
  }

  async #call(operation: string): Promise<void> {
    const error = this.fault(operation, this.calls++);
    if (error !== undefined) this.failedSites?.add(callSite());
    await Promise.resolve();
    if (this.random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
    if (this.isDead) throw new Error("killed");
    if (error !== undefined) throw error;
  }

  async list(): Promise<string[]> {
    await this.#call("list");
    return [...this.disk.files.keys()];
  }

  async open(name: string, mode: "read" | "write"): Promise<StorageFile> {
    await this.#call(`open-${mode}`);
    let contents = this.disk.files.get(name);
    if (contents === undefined) {
      if (mode === "read") throw Object.assign(new Error(`no file "${name}"`), { code: "ENOENT" });
      contents = { cached: new Uint8Array(0), length: 0, durable: new Uint8Array(0) };
      this.disk.files.set(name, contents);
    }
    return this.#file(contents);
  }

  #file(contents: Contents): StorageFile {
    let isClosed = false;
    const check = async (operation: string) => {
      if (isClosed) throw new Error("the file is closed");
      await this.#call(operation);
    };
    return {
      read: async (bytes, offset, length, position) => {
        await check("read");
        const end = Math.min(contents.length, position + length);
        if (end <= position) return 0;
        bytes.set(contents.cached.subarray(position, end), offset);
        return end - position;
      },
      write: async (bytes, offset, length, position) => {
        const some = this.random() < 0.2 ? Math.ceil(this.random() * length) : length;
        const data = bytes.slice(offset, offset + some);
        const put = (length: number) => this.#put(contents, data.subarray(0, length), position);
        try {
          await check("write");
        } catch (error) {
          // What a failed or killed write leaves: any part of it.
          put(Math.floor(this.random() * (some + 1)));
          throw error;
        }
        const room = this.disk.bytesMax - this.disk.bytes + contents.length - position;
        if (room < 1) throw Object.assign(new Error("disk full"), { code: "ENOSPC" });
        const written = Math.min(some, room);
        put(written);
        return written;
      },
      truncate: async (size) => {
        await check("truncate");
        contents.length = Math.min(contents.length, size);
      },
      size: async () => {
        await check("size");
        return contents.length;
      },
      sync: async () => {
        const revision = ++this.#syncs;
        const snapshot = contents.cached.slice(0, contents.length);
        await check("sync");
        // One that was called later may have come back before.
        if (revision < (this.#synced.get(contents) ?? 0)) return;
        this.#synced.set(contents, revision);
        contents.durable = snapshot;
      },
      close: async () => {
        isClosed = true;
        await this.#call("close");
      },
    };
  }

  #put(contents: Contents, data: Uint8Array, position: number): void {
    const end = position + data.length;
    if (end > contents.cached.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(contents.cached.subarray(0, contents.length));
      contents.cached = grown;
    }
    if (position > contents.length) contents.cached.fill(0, contents.length, position);
    contents.cached.set(data, position);
    contents.length = Math.max(contents.length, end);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#call("rename");
    const contents = this.disk.files.get(from);
    if (contents === undefined) throw Object.assign(new Error(from), { code: "ENOENT" });
    this.disk.files.delete(from);
    this.disk.files.set(to, contents);
  }

  async remove(name: string): Promise<void> {
    await this.#call("remove");
    if (!this.disk.files.delete(name)) throw Object.assign(new Error(name), { code: "ENOENT" });
  }

  async syncNames(): Promise<void> {
    const revision = ++this.#syncs;
    const names = new Map(this.disk.files);
    await this.#call("sync-names");
    if (revision < this.#syncedNames) return;
    this.#syncedNames = revision;
    this.disk.durableNames = names;
  }

  async freeBytes(): Promise<number> {
    await this.#call("free");
    return Math.max(0, this.disk.bytesMax - this.disk.bytes);
  }
}

function callSite(): string {
  const stack = new Error().stack ?? "";
  return /\/src\/journal\/disk\/(\w+\.ts:\d+)/.exec(stack)?.[1] ?? stack;
}

/** A small random generator with a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
