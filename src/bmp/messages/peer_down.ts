/**
 * Peer Down Notification (RFC 7854 section 4.9, reason 6 RFC 9069 section 5.3): a BGP session ended.
 *
 * ```
 * 0  u8   Reason
 * 1  ...  1, 3: the NOTIFICATION, a whole BGP message
 *         2:    u16 FSM event, 0: none
 *         4, 5: nothing
 *         6:    TLVs
 *         1..5 in version 4: TLVs after that (draft-ietf-grow-bmp-tlv section 5.3)
 * ```
 */
import { BgpMessageType, readBgpMessage } from "../../bgp/message.ts";
import { FSM_EVENTS } from "../../bgp/fsm_events.ts";
import { decodeNotification, type Notification } from "../../bgp/notification.ts";
import { type DecodeFault, fail, fault, faultWithin } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";
import { TABLE_NAME, TABLE_TLV_TYPES } from "../table_tlvs.ts";
import { firstText, type InformationTlv, readInformationTlvs } from "../tlv.ts";

/** Reason octet of a Peer Down. */
export const PeerDownReason = {
  localNotification: 1,
  localFsmEvent: 2,
  remoteNotification: 3,
  remoteNoData: 4,
  deconfigured: 5,
  localTlvs: 6,
} as const;

const REASON_NAMES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Local system closed, NOTIFICATION PDU follows",
  2: "Local system closed, FSM Event follows",
  3: "Remote system closed, NOTIFICATION PDU follows",
  4: "Remote system closed, no data",
  5: "Peer de-configured",
  6: "Local system closed, TLV data follows",
};

/** A decoded Peer Down. */
export interface PeerDown {
  /** The reason octet, 1 to 6 by RFC 7854 and RFC 9069. */
  readonly reason: number;
  /** IANA's name, undefined for an unassigned reason. */
  readonly reasonName: string | undefined;
  /** Everything after the reason, as sent. */
  readonly data: ByteRange;
  /** Reasons 1 and 3; undefined when it could not be read. */
  readonly notification: Notification | undefined;
  /** Reason 2; 0: no relevant event. */
  readonly fsmEvent: number | undefined;
  /** RFC 4271's name of the event. */
  readonly fsmEventName: string | undefined;
  /** Reasons 1 to 6; data of an unknown reason is not looked at. */
  readonly tlvs: readonly InformationTlv[];
  /** VRF/Table Name, undefined when none came. */
  readonly tableName: string | undefined;
  /** What could not be read. */
  readonly malformed: ByteRange | undefined;
  /** What is wrong with it; what could be read is there all the same. */
  readonly faults: readonly DecodeFault[];
}

/**
 * Decodes a Peer Down; `start` is the first byte after the per-peer header.
 *
 * @throws DecodeFault `peer-down-length` when the reason is missing
 */
export function decodePeerDown(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): PeerDown {
  if (start >= end) fail("peer-down-length", start, "at least 1 byte, found 0");
  const reason = bytes[start]!;
  const data = { start: start + 1, end };
  const faults: DecodeFault[] = [];
  let notification: Notification | undefined;
  let fsmEvent: number | undefined;
  /** Where TLVs begin; undefined: nobody knows. */
  let tlvsStart: number | undefined = data.start;
  switch (reason) {
    case PeerDownReason.localNotification:
    case PeerDownReason.remoteNotification:
      try {
        tlvsStart = undefined;
        const message = readBgpMessage(bytes, view, data.start, end);
        tlvsStart = message.end;
        if (message.type !== BgpMessageType.notification) {
          fail("notification-type", message.bodyStart - 1, `type 3, found ${message.type}`);
        }
        notification = decodeNotification(bytes, view, message.bodyStart, message.end);
        for (const found of notification.faults) faults.push(faultWithin(found, "in NOTIFICATION"));
      } catch (error) {
        faults.push(faultWithin(error, "in NOTIFICATION"));
      }
      break;
    case PeerDownReason.localFsmEvent:
      if (end - data.start < 2) {
        tlvsStart = undefined;
        faults.push(fault("fsm-event-length", data.start, `2 bytes, found ${end - data.start}`));
      } else {
        fsmEvent = view.getUint16(data.start);
        tlvsStart = data.start + 2;
      }
      break;
    case PeerDownReason.remoteNoData:
    case PeerDownReason.deconfigured:
    case PeerDownReason.localTlvs:
      break;
    default:
      tlvsStart = end;
  }
  const { tlvs, malformed } = tlvsStart === undefined
    ? { tlvs: [], malformed: data }
    : readInformationTlvs(bytes, view, tlvsStart, end, TABLE_TLV_TYPES, faults);
  return {
    reason,
    reasonName: REASON_NAMES[reason],
    data,
    notification,
    fsmEvent,
    fsmEventName: fsmEvent === undefined ? undefined : FSM_EVENTS[fsmEvent],
    tlvs,
    tableName: firstText(tlvs, TABLE_NAME),
    malformed,
    faults,
  };
}
