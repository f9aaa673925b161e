/** BGP messages: the header, OPEN, NOTIFICATION and ROUTE-REFRESH; an UPDATE has a file of its own. */
import {
  BGP_HEADER_BYTES,
  BgpMessageType,
  bgpMessageTypeName,
  hasBgpMarker,
  readBgpLength,
} from "../bgp/message.ts";
import { afiName, familyName } from "../bgp/families.ts";
import { decodeNotification, type Notification } from "../bgp/notification.ts";
import { decodeOpen, type Open } from "../bgp/open.ts";
import { decodeRouteRefresh } from "../bgp/route_refresh.ts";
import { fault } from "../wire/fault.ts";
import type { ByteRange } from "../wire/range.ts";
import { addCapabilities } from "./capabilities.ts";
import type { Part } from "./part.ts";

const MARKER_BYTES = 16;
const OPEN_FIXED_BYTES = 10;
const REFERENCES: Readonly<Record<number, string>> = {
  [BgpMessageType.open]: "RFC 4271 section 4.2",
  [BgpMessageType.update]: "RFC 4271 section 4.3",
  [BgpMessageType.keepalive]: "RFC 4271 section 4.4",
  [BgpMessageType.notification]: "RFC 4271 section 4.5",
  [BgpMessageType.routeRefresh]: "RFC 2918 section 3",
};

/** Shows the body of an UPDATE. */
export type AddUpdate = (to: Part, start: number, end: number) => void;

/** Adds the BGP message at `start`, which may end before `end`; returns where it ends. */
export function addBgpMessage(
  to: Part,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  addUpdate: AddUpdate,
): number {
  let messageEnd = end;
  to.attempt(bytes, start, end, () => {
    const message = readBgpLength(bytes, view, start, end);
    messageEnd = message.end;
    const name = bgpMessageTypeName(message.type);
    const part = to.add(name ?? "BGP message", start, message.end, {
      reference: REFERENCES[message.type],
    });
    part.add("Marker", start, start + MARKER_BYTES, { reference: "RFC 4271 section 4.1" });
    part.add("Length", start + 16, start + 18, { value: message.end - start });
    part.add("Type", start + 18, start + 19, { value: message.type, meaning: name ?? "unknown" });
    if (!hasBgpMarker(view, start, end)) part.blame(fault("bgp-marker", start, "16 octets 0xff"));
    addBody(part, bytes, view, message.type, start + BGP_HEADER_BYTES, message.end, addUpdate);
  });
  return messageEnd;
}

function addBody(
  to: Part,
  bytes: Uint8Array,
  view: DataView,
  type: number,
  start: number,
  end: number,
  addUpdate: AddUpdate,
): void {
  to.attempt(bytes, start, end, () => {
    switch (type) {
      case BgpMessageType.open:
        return addOpen(to, bytes, start, end, decodeOpen(bytes, view, start, end));
      case BgpMessageType.update:
        return addUpdate(to, start, end);
      case BgpMessageType.notification:
        return addNotification(to, bytes, start, decodeNotification(bytes, view, start, end));
      case BgpMessageType.routeRefresh:
        return addRouteRefresh(to, bytes, view, start, end);
      default:
        to.addBytes("Body", bytes, start, end);
    }
  });
}

function addOpen(to: Part, bytes: Uint8Array, start: number, end: number, open: Open): void {
  to.add("Version", start, start + 1, { value: open.version });
  to.add("My Autonomous System", start + 1, start + 3, { value: open.myAs });
  to.add("Hold Time", start + 3, start + 5, { value: open.holdTimeSeconds, meaning: "seconds" });
  to.add("BGP Identifier", start + 5, start + 9, { value: open.bgpIdentifier });
  const parameters = to.add("Optional Parameters", start + OPEN_FIXED_BYTES - 1, end, {
    reference: open.extendedParameters ? "RFC 9072 section 2" : "RFC 5492 section 4",
  });
  addCapabilities(parameters, bytes, open.capabilities);
  for (const { type, start: valueStart, end: valueEnd } of open.parameters) {
    parameters.addBytes("Parameter", bytes, valueStart, valueEnd, { value: type });
  }
  parameters.parts.sort((a, b) => a.start - b.start);
  for (const found of open.faults) to.blame(found);
}

function addNotification(
  to: Part,
  bytes: Uint8Array,
  start: number,
  notification: Notification,
): void {
  const { code, codeName, subcode, subcodeName, data, shutdownText, prefixLimit } = notification;
  to.add("Error Code", start, start + 1, { value: code, meaning: codeName ?? "unknown" });
  to.add("Error Subcode", start + 1, start + 2, { value: subcode, meaning: subcodeName });
  if (notification.enclosed !== undefined) {
    const { start: dataStart, end } = data;
    const enclosed = to.add("Hard Reset", dataStart, end, { reference: "RFC 8538 section 3.1" });
    addNotification(enclosed, bytes, dataStart, notification.enclosed);
  } else if (shutdownText !== undefined) {
    to.add("Shutdown Communication", data.start, data.end, {
      value: shutdownText,
      reference: "RFC 9003 section 2",
    });
  } else if (prefixLimit !== undefined) {
    to.add("Prefix Upper Bound", data.start, data.end, {
      value: prefixLimit.limit,
      meaning: familyName(prefixLimit.afi, prefixLimit.safi),
      reference: "RFC 4486 section 4",
    });
  } else {
    to.addBytes("Data", bytes, data.start, data.end);
  }
  for (const found of notification.faults) to.blame(found);
}

function addRouteRefresh(
  to: Part,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  const { afi, safi, subtype, subtypeName, filters } = decodeRouteRefresh(bytes, view, start, end);
  to.add("AFI", start, start + 2, { value: afi, meaning: afiName(afi) });
  to.add("Message Subtype", start + 2, start + 3, { value: subtype, meaning: subtypeName });
  to.add("SAFI", start + 3, start + 4, { value: safi, meaning: familyName(afi, safi) });
  addRange(to, "Filters", bytes, filters, "RFC 5291 section 4");
}

/** Adds the bytes of a range, if there are any. */
export function addRange(
  to: Part,
  name: string,
  bytes: Uint8Array,
  { start, end }: ByteRange,
  reference?: string,
): void {
  to.addBytes(name, bytes, start, end, { reference });
}
