/**
 * BGP Next Hop Dependent Characteristics (draft-ietf-idr-nhc section 2): what the router at a next hop can do.
 *
 * ```
 * 0  u16  AFI           \
 * 2  u8   SAFI           > the next hop that this is about
 * 3  u8   its length    /
 * 4  ...  next hop
 *    ...  characteristics of u16 code, u16 length: 1 entropy label, 2 next-next hop nodes, 3 BGP identifier
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";
import { readTlvs, type Tlv } from "./tlvs.ts";

const CHARACTERISTICS_MEMBER = member("next_hop_characteristics");
const HEADER_BYTES = 4;
const NAMES: Readonly<Record<number, string>> = {
  1: "entropy-label",
  2: "next-next-hop-nodes",
  3: "bgp-identifier",
};

/** The identifiers of 2 and 3 are those of routers, 4 octets each (RFC 6286); the first of 2 is the next hop's own. */
function readCharacteristic(bytes: Uint8Array, { type, start, end }: Tlv): object {
  const name = NAMES[type];
  const named = name === undefined ? { code: type } : { code: type, name };
  const length = end - start;
  if ((type === 2 || type === 3) && length > 0 && length % 4 === 0) {
    const identifiers: string[] = [];
    for (let pos = start; pos < end; pos += 4) identifiers.push(ipv4Text(bytes, pos));
    return { ...named, bgp_ids: identifiers };
  }
  return length === 0 ? named : { ...named, hex: hexText(bytes, start, end) };
}

function nextHop(bytes: Uint8Array, start: number, end: number): object {
  if (end - start === 4) return { nexthop: ipv4Text(bytes, start) };
  if (end - start === 16) return { nexthop: ipv6Text(bytes, start) };
  return { nexthop_hex: hexText(bytes, start, end) };
}

export const NEXT_HOP_CHARACTERISTICS: AttributeSpec = {
  code: 39,
  name: "BGP Next Hop Dependent Characteristics (NHC)",
  reference: "draft-ietf-idr-nhc section 2",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // draft-ietf-idr-nhc section 2.5
  write(out, bytes, view, start, end) {
    const nextHopStart = start + HEADER_BYTES;
    if (nextHopStart > end) {
      fail("nhc-length", start, `at least ${HEADER_BYTES} bytes`);
    }
    const nextHopEnd = nextHopStart + view.getUint8(start + 3);
    if (nextHopEnd > end) {
      fail("nhc-length", start + 3, "a next hop inside the attribute");
    }
    const characteristics = readTlvs(view, nextHopEnd, end, 2, 2).map((tlv) =>
      readCharacteristic(bytes, tlv)
    );
    out.raw(CHARACTERISTICS_MEMBER);
    putJson(out, {
      afi: view.getUint16(start),
      safi: view.getUint8(start + 2),
      ...nextHop(bytes, nextHopStart, nextHopEnd),
      characteristics,
    });
  },
};
