/** Fragments of other projects' vectors, put into BMP messages so that they can be shown as trees. */
import { MessageExplainer } from "../../../src/explain/message.ts";
import type { Part } from "../../../src/explain/part.ts";
import {
  addPath,
  attribute,
  bgp,
  bmp,
  peerUp,
  perPeer,
  tlv,
  uint,
  update,
} from "../../building.ts";
import { fromHex } from "../../decoding.ts";

/** What two speakers have agreed on. */
export interface Negotiated {
  readonly isTwoOctetAs?: boolean;
  readonly addPath?: readonly (readonly [afi: number, safi: number])[];
}

/** Makes a BMP message of a fragment in hex. */
export type Reader = (hex: string, negotiated: Negotiated) => string;

const NEXT_HOP_V4 = "c0000201";
const NEXT_HOP_V6 = "20010db8000000000000000000000001";
const MARKER = "ff".repeat(16);
const TYPE_UPDATE = "02";

function routeMonitoring(pdu: string, { isTwoOctetAs = false }: Negotiated): string {
  return bmp(0, perPeer({ flags: isTwoOctetAs ? 0x20 : 0 }) + pdu);
}

function bytesIn(hex: string): number {
  return hex.length / 2;
}

/** A BGP message with its header. */
export const message: Reader = (hex, negotiated) =>
  hex.slice(36, 38) === TYPE_UPDATE
    ? routeMonitoring(hex, negotiated)
    : bmp(6, perPeer() + tlv(0, hex));

/** The body of a BGP message of this type. */
export function bodyOf(type: number): Reader {
  return (hex, negotiated) => message(bgp(type, hex), negotiated);
}

/** A block of path attributes. */
export const attributes: Reader = (hex, negotiated) =>
  routeMonitoring(update({ attributes: hex }), negotiated);

/** The value of a path attribute. */
export function attributeOf(code: number, flags = 0xc0): Reader {
  return (hex, negotiated) => attributes(attribute(flags, code, hex), negotiated);
}

/** The attribute that a fragment is, header included. */
export const oneAttribute: Reader = attributes;

/** NLRI of a family, announced. */
export function nlriOf(afi: number, safi: number): Reader {
  const nextHop = afi === 2 ? NEXT_HOP_V6 : NEXT_HOP_V4;
  return (hex, negotiated) => {
    const head = uint(afi, 2) + uint(safi, 1) + uint(bytesIn(nextHop), 1) + nextHop;
    const mandatory = attribute(0x40, 1, "00") + attribute(0x40, 2, "");
    return attributes(mandatory + attribute(0x80, 14, `${head}00${hex}`), negotiated);
  };
}

/** NLRI of a family, withdrawn. */
export function withdrawnOf(afi: number, safi: number): Reader {
  return attributeOfWithHead(15, uint(afi, 2) + uint(safi, 1));
}

function attributeOfWithHead(code: number, head: string): Reader {
  return (hex, negotiated) => attributes(attribute(0x80, code, head + hex), negotiated);
}

/** A list of prefixes in the NLRI field. */
export const prefixes: Reader = (hex, negotiated) => {
  const mandatory = attribute(0x40, 1, "00") + attribute(0x40, 2, "") +
    attribute(0x40, 3, NEXT_HOP_V4);
  return routeMonitoring(update({ attributes: mandatory, nlri: hex }), negotiated);
};

/** A list of capabilities. */
export const capabilities: Reader = (hex, negotiated) =>
  openParameters(`02${uint(bytesIn(hex), 1)}${hex}`, negotiated);

/** The value of a capability. */
export function capabilityOf(code: number): Reader {
  return (hex) => capabilities(uint(code, 1) + uint(bytesIn(hex), 1) + hex, {});
}

/** Extended communities, one or more. */
export const extendedCommunities: Reader = attributeOf(16);

/** The value of a TLV of the BGP-LS attribute. */
export function linkStateTlv(type: number): Reader {
  return (hex, negotiated) =>
    attributeOf(29, 0x80)(uint(type, 2) + uint(bytesIn(hex), 2) + hex, negotiated);
}

/** The body of a BGP-LS NLRI of this type, behind type and length. */
export function linkStateNlri(type: number, safi = 71): Reader {
  return (hex, negotiated) =>
    nlriOf(16388, safi)(uint(type, 2) + uint(bytesIn(hex), 2) + hex, negotiated);
}

/** The first TLV of those that follow each other. */
export function firstTlv(reader: Reader): Reader {
  return (hex, negotiated) =>
    reader(hex.slice(0, 8 + 2 * Number.parseInt(hex.slice(4, 8), 16)), negotiated);
}

/** Protocol 2, identifier 0. */
const LINK_STATE_HEAD = "020000000000000000";

/** TLVs of Local Node Descriptors. */
export const nodeDescriptors: Reader = (hex, negotiated) =>
  linkStateNlri(1)(LINK_STATE_HEAD + uint(256, 2) + uint(bytesIn(hex), 2) + hex, negotiated);

/** Descriptors of a BGP-LS NLRI of this type, behind a local node. */
export function linkStateDescriptors(type: number): Reader {
  const node = "0100000802030004c0000201";
  return (hex, negotiated) => linkStateNlri(type)(LINK_STATE_HEAD + node + hex, negotiated);
}

/** The Ethernet segment identifier of an Ethernet segment's route. */
export const segmentIdentifier: Reader = (hex, negotiated) =>
  evpnRoute(4)(`0001c000020100ff${hex}20c0000201`, negotiated);

/** Optional parameters of an OPEN. */
export const openParameters: Reader = (hex) =>
  bodyOf(1)(`04fde800b4c0000201${uint(bytesIn(hex), 1)}${hex}`, {});

/** The body of an EVPN route of this type. */
export function evpnRoute(type: number): Reader {
  return (hex, negotiated) =>
    nlriOf(25, 70)(uint(type, 1) + uint(bytesIn(hex), 1) + hex, negotiated);
}

/** The value of a sub-TLV of an SR policy's tunnel. */
export function policySubTlv(type: number): Reader {
  return (hex, negotiated) => {
    const length = uint(bytesIn(hex), type < 128 ? 1 : 2);
    const sub = uint(type, 1) + length + hex;
    return attributeOf(23)(`000f${uint(bytesIn(sub), 2)}${sub}`, negotiated);
  };
}

/** What stands in a segment list, behind its reserved octet. */
export const segments: Reader = (hex, negotiated) => policySubTlv(128)(`00${hex}`, negotiated);

/** The value of a segment of this type. */
export function segmentOf(type: number): Reader {
  return (hex, negotiated) => segments(uint(type, 1) + uint(bytesIn(hex), 1) + hex, negotiated);
}

/** A BMP message as it is. */
export const bmpMessage: Reader = (hex) => hex;

/** The body of a BMP message, behind the common header (and the per-peer header). */
export function bmpBody(type: number): Reader {
  const hasPeer = type <= 3 || type === 6;
  return (hex) => bmp(type, (hasPeer ? perPeer() : "") + hex);
}

/** What a fragment reads as. */
export interface Reading {
  readonly message: string;
  readonly tree: Part;
}

/** Shows a fragment as a tree. */
export function read(reader: Reader, hex: string, negotiated: Negotiated): Reading {
  const explainer = new MessageExplainer();
  const modes = (negotiated.addPath ?? []).map(([afi, safi]) => [afi, safi, 3] as const);
  const capability = modes.length === 0 ? "" : addPath(...modes);
  explainer.explain(fromHex(peerUp({}, { sent: capability, received: capability })));
  const text = reader(hex, negotiated);
  return { message: text, tree: explainer.explain(fromHex(text)) };
}

/** Whether the hex begins with the marker of a BGP message. */
export function isBgpMessage(hex: string): boolean {
  return hex.startsWith(MARKER);
}
