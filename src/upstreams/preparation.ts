/** What becomes of one session's messages on their way to an upstream. */
import { MessageType } from "../bmp/peer_header.ts";
import { Entry, EntryKind, readEntry, type SessionInfo } from "../journal/types.ts";
import { proxyHeaderV2 } from "../wire/proxy_protocol.ts";
import type { UpstreamFilter } from "./filter.ts";
import type { Link } from "./link.ts";
import { withSysName } from "./sys_name.ts";

/** `bytes[start, end)`. */
export interface Message {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export interface PreparationOptions {
  readonly filter: UpstreamFilter;
  /** Empty: as the router says. */
  readonly sysName: string;
  readonly proxyProtocol: boolean;
}

export class Preparation {
  /** Whether the messages pass as they are, all of them. */
  readonly isUntouched: boolean;
  readonly #options: PreparationOptions;
  readonly #info: SessionInfo;
  #reports = new Map<string, number>();

  constructor(options: PreparationOptions, info: SessionInfo) {
    this.isUntouched = options.filter.isOpen && options.sysName === "";
    this.#options = options;
    this.#info = info;
  }

  accepts(entry: Entry): boolean {
    return this.#options.filter.accepts(entry, this.#reports);
  }

  /** The message of a frame, as the upstream gets it. */
  rewritten(entry: Entry): Message {
    const { sysName } = this.#options;
    const { bytes, start, end } = entry;
    if (sysName === "" || bytes[start + 5] !== MessageType.initiation) return entry;
    const message = withSysName(bytes.subarray(start, end), sysName, this.#info.source);
    return { bytes: message, start: 0, end: message.length };
  }

  /**
   * What a connection begins with: the PROXY header, and what was true where it goes on.
   *
   * @param state entries with their headers: the session's open entry, Initiations and Peer Ups
   */
  begin(link: Link, state: readonly Uint8Array[]): Uint8Array {
    this.#reports = new Map();
    const parts: Uint8Array[] = [];
    if (this.#options.proxyProtocol) {
      const { source, source_port } = this.#info;
      parts.push(proxyHeaderV2({ address: source, port: source_port }, link.remote));
    }
    const entry = new Entry();
    for (const bytes of state) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const end = bytes.length;
      readEntry({ kind: "entries", bytes, view, start: 0, end, cursor: 0 }, 0, entry);
      if (entry.kind !== EntryKind.frame || !this.accepts(entry)) continue;
      const message = this.rewritten(entry);
      parts.push(message.bytes.subarray(message.start, message.end));
    }
    return concatenated(parts);
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
