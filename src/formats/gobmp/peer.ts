/** Peer Up and Peer Down (message type 10; RFC 7854 sections 4.9 and 4.10), and the downs that the collector makes itself. */
import type { Notification } from "../../bgp/notification.ts";
import { decodePeerDown, type PeerDown } from "../../bmp/messages/peer_down.ts";
import { decodePeerUp, type PeerUp, peerUpFacts } from "../../bmp/messages/peer_up.ts";
import { PEER_HEADER_BYTES, PeerHeader, writePeerHeaderTime } from "../../bmp/peer_header.ts";
import { type Peer, peerId } from "../../bmp/peer_table.ts";
import { faultWithin } from "../../wire/fault.ts";
import { md5Hex } from "../../wire/md5.ts";
import { base64Text, ipv4Text } from "../../wire/strings.ts";
import { putTimestampUs } from "../../wire/text.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";
import type { DecodeCounts } from "../counts.ts";
import { capabilityMap } from "./capabilities.ts";
import type { DecodeErrors } from "./decode_error.ts";
import { unnamedTlvs } from "./own.ts";
import { PeerView, putPeerRd } from "./peer_view.ts";
import { NOTHING_ASSUMED, type Records } from "./records.ts";
import type { Session } from "./session.ts";
import { PEER } from "./topics.ts";

const ASCII = new TextDecoder();

export class PeerFormatter {
  readonly #errors: DecodeErrors;
  readonly #counts: DecodeCounts;
  readonly #timestamp = new ByteWriter(32);
  /** Peers of older sessions that the Peer Up under way takes down first. */
  #superseded: readonly { readonly session: Session; readonly peer: Peer }[] = [];

  constructor(counts: DecodeCounts, errors: DecodeErrors) {
    this.#counts = counts;
    this.#errors = errors;
  }

  /**
   * Writes a Peer Up. `olderSessions` are the other open sessions of the same router: what one of them still holds of this peer
   * goes down first, since a router that comes back does not say so on the connection it lost. The session itself is among them if the
   * peer's end was lost in a gap.
   */
  writeUp(
    records: Records,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
    olderSessions: readonly Session[],
  ): void {
    const { session } = records;
    const errors = this.#errors;
    errors.start(header);
    writePeerHeaderTime(this.#timestamp, view, header);
    if (records.isFirstCall) this.#superseded = takeFrom(olderSessions, peerId(bytes, header));
    for (const { session: older, peer } of this.#superseded) {
      this.#writeSynthetic(records, older, peer, records.receivedAtUs);
    }
    writePeerHeaderTime(this.#timestamp, view, header);
    let up: PeerUp;
    try {
      up = decodePeerUp(
        bytes,
        view,
        header + PEER_HEADER_BYTES,
        end,
        bytes[header]!,
        bytes[header + 1]!,
      );
    } catch (error) {
      errors.note(faultWithin(error, "in Peer Up"), "message-dropped");
      const peerView = session.viewOf(bytes, view, header);
      errors.write(records, bytes, end, { view: peerView, timestamp: this.#timestamp });
      return;
    }
    if (records.isFirstCall) {
      this.#counts.add("peer_events", "up", 1);
      learn(session, bytes, header, up);
    }
    const peerView = session.viewOf(bytes, view, header);
    if (records.wantsNext()) {
      const sent = up.sent?.open;
      const received = up.received?.open;
      this.#begin(records, peerView, bytes, view, header, "add");
      records.putFields([
        ["remote_port", up.remotePort],
        ["local_asn", sent?.asn],
        ["local_ip", up.localAddress],
        ["local_port", up.localPort],
        ["local_bgp_id", sent?.bgpIdentifier],
        ["adv_cap", capabilityMap(sent?.capabilities, bytes, records.extraFields)],
        ["recv_cap", capabilityMap(received?.capabilities, bytes, records.extraFields)],
        ["remote_holddown", received?.holdTimeSeconds],
        ["adv_holddown", sent?.holdTimeSeconds],
      ]);
      this.#putFlags(records, peerView);
      if (records.extraFields) {
        records.putFields([
          ["peer_hash", peerView.peerHash],
          ["table_name", up.tableName],
          ["admin_label", up.adminLabel],
          ["information", up.strings],
          ["unknown_tlvs", unnamedTlvs(up.tlvs, bytes)],
        ]);
      }
      records.putOwnFields(NOTHING_ASSUMED);
      records.finish();
    }
    for (const fault of up.faults) errors.note(fault, "field-ignored");
    errors.write(records, bytes, end, { view: peerView, timestamp: this.#timestamp });
  }

  /** Enters a Peer Up of a keyframe, without records. */
  take(
    session: Session,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
    olderSessions: readonly Session[],
  ): void {
    takeFrom(olderSessions, peerId(bytes, header));
    const start = header + PEER_HEADER_BYTES;
    let up: PeerUp;
    try {
      up = decodePeerUp(bytes, view, start, end, bytes[header]!, bytes[header + 1]!);
    } catch {
      return;
    }
    learn(session, bytes, header, up);
  }

  /** Writes a Peer Down, as the router sent it. */
  writeDown(
    records: Records,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
  ): void {
    const { session } = records;
    const errors = this.#errors;
    errors.start(header);
    writePeerHeaderTime(this.#timestamp, view, header);
    const peerView = session.viewOf(bytes, view, header);
    let down: PeerDown;
    try {
      down = decodePeerDown(bytes, view, header + PEER_HEADER_BYTES, end);
    } catch (error) {
      errors.note(faultWithin(error, "in Peer Down"), "message-dropped");
      errors.write(records, bytes, end, { view: peerView, timestamp: this.#timestamp });
      return;
    }
    if (records.wantsNext()) {
      this.#begin(records, peerView, bytes, view, header, "down");
      records.putFields([
        ["info_data", base64Text(bytes, down.data.start, down.data.end)],
        ["bmp_reason", down.reason],
        ["bmp_error_code", down.notification?.code],
        ["bmp_error_sub_code", down.notification?.subcode],
        ["error_text", down.notification && errorText(down.notification)],
      ]);
      this.#putFlags(records, peerView);
      if (records.extraFields) {
        records.putFields([
          ["peer_hash", peerView.peerHash],
          ["table_name", down.tableName],
          ["reason_text", down.reasonName],
          ["fsm_event", down.fsmEvent],
          ["fsm_event_text", down.fsmEventName],
        ]);
      }
      records.putOwnFields(NOTHING_ASSUMED);
      records.finish();
    }
    for (const fault of down.faults) errors.note(fault, "field-ignored");
    errors.write(records, bytes, end, { view: peerView, timestamp: this.#timestamp });
    if (records.isFirstCall) this.#counts.add("peer_events", "down", 1);
    if (records.isStopped) return; // its last records need the peer
    session.peers.remove(peerId(bytes, header));
    session.views.clear();
  }

  /**
   * Writes a down for every peer of a session that has ended, at the time of its end; but for those that one of `newerSessions`, the
   * later ones of the same router, has too: a session that was lost unnoticed takes no live peer down.
   *
   * @param live the session goes on: only its peers that were up and are not among these have ended
   */
  writeAllDown(
    records: Records,
    newerSessions: readonly Session[],
    live?: ReadonlySet<string>,
  ): void {
    const { session } = records;
    for (const [id, peer] of session.peers.entries()) {
      if (live !== undefined && (live.has(id) || !peer.isUp)) continue;
      if (peer.isTakenOver || newerSessions.some((newer) => newer.peers.has(id))) continue;
      this.#writeSynthetic(records, session, peer, records.receivedAtUs);
      // The first call counts all of them.
      if (records.isStopped && !records.isFirstCall) return;
    }
  }

  #writeSynthetic(records: Records, session: Session, peer: Peer, atUs: number): void {
    if (records.isFirstCall) this.#counts.add("peer_events", "down_synthetic", 1);
    if (!records.wantsNext()) return;
    const bytes = peer.header;
    const view = new DataView(bytes.buffer);
    this.#timestamp.reset();
    putTimestampUs(this.#timestamp, atUs);
    const peerView = new PeerView(session, peer, bytes, view, 0);
    this.#begin(records, peerView, bytes, view, 0, "down");
    this.#putFlags(records, peerView);
    if (records.extraFields) records.putFields([["peer_hash", peerView.peerHash]]);
    records.putOwnFields(NOTHING_ASSUMED, false, true);
    records.finish();
  }

  /** Begins a peer record and writes what up and down have in common. */
  #begin(
    records: Records,
    peerView: PeerView,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    action: string,
  ): void {
    const { out } = records;
    const scratch = new ByteWriter(64);
    peerView.putAddress(scratch, bytes, header);
    const remoteIp = ASCII.decode(scratch.written());
    scratch.reset();
    putPeerRd(scratch, bytes, view, header);
    const peerRd = ASCII.decode(scratch.written());
    const bgpId = ipv4Text(bytes, header + PeerHeader.bgpId);
    const as = view.getUint32(header + PeerHeader.as);
    const type = bytes[header + PeerHeader.type]!;
    const hashed = ["peer", peerView.router.hash, bgpId, remoteIp, as, type, peerRd];
    out.begin(PEER, peerView.router.hash);
    out.ascii(`{"action":"${action}"`);
    records.putFields([
      ["hash", md5Hex(utf8(hashed.map((part) => `${part}\0`).join("")))],
      ["router_hash", peerView.router.hash],
      ["remote_bgp_id", bgpId],
      ["router_ip", peerView.router.ip],
      ["timestamp", ASCII.decode(this.#timestamp.written())],
      ["remote_asn", as],
      ["remote_ip", remoteIp],
      ["peer_type!", type],
      ["peer_rd", peerRd],
    ]);
  }

  /**
   * Writes the flags. `is_l` and `is_prepolicy` are false, as goBMP has them: a Peer Up or Down is about the peer, whatever its RIB views
   * (RFC 8671 section 4), so that L says nothing here.
   */
  #putFlags(records: Records, peerView: PeerView): void {
    records.putFields([["is_l!", false], ["is_prepolicy!", false], ["is_ipv4!", !peerView.isIpv6]]);
    records.out.raw(peerView.flags);
  }
}

/** Takes the peer out of the sessions that hold it. */
function takeFrom(sessions: readonly Session[], id: string): { session: Session; peer: Peer }[] {
  const taken = [];
  for (const session of sessions) {
    const peer = session.peers.takeOver(id);
    if (peer === undefined) continue;
    session.views.clear();
    taken.push({ session, peer });
  }
  return taken;
}

/** Enters a Peer Up into the session's peer table. */
function learn(session: Session, bytes: Uint8Array, header: number, up: PeerUp): void {
  session.firstLocalAddress ??= up.localAddress;
  session.peers.of(bytes, header)
    .up(bytes.subarray(header, header + PEER_HEADER_BYTES), peerUpFacts(up, bytes[header]!));
  session.views.clear();
}

/** Code and subcode of a NOTIFICATION in words, what the operator wrote (RFC 9003), and what a Hard Reset encloses (RFC 8538). */
function errorText(notification: Notification): string {
  const words = [notification.codeName ?? `error code ${notification.code}`];
  if (notification.subcodeName !== undefined) words.push(notification.subcodeName);
  if (notification.shutdownText !== undefined) words.push(notification.shutdownText);
  if (notification.enclosed !== undefined) words.push(errorText(notification.enclosed));
  return words.join(": ");
}
