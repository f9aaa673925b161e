/**
 * Traffic Engineering (RFC 5543 section 3): what a layer-1 VPN's link can carry.
 *
 * ```
 *  0  u8        switching capability (RFC 3471 section 3.1.1)
 *  1  u8        encoding
 *  2  u16       reserved
 *  4  f32[8]    maximum LSP bandwidth by priority, bytes per second
 * 36  ...       by switching capability; of PSC-1 to PSC-4: f32 minimum LSP bandwidth, u16 interface MTU
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

const TRAFFIC_ENGINEERING_MEMBER = member("traffic_engineering");
const FIXED_BYTES = 36;
const PRIORITIES = [0, 1, 2, 3, 4, 5, 6, 7];

/** JSON has no infinity and no NaN: null. */
function bandwidth(view: DataView, at: number): number | null {
  const value = view.getFloat32(at);
  return Number.isFinite(value) ? value : null;
}

export const TRAFFIC_ENGINEERING: AttributeSpec = {
  code: 24,
  name: "Traffic Engineering",
  reference: "RFC 5543 section 3",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 7606 section 7.13
  write(out, bytes, view, start, end) {
    const specificStart = start + FIXED_BYTES;
    if (specificStart > end) {
      fail("traffic-engineering-length", start, `at least ${FIXED_BYTES} bytes`);
    }
    const capability = view.getUint8(start);
    const isPacket = capability >= 1 && capability <= 4 && end - specificStart >= 6;
    const restStart = isPacket ? specificStart + 6 : specificStart;
    out.raw(TRAFFIC_ENGINEERING_MEMBER);
    putJson(out, {
      switching_capability: capability,
      encoding: view.getUint8(start + 1),
      max_lsp_bandwidth: PRIORITIES.map((priority) => bandwidth(view, start + 4 + 4 * priority)),
      ...(isPacket
        ? {
          min_lsp_bandwidth: bandwidth(view, specificStart),
          mtu: view.getUint16(specificStart + 4),
        }
        : {}),
      ...(restStart < end ? { specific: hexText(bytes, restStart, end) } : {}),
    });
  },
};
