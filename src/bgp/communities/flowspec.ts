/** FlowSpec actions and the other generic transitive experimental communities (RFC 8955 section 7, RFC 7153). */
import { putU32 } from "../../wire/text.ts";
import type { ByteWriter } from "../../wire/writer.ts";
import { OSPF_ROUTE_TYPE } from "./opaque.ts";
import {
  communityType,
  numbers,
  putFourOctetAs,
  putIpv4Specific,
  putSixOctets,
  putTwoOctetAs,
  type PutValue,
} from "./types.ts";

/** RFC 8955 sections 7.1, 7.2: two-octet AS, IEEE float; times `factor`, whole. */
function trafficRate(factor: bigint, unit: string): PutValue {
  return (out, _bytes, view, at) => {
    const rate = Math.trunc(view.getFloat32(at + 2));
    const text = Number.isFinite(rate) ? (BigInt(rate) * factor).toString() : String(rate);
    out.ascii(`AS: ${view.getUint16(at)} Rate: ${text} ${unit}`);
  };
}

/** RFC 8955 section 7.3: bit 47 terminal action, bit 46 sample. */
function putTrafficAction(out: ByteWriter, _bytes: Uint8Array, view: DataView, at: number): void {
  const flags = view.getUint8(at + 5);
  out.ascii(`T=${(flags & 1) !== 0} S=${(flags & 2) !== 0}`);
}

/** RFC 8955 section 7.5: the low 6 bits. */
function putDscp(out: ByteWriter, _bytes: Uint8Array, view: DataView, at: number): void {
  out.ascii(`DSCP=${view.getUint8(at + 5) & 0x3f}`);
}

/** draft-ietf-idr-flowspec-interfaceset section 3: AS, O and I (outbound, inbound), 14 bits of group. */
function putInterfaceSet(out: ByteWriter, _bytes: Uint8Array, view: DataView, at: number): void {
  const group = view.getUint16(at + 4);
  out.ascii(`AS: ${view.getUint32(at)} Group: ${group & 0x3fff}`);
  out.ascii(` O=${(group & 0x8000) !== 0} I=${(group & 0x4000) !== 0}`);
}

/** draft-ietf-idr-flowspec-path-redirect section 4: flags, type of the id, the id. */
function putIndirection(out: ByteWriter, _bytes: Uint8Array, view: DataView, at: number): void {
  out.ascii("Flags: ");
  putU32(out, view.getUint8(at));
  out.ascii(" Type: ");
  putU32(out, view.getUint8(at + 1));
  out.ascii(" ID: ");
  putU32(out, view.getUint32(at + 2));
}

export const INTERFACE_SET = communityType(putInterfaceSet, { 0x02: "flowspec-interface-set=" });

export const INDIRECTION = communityType(putIndirection, {
  0x00: "flowspec-redirect-indirection-id=",
});

export const EXPERIMENTAL = communityType(putSixOctets, {
  0x00: ["ort=", OSPF_ROUTE_TYPE], // deprecated forms of 0x0306, 0x0107, 0x0005 (RFC 4577)
  0x01: ["ori=", putIpv4Specific],
  0x04: "sgt=", // group tag, tag and sub-cluster of vendors
  0x05: ["odi=", putTwoOctetAs],
  0x06: ["flowspec-traffic-rate=", trafficRate(8n, "bps")],
  0x07: ["flowspec-traffic-action=", putTrafficAction],
  0x08: ["flowspec-redirect=", putTwoOctetAs],
  0x09: ["flowspec-traffic-remarking=", putDscp],
  0x0a: ["l2-info=", numbers(1, 1, 2, 2)], // RFC 4761 section 3.2.4: encapsulation, control flags, MTU, reserved or preference
  0x0b: ["e-tree-info=", numbers(2)], // RFC 7796 section 5.1: flags
  0x0c: ["flowspec-traffic-rate-packets=", trafficRate(1n, "pps")],
  0x84: "tag=",
  0x85: "origin-sub-cluster=",
}, putSixOctets);

export const EXPERIMENTAL_PART_2 = communityType(putSixOctets, {
  0x06: "flowspec-traffic-rate=",
  0x07: "flowspec-traffic-action=",
  0x08: ["flowspec-redirect=", putIpv4Specific],
  0x09: "flowspec-traffic-remarking=",
}, putSixOctets);

export const EXPERIMENTAL_PART_3 = communityType(putSixOctets, {
  0x04: "sgt=",
  0x06: "flowspec-traffic-rate=",
  0x07: "flowspec-traffic-action=",
  0x08: ["flowspec-redirect=", putFourOctetAs],
  0x09: "flowspec-traffic-remarking=",
  0x84: "tag=",
  0x85: "origin-sub-cluster=",
}, putSixOctets);
