/** Opaque extended communities (RFC 4360 section 3.3), and others whose value belongs to one document alone. */
import { putHex, putIpv4, putU32 } from "../../wire/text.ts";
import type { ByteWriter } from "../../wire/writer.ts";
import { communityType, numbers, putFirstFour, putSixOctets } from "./types.ts";

/** States of RFC 8097 section 2. */
export const VALIDATION_STATES = ["valid", "not-found", "invalid"];

/** RFC 8097 section 2: the state is the last octet. */
function putValidationState(
  out: ByteWriter,
  _bytes: Uint8Array,
  view: DataView,
  at: number,
): void {
  const state = view.getUint8(at + 5);
  out.ascii(VALIDATION_STATES[state] ?? `unknown=${state}`);
}

/** RFC 7902 section 2.2: 48 flags. */
function putFlags48(out: ByteWriter, bytes: Uint8Array, _view: DataView, at: number): void {
  out.ascii("0x");
  putHex(out, bytes, at, at + 6);
}

function putUnknownSubtype(
  out: ByteWriter,
  _bytes: Uint8Array,
  view: DataView,
  at: number,
): void {
  out.ascii(`unknown-subtype=${view.getUint8(at - 1)}`);
}

/** draft-ietf-idr-custom-decision: point of insertion, community id, cost. */
const COST = numbers(1, 1, 4);
/** RFC 4577 section 4.2.6: area, route type, options. */
export const OSPF_ROUTE_TYPE = numbers(4, 1, 1);

export const OPAQUE = communityType(putFirstFour, {
  0x01: ["cost=", COST],
  0x03: "cporf=",
  0x04: "esrc=",
  0x05: "esep=",
  0x06: ["ort=", OSPF_ROUTE_TYPE],
  0x07: ["taf=", putFlags48],
  0x08: ["cls=", numbers(2, 4)], // RFC 9573 section 3.1: id type, id
  0x09: ["upa=", putSixOctets], // draft-krierhorn-idr-upa
  0x0b: ["color=", numbers(-2, 4)], // RFC 9012 section 4.3: flags, colour
  0x0c: ["encap=", numbers(-4, 2)], // RFC 9012 section 4.1: reserved, tunnel type
  0x0d: "dg=",
  0x0e: "p2p2m=",
  0x13: ["rtr=", putSixOctets],
  0x14: "chso=",
  0xaa: "lb=",
}, putFirstFour);

export const NON_TRANSITIVE_OPAQUE = communityType(putUnknownSubtype, {
  0x00: ["ov-state=", putValidationState],
  0x01: ["cost=", COST],
}, putUnknownSubtype);

/** RFC 9832 section 4.1: reserved, transport class. */
const TRANSPORT_CLASS = numbers(2, 4);

export const TRANSPORT_CLASSES = communityType(TRANSPORT_CLASS, { 0x02: "transport-target=" });

export const NON_TRANSITIVE_TRANSPORT_CLASSES = communityType(TRANSPORT_CLASS, {
  0x02: "transport-class=",
});

export const SERVICE_FUNCTION_CHAINING = communityType(putSixOctets, {
  0x01: "sfir-pool=", // RFC 9015 section 3.1.1
  0x02: "sfc-mixed-labels=", // RFC 9015 section 3.1.2
});

/**
 * Cisco's copy of EIGRP route attributes (type 0x88, not IANA's), as tcpdump and tshark read them: flags and tag; AS and delay;
 * reliability, hops and bandwidth; reserved, load and MTU; external AS and router; external protocol and metric; reserved and router.
 */
export const EIGRP = communityType(numbers(2, 4), {
  0x00: "eigrp-route=",
  0x01: "eigrp-as-delay=",
  0x02: ["eigrp-reliability-hops-bandwidth=", numbers(1, 1, 4)],
  0x03: ["eigrp-load-mtu=", numbers(-1, 1, 4)],
  0x04: ["eigrp-external-as-router=", putAsAndRouter],
  0x05: "eigrp-external-protocol-metric=",
  // Cisco's own output has `0x8806:0:16843009` for router 1.1.1.1.
  0x06: ["eigrp-router=", (out, bytes, _view, at) => putIpv4(out, bytes, at + 2)],
});

function putAsAndRouter(out: ByteWriter, bytes: Uint8Array, view: DataView, at: number): void {
  putU32(out, view.getUint16(at));
  out.ascii(":");
  putIpv4(out, bytes, at + 2);
}
