/** Builds BMP and BGP messages as hex, for tests that read better by parts than by offsets. */

/** `value` as `bytes` octets. */
export function uint(value: number, bytes: number): string {
  return value.toString(16).padStart(2 * bytes, "0");
}

function bytesIn(hex: string): number {
  return hex.replace(/\s/g, "").length / 2;
}

/** A path attribute; its length takes two octets when it has to, or when the flags say so. */
export function attribute(flags: number, code: number, value: string): string {
  const plain = value.replace(/\s/g, "");
  const length = bytesIn(plain);
  const isLong = length > 255 || (flags & 0x10) !== 0;
  return uint(flags | (isLong ? 0x10 : 0), 1) + uint(code, 1) + uint(length, isLong ? 2 : 1) +
    plain;
}

/** ORIGIN IGP. */
export const ORIGIN = attribute(0x40, 1, "00");
/** AS_PATH 65001 65002, four octets each. */
export const AS_PATH = attribute(0x40, 2, "0202 0000fde9 0000fdea");
/** NEXT_HOP 192.0.2.1. */
export const NEXT_HOP = attribute(0x40, 3, "c0000201");
/** What an announcement in the NLRI field needs. */
export const MANDATORY = ORIGIN + AS_PATH + NEXT_HOP;

/** MP_REACH_NLRI. */
export function mpReach(afi: number, safi: number, nextHop: string, nlri: string): string {
  const head = uint(afi, 2) + uint(safi, 1) + uint(bytesIn(nextHop), 1) + nextHop;
  return attribute(0x80, 14, `${head}00${nlri}`);
}

/** MP_UNREACH_NLRI. */
export function mpUnreach(afi: number, safi: number, nlri: string): string {
  return attribute(0x80, 15, uint(afi, 2) + uint(safi, 1) + nlri);
}

/** The body of an UPDATE, without the BGP header. */
export function updateBody(
  parts: { readonly withdrawn?: string; readonly attributes?: string; readonly nlri?: string },
): string {
  const { withdrawn = "", attributes = "", nlri = "" } = parts;
  return uint(bytesIn(withdrawn), 2) + withdrawn + uint(bytesIn(attributes), 2) + attributes + nlri;
}

/** A BGP message with its header. */
export function bgp(type: number, body: string): string {
  return "ff".repeat(16) + uint(19 + bytesIn(body), 2) + uint(type, 1) + body;
}

/** An UPDATE with its header. */
export function update(parts: Parameters<typeof updateBody>[0]): string {
  return bgp(2, updateBody(parts));
}

/** A BMP message of version 3, unless told otherwise. */
export function bmp(type: number, body: string, version = 3): string {
  return uint(version, 1) + uint(6 + bytesIn(body), 4) + uint(type, 1) + body;
}

/** What a per-peer header says; hex, but for the numbers. */
export interface PeerOptions {
  readonly type?: number;
  readonly flags?: number;
  readonly distinguisher?: string;
  /** 16 octets, or 4 for IPv4. */
  readonly address?: string;
  readonly as?: number;
  readonly bgpId?: string;
  readonly seconds?: number;
  readonly microseconds?: number;
}

/** A per-peer header: 192.0.2.2 in AS 65001, Adj-RIB-In before policy, unless told otherwise. */
export function perPeer(options: PeerOptions = {}): string {
  const { type = 0, flags = 0, distinguisher = "", address = "c0000202", as = 65001 } = options;
  const { bgpId = "c0000202", seconds = 1_600_000_000, microseconds = 250_000 } = options;
  return uint(type, 1) + uint(flags, 1) + distinguisher.padStart(16, "0") +
    address.padStart(32, "0") + uint(as, 4) + bgpId + uint(seconds, 4) + uint(microseconds, 4);
}

/** An OPEN with capabilities, each `code length value` in hex. */
export function open(as: number, bgpId: string, capabilities = ""): string {
  const length = bytesIn(capabilities);
  const parameters = length === 0 ? "" : `02${uint(length, 1)}${capabilities}`;
  const myAs = as > 0xffff ? 23456 : as;
  return bgp(1, `04${uint(myAs, 2)}00b4${bgpId}${uint(bytesIn(parameters), 1)}${parameters}`);
}

/** Capability 65 with an AS number. */
export function fourOctetAs(as: number): string {
  return `4104${uint(as, 4)}`;
}

/** Capability 69 for families given as `[AFI, SAFI, mode]`. */
export function addPath(...families: readonly (readonly [number, number, number])[]): string {
  const value = families.map(([afi, safi, mode]) => uint(afi, 2) + uint(safi, 1) + uint(mode, 1));
  return `45${uint(4 * families.length, 1)}${value.join("")}`;
}

/** What a Peer Up has beside its per-peer header. */
export interface PeerUpOptions {
  /** 16 octets, or 4 for IPv4. */
  readonly localAddress?: string;
  readonly localAs?: number;
  /** Capabilities that the monitored router sent. */
  readonly sent?: string;
  readonly received?: string;
  readonly tlvs?: string;
}

/** A Peer Up: local address 192.0.2.1 in AS 65000, unless told otherwise. */
export function peerUp(peer: PeerOptions = {}, options: PeerUpOptions = {}): string {
  const { localAddress = "c0000201", localAs = 65000, tlvs = "" } = options;
  const sent = fourOctetAs(localAs) + (options.sent ?? "");
  const received = fourOctetAs(peer.as ?? 65001) + (options.received ?? "");
  return bmp(
    3,
    perPeer(peer) + localAddress.padStart(32, "0") + "00b3c000" +
      open(localAs, "c0000201", sent) +
      open(peer.as ?? 65001, peer.bgpId ?? "c0000202", received) + tlvs,
  );
}

/** A Peer Down; `data` starts with the reason. */
export function peerDown(peer: PeerOptions = {}, data = "04"): string {
  return bmp(2, perPeer(peer) + data);
}

/** A Route Monitoring with an UPDATE. */
export function routeMonitoring(
  parts: Parameters<typeof updateBody>[0],
  peer: PeerOptions = {},
): string {
  return bmp(0, perPeer(peer) + update(parts));
}

/** A TLV of BMP version 3. */
export function tlv(type: number, value: string): string {
  return uint(type, 2) + uint(bytesIn(value), 2) + value;
}

/** A TLV of a version 4 Route Monitoring, without enterprise number. */
export function indexedTlv(type: number, index: number, value: string): string {
  return uint(type, 2) + uint(bytesIn(value), 2) + uint(index, 2) + value;
}

/** An Initiation with a sysName, or without one. */
export function initiation(sysName?: string): string {
  if (sysName === undefined) return bmp(4, tlv(1, "64"));
  const name = Array.from(new TextEncoder().encode(sysName), (byte) => uint(byte, 1));
  return bmp(4, tlv(1, "64") + tlv(2, name.join("")));
}
