/**
 * Random actions on the journal on disk, checked against what a list of entries would say: `runSequence(seed)`.
 *
 * Entries are known by their journal position. Whatever is read, of whichever reader, restart and file, must be the entry that was appended
 * there, and follow the one before it.
 */
import assert from "node:assert/strict";
import { readCursors } from "../../../src/journal/disk/cursors.ts";
import { type DiskJournal, openDiskJournal } from "../../../src/journal/disk/mod.ts";
import { recover } from "../../../src/journal/disk/recovery.ts";
import {
  Entry,
  ENTRY_HEADER_BYTES,
  EntryBatch,
  EntryKind,
  type JournalBlock,
  type JournalReader,
  type KeyframeEnd,
  readEntry,
  type WhenFull,
} from "../../../src/journal/types.ts";
import { Log } from "../../../src/ops/log.ts";
import { Metrics } from "../../../src/ops/metrics.ts";
import { ModelDisk, ModelStorage, randomFrom } from "./model_storage.ts";

/** What the reference knows of an entry. */
interface Known {
  readonly position: number;
  readonly end: number;
  readonly session: number;
  readonly sequence: number;
  readonly kind: EntryKind;
  readonly payload: Uint8Array;
  /** Of a frame: peer and whether it is up or down. */
  readonly peer: { readonly id: number; readonly isUp: boolean } | undefined;
}

interface Reader {
  readonly name: string;
  readonly whenFull: WhenFull;
  reader: JournalReader;
  /** Where the next entry must be; undefined: anywhere up to what was committed. */
  next: number | undefined;
  committed: number;
  /** Positions behind entries that were read and not committed. */
  readonly read: number[];
  pending: Promise<JournalBlock | undefined> | undefined;
  keyframe: Known[];
  isInKeyframe: boolean;
  checkpoint: string;
}

export interface SequenceOptions {
  readonly seed: number;
  readonly actions: number;
  /** The I/O call that fails, once; undefined: random ones do in some sequences. */
  readonly failingCall?: number;
  /** See {@linkcode ModelStorage.failedSites}. */
  readonly failedSites?: Set<string>;
}

const PEERS = 3;
const DECODER = new TextDecoder();

class Sequence {
  readonly random: () => number;
  readonly disk = new ModelDisk();
  readonly lines: string[] = [];
  storage!: ModelStorage;
  journal!: DiskJournal;
  entries: Known[] = [];
  /** Open sessions and their last sequence. */
  sessions = new Map<number, number>();
  readers: Reader[] = [];
  readonly isAlways: boolean;
  readonly isCompressed: boolean;
  readonly bytesMax: number;
  /** Appends that have not settled. */
  waiting = 0;
  /** Up to here entries must survive. */
  acknowledged = 0;
  faults = 0;
  calls = 0;
  /** What happened, for whoever reads a failure. */
  readonly trace: string[] = [];
  /** What went wrong while nobody waited. */
  failure: unknown = undefined;
  /** Readers that were away: a full spool may have dropped what they had not read. */
  readonly removed = new Set<string>();

  constructor(readonly options: SequenceOptions) {
    this.random = randomFrom(options.seed);
    this.isAlways = this.chance(0.3);
    this.isCompressed = this.chance(0.3);
    this.bytesMax = this.chance(0.3) ? 16_000 : 1_000_000;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)]!;
  }

  get end(): number {
    return this.entries.at(-1)?.end ?? 0;
  }

  async start(): Promise<void> {
    for (;;) {
      const before = this.storage?.calls ?? 0;
      this.calls += before;
      this.storage = new ModelStorage(this.disk, this.random);
      this.setFaults();
      try {
        this.journal = await openDiskJournal(this.storage, {
          bytesMax: this.bytesMax,
          freeBytesMin: 0,
          memoryBytesMax: 4096,
          segmentBytes: 2000,
          fsync: this.isAlways ? "always" : this.pick(["interval", "never"]),
          intervalMs: 2,
          isCompressed: this.isCompressed,
          retryMs: 1,
          nowUs: () => 1,
          metrics: new Metrics(),
          log: new Log("debug", "text", (line) => void this.lines.push(line)),
        });
        break;
      } catch (error) {
        if (!/injected/.test(String(error))) throw error;
        // A start asks much of the disk: at this rate it could fail for ever.
        this.faults /= 2;
      }
    }
    // In the order of their appearance, as the journal does.
    for (const [session, last] of this.sessions) {
      this.note(
        session,
        last + 1,
        EntryKind.close,
        undefined,
        encode('{"reason":"crash","detail":""}'),
      );
    }
    this.sessions.clear();
    for (const reader of this.readers) this.open(reader);
    this.journal.complete();
  }

  setFaults(): void {
    const { failingCall, failedSites } = this.options;
    this.storage.failedSites = failedSites;
    const injected = () => Object.assign(new Error("injected"), { code: "EIO" });
    this.storage.fault = (_, call) => {
      if (failingCall !== undefined) {
        return this.calls + call === failingCall ? injected() : undefined;
      }
      return this.faults > 0 && this.random() < this.faults ? injected() : undefined;
    };
  }

  open(reader: Reader): void {
    reader.reader = this.journal.openReader(reader.name, "oldest", reader.whenFull);
    reader.next = undefined;
    reader.pending = undefined;
    reader.read.length = 0;
    reader.keyframe = [];
  }

  addReader(): void {
    const whenFull = this.chance(0.3) ? "drop-oldest" : "block";
    const reader: Reader = {
      name: `r${this.readers.length}-${Math.floor(this.random() * 3)}`,
      whenFull,
      reader: undefined as unknown as JournalReader,
      next: undefined,
      committed: 0,
      read: [],
      pending: undefined,
      keyframe: [],
      isInKeyframe: false,
      checkpoint: "",
    };
    if (this.readers.some(({ name }) => name === reader.name)) return;
    this.readers.push(reader);
    this.open(reader);
    // A name that was used before goes on where it was; a new one starts at the oldest entry.
    reader.committed = this.end;
  }

  note(
    session: number,
    sequence: number,
    kind: EntryKind,
    peer: Known["peer"],
    payload: Uint8Array,
  ): void {
    const position = this.end;
    const end = position + ENTRY_HEADER_BYTES + payload.length;
    this.entries.push({ position, end, session, sequence, kind, payload, peer });
  }

  append(): void {
    if (this.waiting > 3) return;
    const isNew = this.sessions.size === 0 || this.chance(0.15);
    const session = isNew ? this.journal.nextSession() : this.pick([...this.sessions.keys()]);
    const last = this.sessions.get(session) ?? -1;
    const batch = new EntryBatch();
    batch.session = session;
    batch.firstSequence = last + 1;
    batch.receivedAtUs = 1;
    const add = (payload: Uint8Array, peer: Known["peer"]) => {
      batch.add(payload, 0, payload.length);
      this.note(session, last + batch.count, batch.kind, peer, payload);
    };
    if (isNew) {
      batch.kind = EntryKind.open;
      add(encode(`{"session":"s${session}"}`), undefined);
    } else if (this.chance(0.1)) {
      batch.kind = EntryKind.close;
      add(encode("{}"), undefined);
    } else {
      for (let i = 1 + Math.floor(this.random() * 4); i > 0; i--) {
        const id = Math.floor(this.random() * PEERS);
        const isUp = this.chance(0.6);
        const isPeer = this.chance(0.3);
        if (isPeer) {
          add(frame(isUp ? 3 : 2, id, this.pick([10, 20]), 7), { id, isUp });
          continue;
        }
        const length = this.chance(0.05) ? 3000 : Math.floor(this.random() * 200);
        add(frame(0, id, length, last + batch.count + 1), undefined);
      }
    }
    if (batch.kind === EntryKind.close) this.sessions.delete(session);
    else this.sessions.set(session, last + batch.count);
    const pending = this.journal.append(batch);
    if (pending === undefined) return;
    this.waiting++;
    void pending.then(() => this.waiting--);
  }

  async read(reader: Reader): Promise<void> {
    if (reader.pending === undefined) {
      const block = reader.reader.read(this.pick([300, 5000]));
      if (!(block instanceof Promise)) {
        if (block !== undefined) this.check(reader, block);
        return;
      }
      const mine = reader.reader;
      reader.pending = block;
      void block.then((block) => {
        if (reader.reader !== mine) return;
        reader.pending = undefined;
        if (block !== undefined && !this.storage.isDead) this.check(reader, block);
      }).catch((error) => this.failure ??= error);
    }
    await this.tick();
  }

  check(reader: Reader, block: JournalBlock): void {
    const { kind, cursor } = block;
    this.trace.push(`${reader.name} at ${reader.next}: ${kind} ${cursor}`);
    switch (block.kind) {
      case "entries":
        return this.checkEntries(reader, block);
      case "keyframe":
        reader.isInKeyframe = true;
        return this.entriesOf(block, (known) => reader.keyframe.push(known));
      case "keyframe-end":
        return this.checkKeyframe(reader, block);
      case "gap":
        assert.equal(
          reader.whenFull === "drop-oldest" || this.removed.has(reader.name),
          true,
          "a gap for a reader that must not have one",
        );
        assert.equal(block.reason === "dropped" || block.reason === "missing", true);
        reader.keyframe = [];
        reader.next = block.cursor;
        return;
      case "border": {
        assert.equal(block.cursor, reader.next);
        reader.reader.keepCheckpoint(block.cursor, encode(`at ${block.cursor}`));
      }
    }
  }

  checkEntries(
    reader: Reader,
    block: Extract<JournalBlock, { kind: "entries" | "keyframe" }>,
  ): void {
    assert.equal(block.cursor, reader.next, `${reader.name} reads on where it was`);
    let position = block.cursor;
    this.entriesOf(block, (known) => {
      assert.equal(known.position, position, `${name(known)} is at ${position}`);
      position = known.end;
      reader.read.push(known.end);
    });
    reader.next = position;
    this.acknowledged = Math.max(this.acknowledged, position);
  }

  /** Looks the entries of a block up by session and sequence. */
  entriesOf(
    block: Extract<JournalBlock, { kind: "entries" | "keyframe" }>,
    take: (known: Known) => void,
  ): void {
    const entry = new Entry();
    for (let offset = block.start; offset < block.end;) {
      offset = readEntry(block, offset, entry);
      const known = this.entries.findLast((known) =>
        known.session === entry.session && known.sequence === entry.sequence
      );
      assert(known !== undefined, `entry ${entry.session}/${entry.sequence} was never appended`);
      assert.equal(known.kind, entry.kind);
      assert.deepEqual(entry.bytes.slice(entry.start, entry.end), known.payload);
      take(known);
    }
  }

  checkKeyframe(reader: Reader, end: KeyframeEnd): void {
    if (reader.next === undefined) {
      assert.equal(end.cursor <= reader.committed, true, "it starts behind what was committed");
    } else assert.equal(end.cursor, reader.next);
    reader.next = end.cursor;
    const before = this.entries.filter(({ end: at }) => at <= end.cursor);
    const open = new Map<number, { last: number; entries: Known[] }>();
    for (const known of before) {
      const { session, sequence, kind, peer } = known;
      if (kind === EntryKind.close) {
        open.delete(session);
        continue;
      }
      if (kind === EntryKind.open) open.set(session, { last: 0, entries: [known] });
      const of = open.get(session)!;
      of.last = sequence;
      if (peer === undefined) continue;
      of.entries = of.entries.filter((other) =>
        other.peer?.id !== peer.id || (peer.isUp && !isSameUp(other.payload, known.payload))
      );
      if (peer.isUp) of.entries.push(known);
    }
    const expected = [...open.values()].flatMap(({ entries }) => entries)
      .sort((a, b) => a.position - b.position);
    assert.deepEqual(reader.keyframe.map(name), expected.map(name), "the keyframe");
    assert.deepEqual(
      [...end.sequences].sort(([a], [b]) => a - b),
      [...open].map(([session, { last }]) => [session, last]).sort(([a], [b]) => a! - b!),
    );
    if (end.checkpoint !== undefined) {
      assert.equal(DECODER.decode(end.checkpoint), `at ${end.cursor}`);
    }
    reader.keyframe = [];
    reader.isInKeyframe = false;
  }

  commit(reader: Reader): void {
    if (reader.read.length === 0 || reader.next === undefined) return;
    const count = 1 + Math.floor(this.random() * reader.read.length);
    const position = reader.read.splice(0, count).at(-1)!;
    this.journal.commit(reader.name, position, encode(`at ${position}`));
    reader.committed = position;
  }

  async tick(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    for (let i = Math.floor(this.random() * 4); i >= 0; i--) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async crash(): Promise<void> {
    this.trace.push("crash");
    const isPowerCut = this.isAlways && this.chance(0.5);
    this.storage.kill();
    for (const { reader } of this.readers) reader.close();
    this.journal.close();
    await this.journal.finish();
    if (isPowerCut) this.disk.losePower(this.random);
    await this.restart();
  }

  async restartCleanly(): Promise<void> {
    this.trace.push("restart");
    for (const reader of this.readers) {
      reader.reader.close();
      await reader.pending;
    }
    // Not every append may have had its turn: those that wait are lost with the process.
    this.faults = 0;
    this.storage.fault = () => undefined;
    this.journal.close();
    await this.journal.finish();
    await this.restart();
  }

  /** What a new start finds must be a prefix of what was appended, with all that was acknowledged. */
  async restart(): Promise<void> {
    const storage = new ModelStorage(this.disk, this.random);
    const quiet = new Log("error", "text", () => {});
    const { segments } = await recover(storage, quiet, true);
    const end = segments.at(-1)?.end ?? 0;
    assert.equal(end >= this.acknowledged, true, `end ${end} before ${this.acknowledged}`);
    const cut = this.entries.findIndex((known) => known.end > end);
    if (cut >= 0) {
      assert.equal(this.entries[cut]!.position, end, "the journal ends with a whole entry");
      this.entries.length = cut;
    } else assert.equal(end, this.end);
    for (const { name, position } of await readCursors(storage)) {
      const reader = this.readers.find((reader) => reader.name === name);
      assert.equal(position <= (reader?.committed ?? Infinity), true);
    }
    this.waiting = 0;
    this.sessions.clear();
    for (const { session, sequence, kind } of this.entries) {
      if (kind === EntryKind.close) this.sessions.delete(session);
      else this.sessions.set(session, sequence);
    }
    await this.start();
  }

  async run(): Promise<void> {
    await this.start();
    this.addReader();
    for (let i = 0; i < this.options.actions; i++) {
      const dice = this.random();
      const reader = this.pick(this.readers);
      if (dice < 0.4) this.append();
      else if (dice < 0.65) await this.read(reader);
      else if (dice < 0.8) this.commit(reader);
      else if (dice < 0.88) await this.tick();
      else if (dice < 0.91) this.toggleFaults();
      else if (dice < 0.93) this.addReader();
      else if (dice < 0.945) await this.removeReader();
      else if (dice < 0.98) await this.crash();
      else await this.restartCleanly();
    }
    await this.drain();
  }

  toggleFaults(): void {
    if (this.options.failingCall !== undefined) return;
    this.faults = this.faults > 0 ? 0 : 0.2;
    // Also a file system that others fill.
    this.disk.bytesMax = this.chance(0.3) ? this.disk.bytes + 2000 : Infinity;
  }

  async removeReader(): Promise<void> {
    if (this.readers.length < 2) return;
    const [reader] = this.readers.splice(Math.floor(this.random() * this.readers.length), 1);
    reader!.reader.close();
    await reader!.pending;
    this.removed.add(reader!.name);
  }

  /** Without faults everything comes through, and the disk is sound. */
  async drain(): Promise<void> {
    this.faults = 0;
    this.disk.bytesMax = Infinity;
    this.journal.complete();
    for (let round = 0;; round++) {
      assert.equal(round < 20_000, true, `it gets stuck: ${this.lines.slice(-5).join("")}`);
      for (const reader of this.readers) {
        await this.read(reader);
        while (reader.read.length > 0) this.commit(reader);
      }
      const isRead = this.readers.every(({ next }) => next === this.end);
      if (isRead && this.waiting === 0) break;
      if (round % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await this.restartCleanly();
    for (const { reader } of this.readers) reader.close();
    this.journal.close();
    await this.journal.finish();
    this.calls += this.storage.calls;
    const names = [...this.disk.files.keys()].filter((name) => name.endsWith(".damaged"));
    assert.deepEqual(names, []);
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A message of this type about one of few peers. */
function frame(type: number, peer: number, length: number, fill: number): Uint8Array {
  const bytes = new Uint8Array(48 + length).fill(fill & 0xff, 48);
  bytes[0] = 3;
  bytes[5] = type;
  bytes[31] = peer;
  return bytes;
}

/** Whether a Peer Up says the same as another. */
function isSameUp(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.subarray(48).every((octet, i) => octet === b[48 + i]);
}

function name({ session, sequence }: Known): string {
  return `${session}/${sequence}`;
}

/** Runs one sequence of random actions; returns the number of I/O calls. @throws with the seed */
export async function runSequence(options: SequenceOptions): Promise<number> {
  const sequence = new Sequence(options);
  try {
    await sequence.run();
  } catch (error) {
    const head = `seed ${options.seed}, failing call ${options.failingCall}: `;
    const tail = [...sequence.trace.slice(-20), ...sequence.lines.slice(-5)].join("\n");
    if (error instanceof Error) error.message = `${head}${error.message}\n${tail}`;
    throw error;
  }
  return sequence.calls;
}
