/** What the journal on disk gives its readers. */
import type { JournalReader } from "../types.ts";
import type { Settings } from "./options.ts";
import type { DiskReader } from "./reader.ts";
import type { Segments } from "./segments.ts";
import type { Storage } from "./storage.ts";
import type { Tail } from "./tail.ts";

/** What a reader asks of the journal. */
export interface ReaderContext {
  readonly storage: Storage;
  readonly settings: Settings;
  readonly tail: Tail;
  readonly segments: Segments;
  /** Whether nothing more will be appended. */
  readonly isClosed: () => boolean;
  /** Starts a new segment as soon as possible. */
  readonly roll: () => void;
  readonly keepCheckpoint: (border: number, checkpoint: Uint8Array) => void;
  /** A second reader, see {@linkcode JournalReader.openAt}. */
  readonly openAt: (position: number) => JournalReader;
  readonly onClosed: (reader: DiskReader) => void;
}
