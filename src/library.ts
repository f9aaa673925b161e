/**
 * The library: BMP streams to messages and records, without sockets, files or configuration.
 */
import { type BgpMessage, readBgpMessage } from "./bgp/message.ts";
import { type FrameError, frameErrorText, FrameFault, FrameSplitter } from "./bmp/frame.ts";
import { decodeInitiation, type Initiation } from "./bmp/messages/initiation.ts";
import { decodePeerDown, type PeerDown } from "./bmp/messages/peer_down.ts";
import { decodePeerUp, type PeerUp } from "./bmp/messages/peer_up.ts";
import { decodeRouteMirroring, type RouteMirroring } from "./bmp/messages/route_mirroring.ts";
import { decodeRouteMonitoringV4 } from "./bmp/messages/route_monitoring_v4.ts";
import { decodeStatistics, type StatisticsReport } from "./bmp/messages/statistics.ts";
import { decodeTermination, type Termination } from "./bmp/messages/termination.ts";
import {
  COMMON_HEADER_BYTES,
  hasPeerHeader,
  isIpv6Peer,
  MessageType,
  PEER_HEADER_BYTES,
  PeerHeader,
  RibView,
  ribView,
} from "./bmp/peer_header.ts";
import { ENTRY_DONE } from "./formats/formatter.ts";
import {
  createGobmpFormatter,
  type GobmpFormatter,
  type RouterIdentity,
} from "./formats/gobmp/mod.ts";
import { Output } from "./formats/output.ts";
import {
  Entry,
  EntryBatch,
  EntryKind,
  type SessionEnd,
  type SessionInfo,
} from "./journal/types.ts";
import { fail } from "./wire/fault.ts";
import { hexText, ipv4Text, ipv6Text } from "./wire/strings.ts";
import { utf8 } from "./wire/writer.ts";

const ASCII = new TextDecoder();
const BATCH_BYTES = 256 * 1024;

/** Which RIB a message is about, in words. */
export type RibViewName =
  | "adj-rib-in-pre"
  | "adj-rib-in-post"
  | "adj-rib-out-pre"
  | "adj-rib-out-post"
  | "loc-rib";

const VIEW_NAMES: Readonly<Record<RibView, RibViewName>> = {
  [RibView.adjRibInPre]: "adj-rib-in-pre",
  [RibView.adjRibInPost]: "adj-rib-in-post",
  [RibView.adjRibOutPre]: "adj-rib-out-pre",
  [RibView.adjRibOutPost]: "adj-rib-out-post",
  [RibView.locRib]: "loc-rib",
};

/** The per-peer header of a message (RFC 7854 section 4.2). */
export interface MessagePeer {
  /** 0 global, 1 RD, 2 local, 3 Loc-RIB instance. */
  readonly type: number;
  /** The flags octet. */
  readonly flags: number;
  /** The RIB that type and flags name. */
  readonly ribView: RibViewName;
  /** The peer distinguisher as 16 hex digits. */
  readonly distinguisher: string;
  /** IPv4 or IPv6 text. */
  readonly address: string;
  /** AS number of the peer. */
  readonly asn: number;
  /** Dotted decimal. */
  readonly bgpIdentifier: string;
  /** Seconds since 1970, 0: unknown. */
  readonly seconds: number;
  /** Added to the seconds; a router may send a million and more. */
  readonly microseconds: number;
}

/** One decoded BMP message; `kind` tells which. Offsets in it count from the message's first byte. */
export type BmpMessage =
  | { readonly kind: "route-monitoring"; readonly peer: MessagePeer; readonly pdu: BgpMessage }
  | {
    readonly kind: "statistics-report";
    readonly peer: MessagePeer;
    readonly body: StatisticsReport;
  }
  | { readonly kind: "peer-down"; readonly peer: MessagePeer; readonly body: PeerDown }
  | { readonly kind: "peer-up"; readonly peer: MessagePeer; readonly body: PeerUp }
  | { readonly kind: "initiation"; readonly body: Initiation }
  | { readonly kind: "termination"; readonly body: Termination }
  | { readonly kind: "route-mirroring"; readonly peer: MessagePeer; readonly body: RouteMirroring }
  | { readonly kind: "unknown"; readonly type: number };

/**
 * Decodes one BMP message, header included. Routes need what Peer Ups said before: for them see {@linkcode RecordDecoder}.
 *
 * @param message the bytes of one message, as {@linkcode readMessages} gives them
 * @throws {DecodeFault} (a plain object, see {@linkcode isFault}) when so much is missing that nothing can be said of the message
 */
export function decodeMessage(message: Uint8Array): BmpMessage {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const end = message.length;
  if (end < COMMON_HEADER_BYTES) fail("common-header", 0, `${COMMON_HEADER_BYTES} bytes`);
  const version = message[0]!;
  const type = message[5]!;
  if (!hasPeerHeader(type)) {
    switch (type) {
      case MessageType.initiation:
        return {
          kind: "initiation",
          body: decodeInitiation(message, view, COMMON_HEADER_BYTES, end),
        };
      case MessageType.termination:
        return {
          kind: "termination",
          body: decodeTermination(message, view, COMMON_HEADER_BYTES, end),
        };
      default:
        return { kind: "unknown", type };
    }
  }
  const start = COMMON_HEADER_BYTES + PEER_HEADER_BYTES;
  if (end < start) fail("per-peer-header", COMMON_HEADER_BYTES, `${PEER_HEADER_BYTES} bytes`);
  const peer = decodePeerHeader(message, view, COMMON_HEADER_BYTES);
  switch (type) {
    case MessageType.routeMonitoring: {
      const room = version === 4
        ? decodeRouteMonitoringV4(message, view, start, end).pdu
        : { start, end };
      const pdu = readBgpMessage(message, view, room.start, room.end);
      return { kind: "route-monitoring", peer, pdu };
    }
    case MessageType.statisticsReport:
      return {
        kind: "statistics-report",
        peer,
        body: decodeStatistics(message, view, start, end, version),
      };
    case MessageType.peerDown:
      return { kind: "peer-down", peer, body: decodePeerDown(message, view, start, end) };
    case MessageType.peerUp:
      return {
        kind: "peer-up",
        peer,
        body: decodePeerUp(message, view, start, end, peer.type, peer.flags),
      };
    default:
      return {
        kind: "route-mirroring",
        peer,
        body: decodeRouteMirroring(message, view, start, end),
      };
  }
}

function decodePeerHeader(bytes: Uint8Array, view: DataView, start: number): MessagePeer {
  const type = bytes[start + PeerHeader.type]!;
  const flags = bytes[start + PeerHeader.flags]!;
  const address = start + PeerHeader.address;
  return {
    type,
    flags,
    ribView: VIEW_NAMES[ribView(type, flags)],
    distinguisher: hexText(bytes, start + PeerHeader.distinguisher, address),
    address: isIpv6Peer(type, flags) ? ipv6Text(bytes, address) : ipv4Text(bytes, address + 12),
    asn: view.getUint32(start + PeerHeader.as),
    bgpIdentifier: ipv4Text(bytes, start + PeerHeader.bgpId),
    seconds: view.getUint32(start + PeerHeader.seconds),
    microseconds: view.getUint32(start + PeerHeader.microseconds),
  };
}

/** One record: what the collector would publish. */
export interface BmpRecord {
  /** goBMP's message type; our own start at 1000. */
  readonly type: number;
  /** Kafka topic and NATS subject, e.g. `gobmp.parsed.unicast_prefix_v4`. */
  readonly topic: string;
  /** Key of the record in Kafka: the router's hash. */
  readonly key: string;
  /**
   * The fields, as docs/records.md has them. Numbers above 2^53 - 1, which only statistics can hold, are rounded.
   */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What {@linkcode RecordDecoder} can be told; everything has a default. */
export interface RecordDecoderOptions {
  /** Name of the collector in the records' `collector`; absent there by default. */
  readonly collector?: string;
  /** What `router_ip` and `router_hash` are made from; `peer-local` by default. */
  readonly routerIdentity?: RouterIdentity;
  /** Whether to give the fields and records that goBMP lacks; true by default. */
  readonly extraFields?: boolean;
  /** Whether IPv4 and IPv6 routes have topics of their own; true by default. */
  readonly splitAf?: boolean;
  /** Name of the session in the records' `session`; `decode` by default. */
  readonly session?: string;
  /** Address that the session is said to come from; 127.0.0.1 by default. */
  readonly source?: string;
  /** Clock for `received_at`, microseconds since 1970; the computer's by default. */
  readonly nowUs?: () => number;
  /** Longest BMP message that is accepted, in bytes; 1 MiB by default. */
  readonly messageBytesMax?: number;
}

/**
 * Turns the byte stream of one BMP session into records, in order.
 *
 * ```ts
 * import { RecordDecoder } from "../mod.ts";
 *
 * const decoder = new RecordDecoder({ source: "192.0.2.1" });
 * const records = decoder.push(Uint8Array.from([3, 0, 0, 0, 6, 4]));
 * records.push(...decoder.end());
 * if (records.length !== 3) throw new Error("expected opened, Initiation, closed");
 * ```
 */
export class RecordDecoder {
  readonly #formatter: GobmpFormatter;
  readonly #splitter: FrameSplitter;
  readonly #batch = new EntryBatch();
  readonly #output = new Output(BATCH_BYTES, false);
  readonly #entry = new Entry();
  readonly #nowUs: () => number;
  #sequence = 0;
  #records: BmpRecord[] = [];
  #error: FrameError | undefined = undefined;

  /** Opens the session. */
  constructor(options: RecordDecoderOptions = {}) {
    this.#formatter = createGobmpFormatter({
      collector: options.collector ?? "",
      routerIdentity: options.routerIdentity ?? "peer-local",
      extraFields: options.extraFields ?? true,
      splitAf: options.splitAf ?? true,
    });
    this.#splitter = new FrameSplitter(options.messageBytesMax);
    this.#nowUs = options.nowUs ?? (() => Date.now() * 1000);
    const info: SessionInfo = {
      session: options.session ?? "decode",
      source: options.source ?? "127.0.0.1",
      source_port: 0,
      listener: "decode",
      parallel: false,
    };
    this.#feed(EntryKind.open, utf8(JSON.stringify(info)));
  }

  /**
   * Takes the next bytes of the stream, cut anywhere, and returns the records of the messages that they complete. Where the
   * stream is not BMP, there is an {@linkcode RecordDecoder.error}, and what follows is not read.
   */
  push(chunk: Uint8Array): BmpRecord[] {
    const batch = this.#batch;
    this.#error ??= this.#splitter.push(chunk, batch);
    for (let i = 0; i < batch.count; i++) {
      this.#feed(EntryKind.frame, batch.sources[i]!.subarray(batch.starts[i]!, batch.ends[i]!));
    }
    batch.clear();
    return this.#take();
  }

  /** What broke the stream; undefined: nothing so far. An end within a message shows after {@linkcode RecordDecoder.end}. */
  get error(): FrameError | undefined {
    return this.#error;
  }

  /** Ends the session: its peers go down, as they do when a router's connection closes. */
  end(): BmpRecord[] {
    const reason = this.#error === undefined ? "closed" : "frame";
    this.#error ??= this.#splitter.end();
    const detail = this.#error === undefined ? "" : frameErrorText(this.#error);
    const end: SessionEnd = { reason, detail };
    this.#feed(EntryKind.close, utf8(JSON.stringify(end)));
    return this.#take();
  }

  #feed(kind: EntryKind, bytes: Uint8Array): void {
    const entry = this.#entry;
    entry.kind = kind;
    entry.session = 1;
    entry.sequence = this.#sequence++;
    entry.receivedAtUs = this.#nowUs();
    entry.bytes = bytes;
    entry.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    entry.start = 0;
    entry.end = bytes.length;
    for (let part = 0; part !== ENTRY_DONE;) {
      part = this.#formatter.entry(entry, this.#output, part);
      this.#collect();
    }
  }

  #collect(): void {
    const out = this.#output;
    for (let i = 0; i < out.count; i++) {
      const { topic, key, start, end } = out.record(i);
      const data = JSON.parse(ASCII.decode(out.bytes.subarray(start, end)));
      this.#records.push({ type: topic.messageType, topic: topic.name, key, data });
    }
    out.clear();
  }

  #take(): BmpRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }
}

/**
 * Turns the byte stream of one BMP session into records, in order, up to its end.
 *
 * @param chunks the stream, cut in any way: an array, a file's stream, a socket
 * @throws {FrameFault} after the last record, when the stream is not BMP or ends within a message
 */
export async function* decodeRecords(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: RecordDecoderOptions = {},
): AsyncGenerator<BmpRecord, void> {
  const decoder = new RecordDecoder(options);
  for await (const chunk of chunks) {
    yield* decoder.push(chunk);
    if (decoder.error !== undefined) break;
  }
  yield* decoder.end();
  if (decoder.error !== undefined) throw new FrameFault(decoder.error);
}
