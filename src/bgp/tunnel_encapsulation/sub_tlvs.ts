/**
 * What the sub-TLVs of a tunnel say (RFC 9012 section 3; of an SR policy: sr_policy.ts).
 *
 * ```
 *   1  Encapsulation              by tunnel type:
 *        VXLAN, NVGRE             0 u8 flags, 1 u24 VN-ID, 4 MAC of 6 bytes, 10 u16 reserved
 *        L2TPv3                   0 u32 session id, 4 cookie of up to 8 bytes
 *        GRE, MPLS-in-GRE         0 u32 key
 *   2  Protocol Type              0 u16 ethertype
 *   3  IPsec Tunnel Authenticator 0 u16 authenticator type, 2 value (RFC 5566 section 4)
 *   4  Color                      0 u16 0x030b, 2 u16 flags, 4 u32 color (section 4.3)
 *   5  Load-Balancing Block       0 u16 bytes of a block (RFC 5640 section 3)
 *   6  Tunnel Egress Endpoint     0 u32 reserved, 4 u16 address family, 6 address
 *   7  DS Field                   0 u8
 *   8  UDP Destination Port       0 u16
 *   9  Embedded Label Handling    0 u8 1: the payload has a label, 2: it has none
 *  10  MPLS Label Stack           0 u32 label stack entry, repeated
 *  11  Prefix-SID                 0 TLVs of the BGP Prefix-SID attribute
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { colonHexText, hexText, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { prefixSidRecord } from "../prefix_sid/record.ts";
import { readPrefixSid } from "../prefix_sid/tlvs.ts";
import { readLabelStackEntry } from "./label_stack_entry.ts";
import { readSrPolicySubTlv } from "./sr_policy.ts";
import { SR_POLICY_TUNNEL, type SubTlv } from "./tunnels.ts";

/** Gives undefined where the sub-TLV is to be taken as an unknown one. */
type Reader = (bytes: Uint8Array, view: DataView, start: number, end: number) => object | undefined;

const COLOR_COMMUNITY = 0x030b;
/** By address family; 0: the next hop is the endpoint. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 4, 2: 16 };

/** By tunnel type: RFC 9012 sections 3.2.1 to 3.2.5. */
const ENCAPSULATIONS: Readonly<Record<number, Reader>> = {
  1: readL2tpV3,
  2: readGre,
  8: readVirtualNetwork,
  9: readVirtualNetwork,
  11: readGre,
};

const READERS: Readonly<Record<number, Reader>> = {
  2: (_, view, start, end) => ({ protocol_type: readU16(view, start, end) }),
  3: readIpsecAuthenticator,
  4: readColor,
  5: (_, view, start, end) => ({ load_balancing_block: readU16(view, start, end) }),
  6: readEgressEndpoint,
  7: (_, view, start, end) => ({ ds_field: readU8(view, start, end) }),
  8: (_, view, start, end) => ({ udp_port: readU16(view, start, end) }),
  9: (_, view, start, end) => ({ embedded_label_handling: readU8(view, start, end) }),
  10: readLabelStack,
  11: (bytes, view, start, end) => prefixSidRecord(bytes, readPrefixSid(view, start, end)),
};

/** What a sub-TLV says, with member names of records; undefined: there is no decoder for it here. @throws DecodeFault */
export function readSubTlv(
  tunnelType: number,
  { type, start, end }: SubTlv,
  bytes: Uint8Array,
  view: DataView,
): object | undefined {
  if (tunnelType === SR_POLICY_TUNNEL) {
    const decoded = readSrPolicySubTlv(type, bytes, view, start, end);
    if (decoded !== undefined) return decoded;
  }
  const read = type === 1 ? ENCAPSULATIONS[tunnelType] : READERS[type];
  return read?.(bytes, view, start, end);
}

function readU8(view: DataView, start: number, end: number): number {
  checkLength(end - start === 1, start, "length 1");
  return view.getUint8(start);
}

function readU16(view: DataView, start: number, end: number): number {
  checkLength(end - start === 2, start, "length 2");
  return view.getUint16(start);
}

function readVirtualNetwork(bytes: Uint8Array, view: DataView, start: number, end: number): object {
  checkLength(end - start === 12, start, "length 12");
  const flags = view.getUint8(start);
  return {
    flags,
    ...((flags & 0x80) === 0 ? {} : { vn_id: view.getUint32(start) & 0xffffff }),
    ...((flags & 0x40) === 0 ? {} : { mac: colonHexText(bytes, start + 4, start + 10) }),
  };
}

function readL2tpV3(bytes: Uint8Array, view: DataView, start: number, end: number): object {
  checkLength(end - start >= 4 && end - start <= 12, start, "4 to 12 bytes");
  const cookieStart = start + 4;
  return {
    session_id: view.getUint32(start),
    ...(cookieStart === end ? {} : { cookie: hexText(bytes, cookieStart, end) }),
  };
}

function readGre(_: Uint8Array, view: DataView, start: number, end: number): object {
  checkLength(end - start === 4, start, "length 4");
  return { key: view.getUint32(start) };
}

function readIpsecAuthenticator(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): object {
  checkLength(end - start >= 2, start, "at least 2 bytes");
  return {
    authenticator_type: view.getUint16(start),
    authenticator: hexText(bytes, start + 2, end),
  };
}

function readColor(_: Uint8Array, view: DataView, start: number, end: number): object {
  checkLength(end - start === 8, start, "length 8");
  if (view.getUint16(start) !== COLOR_COMMUNITY) {
    fail("tunnel-color", start, "a Color extended community");
  }
  return { flags: view.getUint16(start + 2), color: view.getUint32(start + 4) };
}

/** Another address family makes it an unknown sub-TLV, a wrong length of address a malformed one (RFC 9012 section 3.1). */
function readEgressEndpoint(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): object | undefined {
  checkLength(end - start >= 6, start, "at least 6 bytes");
  const afi = view.getUint16(start + 4);
  const addressStart = start + 6;
  const addressBytes = ADDRESS_BYTES[afi];
  if (addressBytes === undefined) return undefined;
  if (end - addressStart !== addressBytes) {
    fail("tunnel-egress-endpoint", addressStart, `an address of ${addressBytes} bytes`);
  }
  if (afi === 0) return { afi };
  const address = afi === 1 ? ipv4Text(bytes, addressStart) : ipv6Text(bytes, addressStart);
  return { afi, address };
}

function readLabelStack(_: Uint8Array, view: DataView, start: number, end: number): object {
  checkLength(end > start && (end - start) % 4 === 0, start, "a non-zero multiple of 4");
  const labels = [];
  for (let pos = start; pos < end; pos += 4) labels.push(readLabelStackEntry(view, pos));
  return { labels };
}

function checkLength(isRight: boolean, start: number, expected: string): void {
  if (!isRight) fail("tunnel-sub-tlv-value", start, expected);
}
