/**
 * Extended communities (RFC 4360) in the words of the collectors in C++. One that they have no word for, where they leave an empty element,
 * is `0x` and its 8 octets in hex. Elements are 50 characters at most, and have nothing in them that a list in SQL would trip over.
 */
import { colonHexText } from "../../wire/strings.ts";
import { putHex, putIpv4, putU32 } from "../../wire/text.ts";
import type { ByteWriter } from "../../wire/writer.ts";

export const EXTENDED_COMMUNITY_BYTES = 8;

const COLON = 0x3a;
/** Types without the bit that makes them not transitive. */
const NOT_TRANSITIVE = 0x40;
const TWO_OCTET_AS = 0x00;
const IPV4 = 0x01;
const FOUR_OCTET_AS = 0x02;
const OPAQUE = 0x03;
const EVPN = 0x06;
const GENERIC = 0x80;
const GENERIC_IPV4 = 0x81;
const GENERIC_FOUR_OCTET_AS = 0x82;

/** Subtypes that the three types of administrators share. */
const ADMINISTERED: Readonly<Record<number, string>> = {
  0x02: "rt=",
  0x03: "soo=",
  0x04: "link-bw=",
  0x05: "ospf-did=",
  0x07: "ospf-rid=",
  0x08: "colc=",
  0x09: "sas=",
  0x0a: "vpn-id=",
  0x0b: "import=",
  0x10: "vpn-id=",
  0x12: "p2mp-nh=",
};

const COST_POINTS: Readonly<Record<number, string>> = {
  128: "abs:",
  129: "igp:",
  130: "ext:",
  131: "bgp_id:",
};

const OSPF_ROUTE_TYPES: Readonly<Record<number, string>> = {
  1: "O:",
  2: "O:",
  3: "IA:",
  5: "E:",
  7: "N:",
};

/** Writes the community at `bytes[pos, pos + 8)`. */
export function putExtendedCommunity(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  pos: number,
): void {
  const type = bytes[pos]!;
  const kind = (type & 0x80) === 0 ? type & ~NOT_TRANSITIVE : type;
  switch (kind) {
    case TWO_OCTET_AS:
    case IPV4:
    case FOUR_OCTET_AS: {
      const lead = ADMINISTERED[bytes[pos + 1]!];
      if (lead === undefined) break;
      out.ascii(lead);
      return putAdministered(out, bytes, view, pos + 2, kind, lead === "vpn-id=");
    }
    case OPAQUE:
    case EVPN:
    case GENERIC: {
      const text = (kind === OPAQUE ? opaqueText : kind === EVPN ? evpnText : genericText)(
        bytes,
        view,
        pos,
      );
      if (text === undefined) break;
      return out.ascii(text);
    }
    case GENERIC_IPV4:
    case GENERIC_FOUR_OCTET_AS:
      if (bytes[pos + 1] !== 0x08) break;
      out.ascii("flow-redir=");
      return putAdministered(out, bytes, view, pos + 2, kind & 0x7f, false);
  }
  out.ascii("0x");
  putHex(out, bytes, pos, pos + EXTENDED_COMMUNITY_BYTES);
}

/** `administrator:number`; the number of a VPN identifier in hex. */
function putAdministered(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  kind: number,
  inHex: boolean,
): void {
  if (kind === TWO_OCTET_AS) putU32(out, view.getUint16(at));
  else if (kind === IPV4) putIpv4(out, bytes, at);
  else putU32(out, view.getUint32(at));
  out.byte(COLON);
  const number = kind === TWO_OCTET_AS ? view.getUint32(at + 2) : view.getUint16(at + 4);
  if (inHex) out.ascii(`0x${number.toString(16)}`);
  else putU32(out, number);
}

function opaqueText(bytes: Uint8Array, view: DataView, pos: number): string | undefined {
  switch (bytes[pos + 1]) {
    case 0x01: // draft-ietf-idr-custom-decision
      return `cost=${COST_POINTS[bytes[pos + 2]!] ?? "unkn:"}${bytes[pos + 3]}:${
        view.getUint32(pos + 4)
      }`;
    case 0x03:
      return "cp-orf";
    case 0x06: // RFC 4577 section 4.2.6
      return `ospf-rt=area-${view.getUint32(pos + 2)}:${
        OSPF_ROUTE_TYPES[bytes[pos + 6]!] ?? "unkn:"
      }${bytes[pos + 7]}`;
    case 0x0b:
      return `color=${view.getUint32(pos + 4)}`;
    case 0x0c:
      return `encap=${bytes[pos + 7]}`;
    case 0x0d:
      return "default-gw";
  }
  return undefined;
}

/** Flags are numbers; the collectors in C++ write them as characters, which end the text when they are 0. */
function evpnText(bytes: Uint8Array, view: DataView, pos: number): string | undefined {
  switch (bytes[pos + 1]) {
    case 0x00: // RFC 7432 section 7.7
      return `mac_mob_flags=${bytes[pos + 2]} mac_mob_seq_num=${view.getUint32(pos + 4)}`;
    case 0x01: // RFC 7432 section 7.5
      return `esi_label_flags=${bytes[pos + 2]} esi_label=${view.getUint32(pos + 4) & 0xffffff}`;
    case 0x02:
      return `es_import=${colonHexText(bytes, pos + 2, pos + 8)}`;
    case 0x03:
      return `router_mac=${colonHexText(bytes, pos + 2, pos + 8)}`;
  }
  return undefined;
}

function genericText(bytes: Uint8Array, view: DataView, pos: number): string | undefined {
  switch (bytes[pos + 1]) {
    case 0x06: // RFC 8955 section 7.1: AS number, float
      return `flow-rate=${view.getUint16(pos + 2)}:${view.getFloat32(pos + 4)}`;
    case 0x07: {
      const flags = bytes[pos + 7]!;
      return `flow-act=${(flags & 2) === 0 ? "" : "S"}${(flags & 1) === 0 ? "" : "T"}`;
    }
    case 0x08:
      return `flow-redir=${view.getUint16(pos + 2)}:${view.getUint32(pos + 4)}`;
    case 0x09:
      return `flow-remark=${bytes[pos + 7]}`;
    case 0x0a: // RFC 4761 section 3.2.4
      return `l2info=${bytes[pos + 2] === 19 ? "vpls" : bytes[pos + 2]}:${bytes[pos + 3]}:mtu:${
        view.getUint16(pos + 4)
      }`;
  }
  return undefined;
}
