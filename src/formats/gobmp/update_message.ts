/** A Route Monitoring message under way: what its routes share, and the TLVs that stand beside its UPDATE. */
import type { AttributeWriter } from "../../bgp/attributes/mod.ts";
import { addPathModes } from "../../bgp/open.ts";
import {
  decodeRouteMonitoringV4,
  type RouteMonitoringTlv,
} from "../../bmp/messages/route_monitoring_v4.ts";
import { readTrailingTlvs, type Tlv } from "../../bmp/tlv.ts";
import { fault } from "../../wire/fault.ts";
import type { ByteRange } from "../../wire/range.ts";
import { hexText } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { ByteWriter } from "../../wire/writer.ts";
import { capabilityMap } from "./capabilities.ts";
import type { DecodeErrors } from "./decode_error.ts";
import { tlvsAsHex } from "./own.ts";
import type { PeerView } from "./peer_view.ts";
import { NOTHING_ASSUMED } from "./records.ts";
import { snakeCased } from "./snake_case.ts";
import type { RouteMessage } from "./prefix_routes.ts";

/**
 * JSON text of TLVs beside an UPDATE that its records carry at most; real messages have tens of bytes. Every route has them again: a
 * message of 1 MiB could become gigabytes.
 */
const TLVS_TEXT_BYTES_MAX = 16 * 1024;
/** What a TLV's text takes about beside its value in hex. */
const TLV_TEXT_BYTES = 64;

/** What the routes of one UPDATE share. Reused. */
export class UpdateMessage implements RouteMessage {
  view!: PeerView;
  readonly timestamp = new ByteWriter(32);
  readonly baseAttrs = new ByteWriter(4096);
  /** JSON text of `bmp_tlvs` (TLVs beside the UPDATE), empty: none. */
  readonly tlvs = new ByteWriter(64);
  readonly scope;
  assumed = NOTHING_ASSUMED;
  /** ADD-PATH modes of the router that came with the message itself (Stateless Parsing TLV), in place of the OPENs'. */
  statelessModes: ReadonlyMap<number, number> | undefined = undefined;

  constructor(attributes: AttributeWriter) {
    this.scope = attributes.scope;
  }
}

/** Reads the TLVs of version 4 (draft-ietf-grow-bmp-tlv) and returns where the value of the BGP Message TLV is. */
export function readTlvs(
  message: UpdateMessage,
  errors: DecodeErrors,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): ByteRange {
  const decoded = decodeRouteMonitoringV4(bytes, view, start, end);
  for (const found of decoded.faults) errors.note(found, "tlv-ignored");
  const others = decoded.tlvs.filter((tlv) => tlv.kind !== "bgp-message");
  if (others.length > 0) {
    putTlvs(message, errors, others, () => others.map((tlv) => describeTlv(tlv, bytes)));
  }
  if (decoded.capabilities.length > 0) message.statelessModes = addPathModes(decoded);
  return decoded.pdu;
}

/** Reads the bytes behind the UPDATE of a version 3 message, where RFC 7854 has none and Huawei has TLVs. */
export function readTlvsBehind(
  message: UpdateMessage,
  errors: DecodeErrors,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  const tlvs = readTrailingTlvs(bytes, view, start, end);
  if (tlvs === undefined) {
    const expected = "the end of the message, or TLVs up to it";
    errors.note(fault("bytes-after-update", start, expected), "tlv-ignored");
    return;
  }
  putTlvs(message, errors, tlvs, () => tlvsAsHex(tlvs, bytes));
}

/** Renders TLVs, unless records cannot carry them: that is an error, whose record has the message. */
function putTlvs(
  message: UpdateMessage,
  errors: DecodeErrors,
  tlvs: readonly Tlv[],
  describe: () => readonly unknown[],
): void {
  // An estimate first, which spares the work; capabilities and groups can become longer than that.
  let length = tlvs.reduce((sum, { start, end }) => sum + TLV_TEXT_BYTES + 2 * (end - start), 0);
  if (length <= TLVS_TEXT_BYTES_MAX) {
    putJson(message.tlvs, describe());
    length = message.tlvs.pos;
  }
  if (length <= TLVS_TEXT_BYTES_MAX) return;
  message.tlvs.reset();
  const expected = `TLVs of at most ${TLVS_TEXT_BYTES_MAX} bytes of text`;
  errors.note(fault("tlvs-too-long", tlvs[0]!.start, expected), "tlv-ignored");
}

/** A TLV as a record has it: what it says and its bytes, but not where it was in a buffer. */
function describeTlv({ start, end, ...tlv }: RouteMonitoringTlv, bytes: Uint8Array): unknown {
  const hex = hexText(bytes, start, end);
  if (tlv.kind !== "stateless-parsing") return snakeCased({ ...tlv, hex });
  const capabilities = capabilityMap(tlv.capabilities, bytes, true);
  return snakeCased({ ...tlv, capabilities, hex });
}
