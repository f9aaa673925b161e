/**
 * BFD Discriminator (RFC 9026 section 3.1.6.1): the BFD session that watches a multicast tunnel.
 *
 * ```
 * 0  u8   mode: 1 P2MP BFD session
 * 1  u32  discriminator
 * 5  ...  TLVs of u8 type, u8 length; type 1: source address
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";
import { readTlvs, type Tlv } from "./tlvs.ts";

const BFD_DISCRIMINATOR_MEMBER = member("bfd_discriminator");
/** With the source address that there has to be. */
const BYTES_MIN = 11;
const P2MP = 1;
const SOURCE_ADDRESS = 1;

function readTlv(bytes: Uint8Array, { type, start, end }: Tlv): object {
  const length = end - start;
  if (type !== SOURCE_ADDRESS) return { type, hex: hexText(bytes, start, end) };
  if (length !== 4 && length !== 16) fail("bfd-discriminator-source", start - 1, "length 4 or 16");
  return { type, source_address: length === 4 ? ipv4Text(bytes, start) : ipv6Text(bytes, start) };
}

export const BFD_DISCRIMINATOR: AttributeSpec = {
  code: 38,
  name: "BFD Discriminator",
  reference: "RFC 9026 section 3.1.6.1",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.attributeDiscard, // RFC 9026 section 3.1.6.1
  write(out, bytes, view, start, end) {
    if (end - start < BYTES_MIN) {
      fail("bfd-discriminator-length", start, `at least ${BYTES_MIN} bytes`);
    }
    const mode = view.getUint8(start);
    const tlvsStart = start + 5;
    const tlvs = readTlvs(view, tlvsStart, end, 1, 1);
    if (mode === P2MP && !tlvs.some((tlv) => tlv.type === SOURCE_ADDRESS)) {
      fail("bfd-discriminator-source", tlvsStart, "a Source IP Address TLV");
    }
    const read = tlvs.map((tlv) => readTlv(bytes, tlv));
    out.raw(BFD_DISCRIMINATOR_MEMBER);
    putJson(out, { mode, discriminator: view.getUint32(start + 1), tlvs: read });
  },
};
