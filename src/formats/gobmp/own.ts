/** Records that goBMP lacks, for messages that it reads and forgets: sessions, Initiation, Termination, mirrored and unknown messages. */
import { bgpMessageTypeName } from "../../bgp/message.ts";
import { decodeInitiation, type Initiation } from "../../bmp/messages/initiation.ts";
import { decodeRouteMirroring } from "../../bmp/messages/route_mirroring.ts";
import { decodeTermination, type Termination } from "../../bmp/messages/termination.ts";
import { PEER_HEADER_BYTES, writePeerHeaderTime } from "../../bmp/peer_header.ts";
import { Peer, peerId } from "../../bmp/peer_table.ts";
import type { InformationTlv, Tlv } from "../../bmp/tlv.ts";
import type { SessionEnd } from "../../journal/types.ts";
import { hexText } from "../../wire/strings.ts";
import { ByteWriter } from "../../wire/writer.ts";
import type { Topic } from "../output.ts";
import type { DecodeErrors } from "./decode_error.ts";
import { PeerView } from "./peer_view.ts";
import type { Field, Records } from "./records.ts";
import type { Session } from "./session.ts";
import { INITIATION, MESSAGE, MIRROR, SESSION, TERMINATION } from "./topics.ts";

const BGP_TYPE_OFFSET = 18;

export function writeSessionOpened(records: Records): void {
  const { source_port, listener, tls } = records.session.info;
  const fields: Field[] = [["action", "opened"], ["source_port", source_port]];
  records.writeOwn(SESSION, [...fields, ["listener", listener], ["tls", tls]]);
}

export function writeSessionClosed(records: Records, end: SessionEnd): void {
  records.writeOwn(SESSION, [["action", "closed"], ["reason", end.reason], ["detail", end.detail]]);
}

/** Writes an Initiation and takes the router's name from it. */
export function writeInitiation(
  records: Records,
  errors: DecodeErrors,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  errors.start(start);
  const initiation = decodeInitiation(bytes, view, start, end);
  if (records.isFirstCall && initiation.sysName !== undefined) {
    records.session.setName(initiation.sysName);
  }
  const own: Field[] = [["sys_name", initiation.sysName], ["sys_descr", initiation.sysDescr]];
  writeInformation(records, errors, INITIATION, own, initiation, bytes, end);
}

/** Takes the router's name from an Initiation. */
export function takeInitiation(
  session: Session,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  const { sysName } = decodeInitiation(bytes, view, start, end);
  if (sysName !== undefined && sysName !== session.name) session.setName(sysName);
}

export function writeTermination(
  records: Records,
  errors: DecodeErrors,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  errors.start(start);
  const termination = decodeTermination(bytes, view, start, end);
  const own: Field[] = [
    [termination.reason === undefined ? "reason_code" : "reason_code!", termination.reason],
    ["reason_text", termination.reasonName],
  ];
  writeInformation(records, errors, TERMINATION, own, termination, bytes, end);
}

/** Writes the record of a message that is all Information TLVs: `own` fields of its kind first. */
function writeInformation(
  records: Records,
  errors: DecodeErrors,
  topic: Topic,
  own: readonly Field[],
  message: Initiation | Termination,
  bytes: Uint8Array,
  end: number,
): void {
  records.writeOwn(topic, [
    ...own,
    ["information", message.strings],
    ["unknown_tlvs", unnamedTlvs(message.tlvs, bytes)],
  ]);
  for (const fault of message.faults) errors.note(fault, "field-ignored");
  errors.write(records, bytes, end, undefined);
}

/**
 * Writes a Route Mirroring (RFC 7854 section 4.7): the BGP messages as bytes. They are no RIB change, so their routes are not
 * published as such.
 */
export function writeMirror(
  records: Records,
  errors: DecodeErrors,
  bytes: Uint8Array,
  view: DataView,
  header: number,
  end: number,
): void {
  errors.start(header);
  const timestamp = new ByteWriter(32);
  writePeerHeaderTime(timestamp, view, header);
  // A mirrored message tells nothing of a peer's state (RFC 7854 section 4.7 mirrors peers that are not up): it makes no peer known.
  const { session } = records;
  const peer = session.peers.get(peerId(bytes, header)) ??
    new Peer(bytes.subarray(header, header + PEER_HEADER_BYTES));
  const message = { view: new PeerView(session, peer, bytes, view, header), timestamp };
  const mirroring = decodeRouteMirroring(bytes, view, header + PEER_HEADER_BYTES, end);
  const messages: object[] = [];
  const codes: object[] = [];
  const unknown: object[] = [];
  for (const tlv of mirroring.tlvs) {
    const hex = hexText(bytes, tlv.start, tlv.end);
    if (tlv.kind === "information") {
      codes.push({ code: tlv.code, text: tlv.name });
    } else if (tlv.kind === "bgp-message") {
      const type = tlv.end - tlv.start > BGP_TYPE_OFFSET
        ? bytes[tlv.start + BGP_TYPE_OFFSET]!
        : undefined;
      messages.push({
        type,
        type_text: type === undefined ? undefined : bgpMessageTypeName(type),
        hex,
      });
    } else {
      unknown.push({ type: tlv.type, hex });
    }
  }
  records.writeOwn(MIRROR, [
    ["messages", messages],
    ["information_codes", codes],
    ["unknown_tlvs", unknown],
  ], message);
  for (const fault of mirroring.faults) errors.note(fault, "field-ignored");
  errors.write(records, bytes, end, message);
}

/** Writes a message of a type, or about a peer of a type, that no RFC defines, whole. */
export function writeUnknownMessage(
  records: Records,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  records.writeOwn(MESSAGE, [["bmp_version!", bytes[start]], ["bmp_type!", bytes[start + 5]], [
    "hex",
    hexText(bytes, start, end),
  ]]);
}

/** TLVs of types without a name, as bytes. */
export function unnamedTlvs(tlvs: readonly InformationTlv[], bytes: Uint8Array): object[] {
  return tlvsAsHex(tlvs.filter((tlv) => tlv.name === undefined), bytes);
}

export function tlvsAsHex(tlvs: readonly Tlv[], bytes: Uint8Array): object[] {
  return tlvs.map((tlv) => ({ type: tlv.type, hex: hexText(bytes, tlv.start, tlv.end) }));
}
