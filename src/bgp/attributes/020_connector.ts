/**
 * Connector (RFC 6037 section 5.2, deprecated): the multicast source PE of a VPN-IPv4 route.
 *
 * ```
 * 0  u16    type
 * 2  ...    value; of type 1: u8[8] route distinguisher, u8[4] address
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText, ipv4Text, routeDistinguisherText } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const CONNECTOR_MEMBER = member("connector");

export const CONNECTOR: AttributeSpec = {
  code: 20,
  name: "Connector Attribute (deprecated)",
  reference: "RFC 6037",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // no document says; RFC 7606 section 2
  write(out, bytes, view, start, end) {
    if (end - start < 2) fail("connector-length", start, "at least 2 bytes");
    const type = view.getUint16(start);
    out.raw(CONNECTOR_MEMBER);
    putJson(
      out,
      type === 1 && end - start === 14
        ? {
          type,
          rd: routeDistinguisherText(bytes, start + 2),
          address: ipv4Text(bytes, start + 10),
        }
        : { type, hex: hexText(bytes, start + 2, end) },
    );
  },
};
