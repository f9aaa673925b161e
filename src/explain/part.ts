/** A part of a message, as `explain` shows it: where it is, what it is called, what it says, and what is wrong with it. */
import { type DecodeFault, isFault } from "../wire/fault.ts";
import { hexText } from "../wire/strings.ts";

/** What is wrong with a part. */
export interface PartFault {
  readonly code: string;
  /** Offset in the message. */
  readonly offset: number;
  readonly expected: string;
  /** Where in the message, outermost first; may be empty. */
  readonly within: string;
  /** What it costs (RFC 7606), where a rule says so. */
  readonly outcome: string;
}

/** What is said of a part beside its place and name. */
export interface PartFacts {
  /** Any JSON value, bigints included. */
  readonly value?: unknown;
  /** The value in words. */
  readonly meaning?: string | undefined;
  /** Document and section. */
  readonly reference?: string | undefined;
}

/** A node of the tree; offsets count from the first byte of the message. */
export class Part {
  readonly name: string;
  readonly start: number;
  /** End, exclusive. */
  readonly end: number;
  readonly facts: PartFacts;
  /** The bytes, where they could not be decoded. */
  hex = "";
  readonly faults: PartFault[] = [];
  /** In the order of the wire. */
  readonly parts: Part[] = [];

  constructor(name: string, start: number, end: number, facts: PartFacts = {}) {
    this.name = name;
    this.start = start;
    this.end = end;
    this.facts = facts;
  }

  /** Adds a part inside this one, behind those that are there. */
  add(name: string, start: number, end: number, facts?: PartFacts): Part {
    const part = new Part(name, start, end, facts);
    this.parts.push(part);
    return part;
  }

  /** Adds a part of which only the bytes are known; nothing where there are none. */
  addBytes(name: string, bytes: Uint8Array, start: number, end: number, facts?: PartFacts): void {
    if (start < end) this.add(name, start, end, facts).hex = hexText(bytes, start, end);
  }

  /** Puts a fault where it is: at the innermost part that holds its offset. */
  blame(found: DecodeFault, outcome = ""): void {
    const { code, offset, expected, within } = found;
    const inner = this.#at(offset);
    if (inner === undefined) this.faults.push({ code, offset, expected, within, outcome });
    else inner.blame(found, outcome);
  }

  /** Runs a decoder; what it throws is noted here, and the bytes are shown instead. */
  attempt(bytes: Uint8Array, start: number, end: number, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!isFault(error)) throw error;
      const last = this.parts.at(-1);
      this.addBytes("undecoded", bytes, Math.max(start, last?.end ?? start), end);
      this.blame(error);
    }
  }

  /** The last part inside this one that holds the offset. */
  #at(offset: number): Part | undefined {
    const { parts } = this;
    let low = 0;
    let high = parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (parts[middle]!.start <= offset) low = middle + 1;
      else high = middle;
    }
    const found = parts[low - 1];
    return found !== undefined && (offset < found.end || found.start === found.end)
      ? found
      : undefined;
  }
}
