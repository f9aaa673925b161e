/**
 * BGPsec_Path (RFC 8205 section 3): the AS path with a signature of every AS. It stands in place of AS_PATH.
 *
 * ```
 * 0  u16    length of the Secure_Path, these 2 octets included
 * 2  ...    Secure_Path Segments: u8 pCount, u8 flags, u32 AS; the most recent first
 *    then one or two Signature_Blocks:
 * 0  u16    length of the block, these 2 octets included
 * 2  u8     algorithm suite
 * 3  ...    Signature Segments, one for each Secure_Path Segment: u8[20] subject key identifier, u16 length, signature
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { base64Text, hexText } from "../../wire/strings.ts";
import { putJson } from "../../wire/text.ts";
import { type AttributeSpec, member, OPTIONAL_NON_TRANSITIVE, Outcome } from "./spec.ts";

const BGPSEC_PATH_MEMBER = member("bgpsec_path");
const SEGMENT_BYTES = 6;
const KEY_IDENTIFIER_BYTES = 20;
const BLOCKS_MAX = 2;

function readSecurePath(view: DataView, start: number, end: number): Record<string, unknown>[] {
  const segments: Record<string, unknown>[] = [];
  for (let pos = start; pos < end; pos += SEGMENT_BYTES) {
    segments.push({
      pcount: view.getUint8(pos),
      flags: view.getUint8(pos + 1),
      asn: view.getUint32(pos + 2),
    });
  }
  return segments;
}

function readSignatures(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Record<string, unknown>[] {
  const signatures: Record<string, unknown>[] = [];
  for (let pos = start; pos < end;) {
    const signatureStart = pos + KEY_IDENTIFIER_BYTES + 2;
    if (signatureStart > end) fail("bgpsec-signature", pos, "a whole Signature Segment");
    const signatureEnd = signatureStart + view.getUint16(signatureStart - 2);
    if (signatureEnd > end) {
      fail("bgpsec-signature", signatureStart - 2, "a length inside the Signature_Block");
    }
    signatures.push({
      ski: hexText(bytes, pos, pos + KEY_IDENTIFIER_BYTES),
      signature: base64Text(bytes, signatureStart, signatureEnd),
    });
    pos = signatureEnd;
  }
  return signatures;
}

/** The end of a part whose first 2 octets are its length. */
function partEnd(view: DataView, start: number, end: number, bytesMin: number): number {
  if (start + bytesMin > end) fail("bgpsec-path-length", start, `at least ${bytesMin} bytes`);
  const length = view.getUint16(start);
  if (length < bytesMin || start + length > end) {
    fail("bgpsec-path-length", start, "a length inside the attribute");
  }
  return start + length;
}

export const BGPSEC_PATH: AttributeSpec = {
  code: 33,
  name: "BGPsec_Path",
  reference: "RFC 8205 section 3",
  flags: OPTIONAL_NON_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 8205 section 5.2
  write(out, bytes, view, start, end, scope) {
    const pathEnd = partEnd(view, start, end, 2 + SEGMENT_BYTES);
    if ((pathEnd - start - 2) % SEGMENT_BYTES !== 0) {
      fail("bgpsec-path-length", start, "2 and a multiple of 6");
    }
    const path = readSecurePath(view, start + 2, pathEnd);
    const blocks: Record<string, unknown>[] = [];
    for (let pos = pathEnd; pos < end || blocks.length === 0;) {
      if (blocks.length === BLOCKS_MAX) {
        fail("bgpsec-path-blocks", pos, "one or two Signature_Blocks");
      }
      const blockEnd = partEnd(view, pos, end, 3);
      const signatures = readSignatures(bytes, view, pos + 3, blockEnd);
      if (signatures.length !== path.length) {
        fail("bgpsec-signature-count", pos, `${path.length} Signature Segments`);
      }
      blocks.push({ algorithm_suite: view.getUint8(pos + 2), signatures });
      pos = blockEnd;
    }
    if (scope.originAs === -1) scope.originAs = view.getUint32(pathEnd - 4);
    out.raw(BGPSEC_PATH_MEMBER);
    putJson(out, { secure_path: path, signature_blocks: blocks });
  },
};
