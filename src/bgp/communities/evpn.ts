/** EVPN extended communities, type 0x06 (RFC 7432 section 7, RFC 7153 section 5). */
import { putU32 } from "../../wire/text.ts";
import type { ByteWriter } from "../../wire/writer.ts";
import {
  communityType,
  numbers,
  putFirstFour,
  putFourOctetAs,
  putIpv4Specific,
  putSixOctets,
  putTwoOctetAs,
  putUpperHex,
} from "./types.ts";

/** `AA:BB:CC:DD:EE:FF`. */
function putMac(out: ByteWriter, bytes: Uint8Array, _view: DataView, at: number): void {
  for (let i = 0; i < 6; i++) {
    if (i > 0) out.byte(0x3a);
    putUpperHex(out, bytes[at + i]!);
  }
}

/** Highest-Preference and Lowest-Preference (RFC 9785 section 3). */
const PREFERENCE_ALGORITHMS = [2, 3];

/**
 * RFC 8584 section 2.2: algorithm, bitmap of capabilities; with the algorithms of RFC 9785 the preference of 2 octets at the end.
 */
function putDfElection(out: ByteWriter, _bytes: Uint8Array, view: DataView, at: number): void {
  const algorithm = view.getUint8(at);
  putU32(out, algorithm);
  out.ascii(`:0x${view.getUint16(at + 1).toString(16).padStart(4, "0")}`);
  if (PREFERENCE_ALGORITHMS.includes(algorithm & 0x1f)) out.ascii(`:${view.getUint16(at + 4)}`);
}

/** draft-ietf-bess-evpn-unequal-lb section 4.1: units, then 40 bits. */
function putLinkBandwidth(out: ByteWriter, _bytes: Uint8Array, view: DataView, at: number): void {
  const units = view.getUint8(at);
  const weight = view.getUint8(at + 1) * 4294967296 + view.getUint32(at + 2);
  if (units === 0) out.ascii(`${weight} Mbps`);
  else out.ascii(units === 1 ? `weight ${weight}` : `units=${units} weight=${weight}`);
}

/** RFC 9784 section 4.2: base I-SID of 3 octets, bitmap of the 24 after it. */
function putServiceIds(out: ByteWriter, _bytes: Uint8Array, view: DataView, at: number): void {
  putU32(out, view.getUint32(at) >>> 8);
  out.ascii(`:0x${(view.getUint32(at + 2) & 0xffffff).toString(16).padStart(6, "0")}`);
}

/** Flags, 2 reserved octets, a label field of 3 octets. */
const FLAGS_AND_LABEL = numbers(1, -2, 3);

export const EVPN = communityType(putFirstFour, {
  0x00: ["macmob=", numbers(1, -1, 4)], // RFC 7432 section 7.7: flags, reserved, sequence number
  0x01: ["esi-l=", FLAGS_AND_LABEL], // RFC 7432 section 7.5
  0x02: ["es-irt=", putMac],
  0x03: ["rmac=", putMac],
  0x04: ["l2attr=", numbers(2, 2)], // RFC 8214 section 3.1: control flags, MTU
  0x05: ["e-tree=", FLAGS_AND_LABEL], // RFC 8317 section 8.1
  0x06: ["df-elect=", putDfElection],
  0x07: ["i-sid=", putServiceIds],
  0x08: ["nd=", numbers(1)], // RFC 9047 section 2: flags
  0x09: ["mflag=", numbers(2)], // RFC 9251 section 9.4: flags
  // RFC 9251 section 9.5: the value of a route target of type 0x00, 0x01, 0x02; the IPv6 one does not fit
  0x0a: ["evi-rt0=", putTwoOctetAs],
  0x0b: ["evi-rt1=", putIpv4Specific],
  0x0c: ["evi-rt2=", putFourOctetAs],
  0x0d: ["evi-rt3=", putSixOctets],
  0x0e: "ac=",
  0x0f: ["sct=", numbers(4, 2)], // RFC 9722 section 3: seconds, fraction in units of 2^-16
  0x10: ["evpn-link-bw=", putLinkBandwidth],
}, putFirstFour);
