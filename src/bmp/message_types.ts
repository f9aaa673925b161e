/** The messages of BMP that this program decodes (RFC 7854 section 4.1), by type. One of another type is kept as bytes. */
import { MessageType } from "./peer_header.ts";

/** What a message type is. */
export interface MessageTypeFacts {
  /** IANA's name. */
  readonly name: string;
  /** The document that defines it: in the support matrix and in `explain`. */
  readonly reference: string;
}

export const MESSAGE_TYPES: Readonly<Record<number, MessageTypeFacts>> = {
  [MessageType.routeMonitoring]: { name: "Route Monitoring", reference: "RFC 7854 section 4.6" },
  [MessageType.statisticsReport]: { name: "Statistics Report", reference: "RFC 7854 section 4.8" },
  [MessageType.peerDown]: { name: "Peer Down Notification", reference: "RFC 7854 section 4.9" },
  [MessageType.peerUp]: { name: "Peer Up Notification", reference: "RFC 7854 section 4.10" },
  [MessageType.initiation]: { name: "Initiation", reference: "RFC 7854 section 4.3" },
  [MessageType.termination]: { name: "Termination", reference: "RFC 7854 section 4.5" },
  [MessageType.routeMirroring]: { name: "Route Mirroring", reference: "RFC 7854 section 4.7" },
};
