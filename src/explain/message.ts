/** BMP messages (RFC 7854 section 4) as trees. Best effort: what cannot be decoded is shown as bytes, with what was expected there. */
import { decodeInitiation } from "../bmp/messages/initiation.ts";
import { decodePeerDown, PeerDownReason } from "../bmp/messages/peer_down.ts";
import { decodePeerUp, peerUpFacts, type PeerUpOpen } from "../bmp/messages/peer_up.ts";
import { decodeRouteMirroring } from "../bmp/messages/route_mirroring.ts";
import { decodeRouteMonitoringV4 } from "../bmp/messages/route_monitoring_v4.ts";
import { decodeStatistics } from "../bmp/messages/statistics.ts";
import { decodeTermination } from "../bmp/messages/termination.ts";
import { MESSAGE_TYPES } from "../bmp/message_types.ts";
import {
  COMMON_HEADER_BYTES,
  hasPeerHeader,
  MessageType,
  PEER_HEADER_BYTES,
  PeerFlag,
  PeerHeader,
  PeerType,
  RibView,
  ribView,
} from "../bmp/peer_header.ts";
import { peerId, PeerTable } from "../bmp/peer_table.ts";
import { STATISTIC_TYPES } from "../bmp/statistic_types.ts";
import { type InformationTlv, readTrailingTlvs, type Tlv } from "../bmp/tlv.ts";
import { addPathModes } from "../bgp/open.ts";
import { familyName } from "../bgp/families.ts";
import { type DecodeFault, fault } from "../wire/fault.ts";
import type { ByteRange } from "../wire/range.ts";
import { addBgpMessage, addRange } from "./bgp_message.ts";
import { addIndexedTlvs } from "./indexed_tlvs.ts";
import { Part, type PartFacts } from "./part.ts";
import { addPeerHeader } from "./peer_header.ts";
import { UpdateExplainer } from "./update.ts";

const TLV_HEADER_BYTES = 4;

/** Shows the messages of one session, in order: what Peer Ups said decides how routes read. */
export class MessageExplainer {
  readonly #peers = new PeerTable();
  readonly #updates = new UpdateExplainer();

  /** The tree of the BMP message `bytes`, whose offsets count from its first byte. Never throws. */
  explain(bytes: Uint8Array): Part {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const type = bytes[5] ?? -1;
    const known = MESSAGE_TYPES[type];
    const message = new Part(known?.name ?? "Unknown message", 0, bytes.length, {
      reference: known?.reference,
    });
    try {
      this.#addMessage(message, bytes, view, type);
    } catch (error) {
      // A mistake of this program must not hide what the other messages say.
      message.blame(fault("explain-bug", 0, `no error of this program: ${String(error)}`));
    }
    return message;
  }

  #addMessage(message: Part, bytes: Uint8Array, view: DataView, type: number): void {
    const end = bytes.length;
    message.attempt(bytes, 0, end, () => {
      if (end < COMMON_HEADER_BYTES) {
        throw fault("common-header", 0, `${COMMON_HEADER_BYTES} bytes, found ${end}`);
      }
      const header = message.add("Common Header", 0, COMMON_HEADER_BYTES, {
        reference: "RFC 7854 section 4.1",
      });
      header.add("Version", 0, 1, { value: bytes[0]! });
      header.add("Message Length", 1, 5, { value: view.getUint32(1) });
      header.add("Message Type", 5, 6, {
        value: type,
        meaning: MESSAGE_TYPES[type]?.name ?? "unknown",
      });
      let start = COMMON_HEADER_BYTES;
      if (hasPeerHeader(type)) {
        if (end - start < PEER_HEADER_BYTES) {
          throw fault(
            "per-peer-header",
            start,
            `${PEER_HEADER_BYTES} bytes, found ${end - start}`,
          );
        }
        addPeerHeader(message, bytes, view, start);
        start += PEER_HEADER_BYTES;
        if (bytes[COMMON_HEADER_BYTES]! > PeerType.locRib) {
          message.addBytes("Body", bytes, start, end, { meaning: "of an unknown peer type" });
          return;
        }
      }
      this.#addBody(message, bytes, view, type, start, end);
    });
  }

  #addBody(
    to: Part,
    bytes: Uint8Array,
    view: DataView,
    type: number,
    start: number,
    end: number,
  ): void {
    switch (type) {
      case MessageType.routeMonitoring:
        return this.#addRouteMonitoring(to, bytes, view, start, end);
      case MessageType.statisticsReport:
        return addStatistics(to, bytes, view, start, end);
      case MessageType.peerDown:
        return this.#addPeerDown(to, bytes, view, start, end);
      case MessageType.peerUp:
        return this.#addPeerUp(to, bytes, view, start, end);
      case MessageType.initiation: {
        const { tlvs, malformed, faults } = decodeInitiation(bytes, view, start, end);
        return addTlvs(to, bytes, tlvs, malformed, faults);
      }
      case MessageType.termination: {
        const termination = decodeTermination(bytes, view, start, end);
        const { tlvs, reason, reasonName, malformed, faults } = termination;
        const shown = { value: reason, meaning: reasonName ?? "unknown" };
        const isReason = (tlv: InformationTlv) => tlv.name === "Reason" && reason !== undefined;
        return addTlvs(
          to,
          bytes,
          tlvs,
          malformed,
          faults,
          (tlv) => isReason(tlv) ? shown : undefined,
        );
      }
      case MessageType.routeMirroring:
        return this.#addRouteMirroring(to, bytes, view, start, end);
      default:
        to.addBytes("Body", bytes, start, end);
    }
  }

  #addPeerUp(to: Part, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const [type, flags] = [bytes[COMMON_HEADER_BYTES]!, bytes[COMMON_HEADER_BYTES + 1]!];
    const up = decodePeerUp(bytes, view, start, end, type, flags);
    to.add("Local Address", start, start + 16, { value: up.localAddress });
    to.add("Local Port", start + 16, start + 18, { value: up.localPort });
    to.add("Remote Port", start + 18, start + 20, { value: up.remotePort });
    this.#addOpen(to, "Sent OPEN", bytes, view, up.sent);
    this.#addOpen(to, "Received OPEN", bytes, view, up.received);
    addTlvs(to, bytes, up.tlvs, up.malformed, []);
    // Those of the OPENs were noted while they were shown.
    for (const found of up.faults) if (!isInOpen(found, up)) to.blame(found);
    const header = bytes.slice(COMMON_HEADER_BYTES, COMMON_HEADER_BYTES + PEER_HEADER_BYTES);
    this.#peers.of(bytes, COMMON_HEADER_BYTES).up(header, peerUpFacts(up, type));
  }

  #addOpen(
    to: Part,
    name: string,
    bytes: Uint8Array,
    view: DataView,
    range: PeerUpOpen | undefined,
  ): void {
    if (range === undefined) return;
    const part = to.add(name, range.start, range.end);
    addBgpMessage(part, bytes, view, range.start, range.end, this.#updateOf(bytes, view));
  }

  #addPeerDown(to: Part, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const down = decodePeerDown(bytes, view, start, end);
    const { reason, reasonName, data, notification, fsmEvent, fsmEventName } = down;
    to.add("Reason", start, start + 1, { value: reason, meaning: reasonName ?? "unknown" });
    let shownFaults = down.faults;
    if (
      reason === PeerDownReason.localNotification || reason === PeerDownReason.remoteNotification
    ) {
      const update = this.#updateOf(bytes, view);
      if (data.start < data.end) addBgpMessage(to, bytes, view, data.start, data.end, update);
      if (notification !== undefined || data.start < data.end) {
        shownFaults = down.faults.filter(({ within }) => !within.startsWith("in NOTIFICATION"));
      }
    } else if (fsmEvent !== undefined) {
      const meaning = fsmEventName ?? (fsmEvent === 0 ? "no relevant event" : "unknown");
      to.add("FSM Event", data.start, data.start + 2, { value: fsmEvent, meaning });
    } else if (down.tlvs.length === 0) {
      addRange(to, "Data", bytes, data);
    }
    addTlvs(to, bytes, down.tlvs, undefined, shownFaults);
    this.#peers.remove(peerId(bytes, COMMON_HEADER_BYTES));
  }

  #addRouteMonitoring(
    to: Part,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): void {
    if (bytes[0] === 4) {
      const decoded = decodeRouteMonitoringV4(bytes, view, start, end);
      const modes = decoded.capabilities.length > 0 ? addPathModes(decoded) : undefined;
      addIndexedTlvs(
        to,
        bytes,
        decoded,
        (part, at) =>
          addBgpMessage(part, bytes, view, at.start, at.end, this.#updateOf(bytes, view, modes)),
      );
      return;
    }
    const pduEnd = addBgpMessage(to, bytes, view, start, end, this.#updateOf(bytes, view));
    if (pduEnd === end) return;
    const tlvs = readTrailingTlvs(bytes, view, pduEnd, end);
    if (tlvs !== undefined) addTlvs(to, bytes, tlvs, undefined, []);
    else {
      to.addBytes("undecoded", bytes, pduEnd, end);
      to.blame(fault("bytes-after-update", pduEnd, "the end of the message, or TLVs up to it"));
    }
  }

  #addRouteMirroring(
    to: Part,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): void {
    const { tlvs, malformed, faults } = decodeRouteMirroring(bytes, view, start, end);
    for (const tlv of tlvs) {
      const part = addTlv(to, tlv, tlv.kind === "bgp-message" ? "BGP Message" : tlv.kind);
      if (tlv.kind === "bgp-message") {
        addBgpMessage(part, bytes, view, tlv.start, tlv.end, this.#updateOf(bytes, view));
      } else if (tlv.kind === "information") {
        part.add("Code", tlv.start, tlv.end, { value: tlv.code, meaning: tlv.name ?? "unknown" });
      } else {
        part.addBytes("Value", bytes, tlv.start, tlv.end);
      }
    }
    if (malformed !== undefined) addRange(to, "undecoded", bytes, malformed);
    for (const found of faults) to.blame(found);
  }

  /** Shows an UPDATE of the peer that the message names. */
  #updateOf(
    bytes: Uint8Array,
    view: DataView,
    statelessModes?: ReadonlyMap<number, number>,
  ): (to: Part, start: number, end: number) => void {
    return (to, start, end) => {
      const header = COMMON_HEADER_BYTES;
      const flags = bytes[header + PeerHeader.flags]!;
      const view_ = ribView(bytes[header]!, flags);
      this.#updates.add(to, bytes, view, start, end, {
        peer: this.#peers.of(bytes, header),
        view: view_,
        statelessModes,
        isTwoOctetAs: view_ !== RibView.locRib && (flags & PeerFlag.twoOctetAs) !== 0,
        peerAs: view.getUint32(header + PeerHeader.as),
      });
    };
  }
}

/** Whether a fault of a Peer Up lies in one of its OPENs that are shown. */
function isInOpen(
  { offset }: DecodeFault,
  { sent, received }: { sent: PeerUpOpen | undefined; received: PeerUpOpen | undefined },
): boolean {
  return [sent, received].some((it) => it !== undefined && it.start <= offset && offset < it.end);
}

function addStatistics(
  to: Part,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  const report = decodeStatistics(bytes, view, start, end, bytes[0]!);
  const { list, statistics, declaredCount } = report;
  to.add("Stats Count", list.start, list.start + 4, { value: declaredCount });
  for (const statistic of statistics) {
    const { type, name, afi, safi, value, hex } = statistic;
    const part = to.add("Statistic", statistic.start - TLV_HEADER_BYTES, statistic.end, {
      value: type,
      meaning: name ?? "unknown",
      reference: STATISTIC_TYPES[type]?.reference,
    });
    if (hex !== undefined) {
      part.addBytes("Value", bytes, statistic.start, statistic.end);
      continue;
    }
    const meaning = afi === undefined ? undefined : familyName(afi, safi!);
    part.add("Value", statistic.start, statistic.end, { value, meaning });
  }
  addTlvs(to, bytes, report.tlvs, report.malformed, report.faults);
}

function addTlv(to: Part, { type, start, end }: Tlv, meaning: string | undefined): Part {
  return to.add("TLV", start - TLV_HEADER_BYTES, end, { value: type, meaning });
}

/** Adds TLVs; `factsOf` says what the value of one is that is neither text nor mere bytes. */
function addTlvs<T extends Tlv>(
  to: Part,
  bytes: Uint8Array,
  tlvs: readonly T[],
  malformed: ByteRange | undefined,
  faults: readonly DecodeFault[],
  factsOf: (tlv: T) => PartFacts | undefined = textOf,
): void {
  for (const tlv of tlvs) {
    const name = "name" in tlv ? (tlv.name as string | undefined) ?? "unknown" : undefined;
    const part = addTlv(to, tlv, name);
    const facts = factsOf(tlv) ?? textOf(tlv);
    if (facts === undefined) part.addBytes("Value", bytes, tlv.start, tlv.end);
    else part.add("Value", tlv.start, tlv.end, facts);
  }
  if (malformed !== undefined) addRange(to, "undecoded", bytes, malformed);
  for (const found of faults) to.blame(found);
}

function textOf(tlv: Tlv): PartFacts | undefined {
  return "text" in tlv && tlv.text !== undefined ? { value: tlv.text } : undefined;
}
