/** The TLVs of a version 4 Route Monitoring (draft-ietf-grow-bmp-tlv section 4). */
import type { RouteMonitoringTlv, RouteMonitoringV4 } from "../bmp/messages/route_monitoring_v4.ts";
import type { ByteRange } from "../wire/range.ts";
import { addRange } from "./bgp_message.ts";
import { addCapabilities } from "./capabilities.ts";
import type { Part } from "./part.ts";
import { shownValue } from "./value.ts";

const HEADER_BYTES = 6;
const ENTERPRISE_BYTES = 4;

/** Adds all TLVs; `addPdu` shows the value of the BGP Message TLV. */
export function addIndexedTlvs(
  to: Part,
  bytes: Uint8Array,
  decoded: RouteMonitoringV4,
  addPdu: (to: Part, range: ByteRange) => void,
): void {
  for (const tlv of decoded.tlvs) {
    const { enterprise, type, index, isGroupIndex } = tlv;
    const headerBytes = HEADER_BYTES + (enterprise === undefined ? 0 : ENTERPRISE_BYTES);
    const owner = enterprise === undefined ? "" : `, enterprise ${enterprise}`;
    const part = to.add("TLV", tlv.start - headerBytes, tlv.end, {
      value: type,
      meaning: `${tlv.kind}${owner}, ${isGroupIndex ? "group" : "index"} ${index}`,
      reference: `draft-ietf-grow-bmp-tlv-${decoded.revision ?? "?"}`,
    });
    addValue(part, bytes, tlv, addPdu);
  }
  if (decoded.malformed !== undefined) addRange(to, "undecoded", bytes, decoded.malformed);
  for (const found of decoded.faults) to.blame(found);
}

function addValue(
  to: Part,
  bytes: Uint8Array,
  tlv: RouteMonitoringTlv,
  addPdu: (to: Part, range: ByteRange) => void,
): void {
  const { start, end } = tlv;
  switch (tlv.kind) {
    case "bgp-message":
      return addPdu(to, tlv);
    case "stateless-parsing":
      return addCapabilities(to, bytes, tlv.capabilities);
    case "unknown":
    case "extended-flags":
      return to.addBytes("Value", bytes, start, end);
    default: {
      const {
        start: _start,
        end: _end,
        type: _type,
        index: _index,
        enterprise: _enterprise,
        isGroupIndex: _isGroupIndex,
        ...value
      } = tlv;
      to.add("Value", start, end, { value: shownValue(value) });
    }
  }
}
