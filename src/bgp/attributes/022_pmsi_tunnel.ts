/**
 * PMSI_TUNNEL (RFC 6514 section 5; tunnel types RFC 7385): the tunnel that carries a VPN's multicast.
 *
 * ```
 * 0  u8     flags
 * 1  u8     tunnel type; 0x80: composite (RFC 8317 section 8.2)
 * 2  u24    MPLS label in the upper 20 bits, or a VNI of 24 bits (RFC 8365 section 5.1.3)
 * 5  ...    tunnel identifier; of a composite tunnel behind a label of 3 octets
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { putSnakeCased } from "../../wire/snake_case.ts";
import { base64Text, ipv4Text, ipv6Text } from "../../wire/strings.ts";
import { findExtendedCommunity } from "../communities/mod.ts";
import { isMldpFecType, type OpaqueValue, readMldpFec, readOpaqueValues } from "../mldp_fec.ts";
import { NlriReader } from "../nlri/reader.ts";
import type { UpdateLayout } from "../update.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const TUNNEL = member("pmsi_tunnel");
const HEADER_BYTES = 5;
const COMPOSITE = 0x80;
const EXTENSION = 0x40;
/** Type and subtype of the Additional PMSI Tunnel Attribute Flags extended community (RFC 7902 section 2.2). */
const ADDITIONAL_FLAGS = 0x0307;
const EXTENDED_COMMUNITIES_CODE = 16;

/** What `base_attrs.pmsi_tunnel` shows, with the names of the record. */
export interface PmsiTunnel {
  readonly flags: number;
  readonly tunnel_type: number;
  /** The upper 20 bits of the label field, whatever the flags are. */
  readonly mpls_label: number;
  /** The whole label field: the VNI of a VXLAN tunnel. */
  readonly raw_label: number;
  /** base64; undefined when empty. */
  readonly tunnel_identifier: string | undefined;
  readonly flag_names: readonly string[] | undefined;
  /** IANA's name of the type, without the composite bit. */
  readonly tunnel_type_name: string | undefined;
  /** Label for the way back, of a composite tunnel. */
  readonly ingress_replication_label: number | undefined;
  /** What the identifier says; undefined where the type is unknown or has none. */
  readonly tunnel: Readonly<Record<string, unknown>> | undefined;
}

type ReadIdentifier = (
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
) => Record<string, unknown>;

const TUNNEL_TYPES: Readonly<Record<number, readonly [name: string, read?: ReadIdentifier]>> = {
  0: ["no-tunnel-information"],
  1: ["rsvp-te-p2mp-lsp", readRsvpSession],
  2: ["mldp-p2mp-lsp", readMldpTunnel],
  3: ["pim-ssm-tree", (bytes, _, start, end) => addressPair("root", bytes, start, end)],
  4: ["pim-sm-tree", (bytes, _, start, end) => addressPair("sender", bytes, start, end)],
  5: ["bidir-pim-tree", (bytes, _, start, end) => addressPair("sender", bytes, start, end)],
  6: ["ingress-replication", readEndpoint],
  7: ["mldp-mp2mp-lsp", readMldpTunnel],
  8: ["transport-tunnel"],
  10: ["assisted-replication", readEndpoint],
  11: ["bier", readBier],
  12: ["sr-mpls-p2mp-tree"],
  13: ["srv6-p2mp-tree"],
};

/** RFC 7902 section 2 (E), RFC 9574 section 4 (BM, U; the two bits between are a number), RFC 6514 section 5 (L). */
const FLAG_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [EXTENSION, "extension"],
  [0x04, "broadcast-and-multicast"],
  [0x02, "unknown-unicast"],
  [0x01, "leaf-information-required"],
];

/** Reads the value of a PMSI_TUNNEL attribute. @throws DecodeFault */
export function readPmsiTunnel(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): PmsiTunnel {
  if (end - start < HEADER_BYTES) {
    fail("pmsi-tunnel-length", start, `at least ${HEADER_BYTES} bytes`);
  }
  const flags = view.getUint8(start);
  const type = view.getUint8(start + 1);
  const rawLabel = view.getUint32(start + 1) & 0xffffff;
  const identifierStart = start + HEADER_BYTES;
  const known = TUNNEL_TYPES[type & ~COMPOSITE];
  const isComposite = (type & COMPOSITE) !== 0 && known !== undefined;
  let tunnelStart = identifierStart;
  if (isComposite) {
    tunnelStart += 3;
    if (tunnelStart > end) fail("pmsi-tunnel-composite", identifierStart, "a label of 3 bytes");
  }
  const flagNames = FLAG_NAMES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return {
    flags,
    tunnel_type: type,
    mpls_label: rawLabel >>> 4,
    raw_label: rawLabel,
    tunnel_identifier: identifierStart < end ? base64Text(bytes, identifierStart, end) : undefined,
    flag_names: flagNames.length > 0 ? flagNames : undefined,
    tunnel_type_name: known?.[0],
    ingress_replication_label: isComposite
      ? (view.getUint32(identifierStart - 1) & 0xffffff) >>> 4
      : undefined,
    tunnel: known?.[1]?.(bytes, view, tunnelStart, end),
  };
}

/** SESSION object of RFC 4875 section 19.1: extended tunnel id, 2 reserved octets, tunnel id, P2MP id. */
function readRsvpSession(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Record<string, unknown> {
  const length = end - start;
  if (length !== 12 && length !== 24) failIdentifier(start, "12 or 24 bytes");
  return {
    extended_tunnel_id: addressText(bytes, start, length - 8),
    tunnel_id: view.getUint16(end - 6),
    p2mp_id: view.getUint32(end - 4),
  };
}

/** P2MP or MP2MP FEC element of RFC 6388 section 2.2. */
function readMldpTunnel(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Record<string, unknown> {
  const reader = new NlriReader(bytes, view, start, end, "pmsi-tunnel-identifier");
  // OpenDaylight sends the opaque value alone for an MP2MP LSP; its types are not those of a FEC element then.
  if (start === end || !isMldpFecType(bytes[start]!)) {
    return { opaque: readOpaqueValues(reader, end).map(opaqueRecord) };
  }
  const { type, root, rootAfi, rootHex, mtId, opaque } = readMldpFec(reader);
  if (reader.left > 0) failIdentifier(reader.pos, "the end of the FEC element");
  return {
    fec_type: type,
    ...(root === undefined ? { root_afi: rootAfi, root_hex: rootHex } : { root }),
    ...(mtId === undefined ? {} : { mt_id: mtId }),
    opaque: opaque.map(opaqueRecord),
  };
}

function opaqueRecord({ type, isExtended, lspId, hex }: OpaqueValue): Record<string, unknown> {
  return {
    type,
    ...(isExtended ? { is_extended: true } : {}),
    ...(lspId === undefined ? { hex } : { lsp_id: lspId }),
  };
}

/** An address of the tree's root or sender, and a group of the same family. */
function addressPair(
  first: "root" | "sender",
  bytes: Uint8Array,
  start: number,
  end: number,
): Record<string, unknown> {
  const half = (end - start) / 2;
  if (half !== 4 && half !== 16) failIdentifier(start, "8 or 32 bytes");
  return {
    [first]: addressText(bytes, start, half),
    group: addressText(bytes, start + half, half),
  };
}

function readEndpoint(
  bytes: Uint8Array,
  _view: DataView,
  start: number,
  end: number,
): Record<string, unknown> {
  const length = end - start;
  if (length !== 4 && length !== 16) failIdentifier(start, "4 or 16 bytes");
  return { endpoint: addressText(bytes, start, length) };
}

/** RFC 8556 section 2.1: sub-domain, BFR-id, BFR-prefix. */
function readBier(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): Record<string, unknown> {
  const length = end - start;
  if (length !== 7 && length !== 19) failIdentifier(start, "7 or 19 bytes");
  return {
    sub_domain_id: bytes[start],
    bfr_id: view.getUint16(start + 1),
    bfr_prefix: addressText(bytes, start + 3, length - 3),
  };
}

function addressText(bytes: Uint8Array, start: number, length: number): string {
  return length === 4 ? ipv4Text(bytes, start) : ipv6Text(bytes, start);
}

function failIdentifier(offset: number, expected: string): never {
  fail("pmsi-tunnel-identifier", offset, expected);
}

/** Whether the flags are there that the Extension flag points to (RFC 7902 section 3). */
function hasAdditionalFlags(view: DataView, layout: UpdateLayout): boolean {
  const at = layout.first[EXTENDED_COMMUNITIES_CODE]!;
  return at !== -1 &&
    findExtendedCommunity(view, layout.starts[at]!, layout.ends[at]!, ADDITIONAL_FLAGS) !== -1;
}

export const PMSI_TUNNEL: AttributeSpec = {
  code: 22,
  name: "PMSI_TUNNEL",
  reference: "RFC 6514 section 5",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 6514 section 5; an undefined type is kept, not malformed: routers learn new ones first
  write(out, bytes, view, start, end, scope) {
    const tunnel = readPmsiTunnel(bytes, view, start, end);
    if ((tunnel.flags & EXTENSION) !== 0 && !hasAdditionalFlags(view, scope.layout)) {
      fail("pmsi-tunnel-extension", start, "an extended community with the additional flags");
    }
    out.raw(TUNNEL);
    putSnakeCased(out, tunnel);
  },
};
