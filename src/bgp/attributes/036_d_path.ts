/**
 * D-PATH (RFC 10039 section 4): the domains that a route went through between EVPN and IP VPNs.
 *
 * ```
 * 0  u8   number of domains in the segment   \
 * 1  u32  Global Administrator  \             \  segments, repeated
 * 5  u16  Local Administrator    > a domain   /
 * 7  u8   ISF_SAFI_TYPE         /            /
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const D_PATH_MEMBER = member("d_path");
const DOMAIN_BYTES = 7;

export const D_PATH: AttributeSpec = {
  code: 36,
  name: "BGP Domain Path (D-PATH)",
  reference: "RFC 10039 section 4",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 10039 section 4
  write(out, bytes, view, start, end) {
    const segments: Record<string, unknown>[] = [];
    let pos = start;
    do {
      const count = pos < end ? bytes[pos]! : 0;
      const segmentEnd = pos + 1 + count * DOMAIN_BYTES;
      if (count === 0 || segmentEnd > end) fail("d-path-length", pos, "1 to 255 whole domains");
      const domains: Record<string, unknown>[] = [];
      for (let at = pos + 1; at < segmentEnd; at += DOMAIN_BYTES) {
        domains.push({
          domain: `${view.getUint32(at)}:${view.getUint16(at + 4)}`,
          isf_safi_type: view.getUint8(at + 6),
        });
      }
      segments.push({ domains });
      pos = segmentEnd;
    } while (pos < end);
    out.raw(D_PATH_MEMBER);
    putJson(out, segments);
  },
};
