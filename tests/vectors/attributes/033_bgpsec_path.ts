import type { AttributeVectors } from "../../bgp/attributes/vectors.ts";

const SKI_1 = "15fa1cb92f4d3495fef0ca9180c0a93c4a254f00";
const SKI_2 = "a06bdfc29488fa1a7f4a4793f3a94010a80f9700";
/** 70, 71 octets: ECDSA, DER. */
const SIGNATURE_1 = "304402207f1aedbce6434869ec9c60ac7d9ecb04d4cf1d684a03aa19f7c2ed8a9d3dc37b" +
  "022053e887beb9e91c3a2785d856022f482f63c606c9957ba688b0ee6b8830bcad46";
const SIGNATURE_2 = "30450220594cbc47118294abe269ddd6b7513a4b1077441be5c9335741947e01edb3a121" +
  "022100f3be50cd41db625a24b3176ba41d4d4f34befaa0e5351541f80b5b90324860a6";

function base64(hex: string): string {
  return btoa(String.fromCharCode(...hex.match(/../g)!.map((octet) => parseInt(octet, 16))));
}

export const BGPSEC_PATH_VECTORS: AttributeVectors = {
  flags: 0x80,
  outcome: "treatAsWithdraw",
  section: "RFC 8205 5.2",
  good: [
    {
      name: "one AS",
      source: "tcpdump bgp-bgpsec",
      value: `0008 010000000002 005f 01 0a${SKI_1.slice(0, 38)} 0046 ${SIGNATURE_1}`,
      members: {
        bgpsec_path: {
          secure_path: [{ pcount: 1, flags: 0, asn: 2 }],
          signature_blocks: [{
            algorithm_suite: 1,
            signatures: [{ ski: `0a${SKI_1.slice(0, 38)}`, signature: base64(SIGNATURE_1) }],
          }],
        },
      },
    },
    {
      name: "two AS",
      source: "tcpdump bgp-bgpsec",
      value: `000e 010000000003 010000000002 00bc 01 0c${SKI_2.slice(0, 38)} 0047 ${SIGNATURE_2}` +
        `0a${SKI_1.slice(0, 38)} 0046 ${SIGNATURE_1}`,
      members: {
        bgpsec_path: {
          secure_path: [{ pcount: 1, flags: 0, asn: 3 }, { pcount: 1, flags: 0, asn: 2 }],
          signature_blocks: [{
            algorithm_suite: 1,
            signatures: [
              { ski: `0c${SKI_2.slice(0, 38)}`, signature: base64(SIGNATURE_2) },
              { ski: `0a${SKI_1.slice(0, 38)}`, signature: base64(SIGNATURE_1) },
            ],
          }],
        },
      },
    },
    {
      name: "two blocks, in a confederation",
      value: `0008 02800000fde9 001a 01 ${SKI_1} 0001 ab 001a 02 ${SKI_2} 0001 cd`,
      members: {
        bgpsec_path: {
          secure_path: [{ pcount: 2, flags: 128, asn: 65001 }],
          signature_blocks: [
            { algorithm_suite: 1, signatures: [{ ski: SKI_1, signature: "qw==" }] },
            { algorithm_suite: 2, signatures: [{ ski: SKI_2, signature: "zQ==" }] },
          ],
        },
      },
    },
  ],
  malformed: [
    { name: "empty", value: "", fault: "bgpsec-path-length@0" },
    { name: "no segment", value: "0002 0000 0000 0000", fault: "bgpsec-path-length@0" },
    { name: "a path of 7 octets", value: "0009 01000000000200", fault: "bgpsec-path-length@0" },
    { name: "a path past the end", value: "000e 010000000002", fault: "bgpsec-path-length@0" },
    { name: "no block", value: "0008 010000000002", fault: "bgpsec-path-length@8" },
    {
      name: "a block of length 0 (tcpdump bgpsec_invalid_signature_block_length)",
      value: `0008 01000000fbf0 0000 01 ab4d910f55cae71a215ef3cafe3acc45b5eec154 0001 ab`,
      fault: "bgpsec-path-length@8",
    },
    {
      name: "no signature",
      value: "0008 010000000002 0003 01",
      fault: "bgpsec-signature-count@8",
    },
    {
      name: "a cut segment",
      value: `0008 010000000002 0018 01 ${SKI_1} 00`,
      fault: "bgpsec-signature@11",
    },
    {
      name: "a signature past its block",
      value: `0008 010000000002 001a 01 ${SKI_1} 0002 ab`,
      fault: "bgpsec-signature@31",
    },
    {
      name: "three blocks",
      value: `0008 010000000002 ${`001a 01 ${SKI_1} 0001 ab`.repeat(3)}`,
      fault: "bgpsec-path-blocks@60",
    },
  ],
};
