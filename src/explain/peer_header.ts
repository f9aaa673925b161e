/** The per-peer header (RFC 7854 section 4.2, RFC 8671 section 4, RFC 9069 section 4). */
import {
  isIpv6Peer,
  PEER_HEADER_BYTES,
  PeerFlag,
  PeerHeader,
  PeerType,
  RibView,
  ribView,
} from "../bmp/peer_header.ts";
import { hexText, ipv4Text, ipv6Text, routeDistinguisherText } from "../wire/strings.ts";
import { putTimestamp } from "../wire/text.ts";
import { ByteWriter } from "../wire/writer.ts";
import type { Part } from "./part.ts";

const ASCII = new TextDecoder();
const TYPE_NAMES: Readonly<Record<number, string>> = {
  [PeerType.global]: "Global Instance Peer",
  [PeerType.routeDistinguisher]: "RD Instance Peer",
  [PeerType.local]: "Local Instance Peer",
  [PeerType.locRib]: "Loc-RIB Instance Peer",
};
const VIEW_NAMES: Readonly<Record<RibView, string>> = {
  [RibView.adjRibInPre]: "Adj-RIB-In, pre-policy",
  [RibView.adjRibInPost]: "Adj-RIB-In, post-policy",
  [RibView.adjRibOutPre]: "Adj-RIB-Out, pre-policy",
  [RibView.adjRibOutPost]: "Adj-RIB-Out, post-policy",
  [RibView.locRib]: "Loc-RIB",
};

export function addPeerHeader(to: Part, bytes: Uint8Array, view: DataView, start: number): void {
  const header = to.add("Per-Peer Header", start, start + PEER_HEADER_BYTES, {
    reference: "RFC 7854 section 4.2",
  });
  const type = bytes[start + PeerHeader.type]!;
  const flags = bytes[start + PeerHeader.flags]!;
  const add = (name: string, at: number, end: number, value: unknown, meaning?: string): void => {
    header.add(name, start + at, start + end, { value, meaning });
  };
  const { distinguisher, address, as, bgpId, seconds, microseconds } = PeerHeader;
  const at = start + address;
  add("Peer Type", PeerHeader.type, PeerHeader.flags, type, TYPE_NAMES[type] ?? "unknown");
  const flagsText = `0x${flags.toString(16).padStart(2, "0")}`;
  add("Peer Flags", PeerHeader.flags, distinguisher, flagsText, flagNames(type, flags));
  add(
    "Peer Distinguisher",
    distinguisher,
    address,
    hexText(bytes, start + distinguisher, at),
    type === PeerType.routeDistinguisher
      ? routeDistinguisherText(bytes, start + distinguisher)
      : undefined,
  );
  const addressText = isIpv6Peer(type, flags) ? ipv6Text(bytes, at) : ipv4Text(bytes, at + 12);
  add("Peer Address", address, as, addressText);
  add("Peer AS", as, bgpId, view.getUint32(start + as));
  add("Peer BGP ID", bgpId, seconds, ipv4Text(bytes, start + bgpId));
  const secondsValue = view.getUint32(start + seconds);
  const microsecondsValue = view.getUint32(start + microseconds);
  const time = new ByteWriter(32);
  putTimestamp(time, secondsValue, microsecondsValue);
  add(
    "Timestamp",
    seconds,
    PEER_HEADER_BYTES,
    `${secondsValue}.${String(microsecondsValue).padStart(6, "0")}`,
    ASCII.decode(time.written()),
  );
}

function flagNames(type: number, flags: number): string | undefined {
  if (type > PeerType.locRib) return undefined;
  const names: string[] = [VIEW_NAMES[ribView(type, flags)]];
  if (type === PeerType.locRib) {
    if ((flags & PeerFlag.filtered) !== 0) names.push("F: filtered");
  } else {
    if ((flags & PeerFlag.ipv6) !== 0) names.push("V: IPv6");
    if ((flags & PeerFlag.postPolicy) !== 0) names.push("L: post-policy");
    if ((flags & PeerFlag.twoOctetAs) !== 0) names.push("A: two-octet AS_PATH");
    if ((flags & PeerFlag.adjRibOut) !== 0) names.push("O: Adj-RIB-Out");
  }
  return names.join(", ");
}
