/**
 * SD-WAN edge discovery (draft-ietf-idr-sdwan-edge-discovery): `route type u16, length u16 in bits, body`.
 *
 * ```
 * 1  local port u32, colour u32 of the site, address of the node
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import type { ObjectFamily } from "./family.ts";
import { NlriReader } from "./reader.ts";

export interface SdwanRoute {
  readonly routeType: number;
  /** Identifier of the node's port. */
  readonly localPort?: number;
  /** Groups the tunnels of a site. */
  readonly color?: number;
  /** Address of the node. */
  readonly node?: string;
  /** The octets behind the length of a route of an unknown type. */
  readonly hex?: string;
}

const HEADER_BYTES = 4;
const PORT = 1;

function endOfRoute(_bytes: Uint8Array, view: DataView, start: number, end: number): number {
  if (end - start < HEADER_BYTES) fail("nlri-truncated", start, "a route type and a length");
  const octets = (view.getUint16(start + 2) + 7) >> 3;
  if (octets > end - start - HEADER_BYTES) {
    fail("nlri-truncated", start + 2, `${octets} bytes of NLRI`);
  }
  return start + HEADER_BYTES + octets;
}

export const IPV4_SDWAN: ObjectFamily<SdwanRoute> = {
  kind: "object",
  afi: 1,
  safi: 74,
  name: "ipv4-sdwan",
  reference: "draft-ietf-idr-sdwan-edge-discovery",
  addPath: true,
  endOfRoute,
  decode(bytes, view, start, end) {
    const routeType = view.getUint16(start);
    const bodyStart = start + HEADER_BYTES;
    if (routeType !== PORT) return { routeType, hex: hexText(bytes, bodyStart, end) };
    const reader = new NlriReader(bytes, view, bodyStart, end);
    const localPort = reader.u32("local port");
    const color = reader.u32("colour");
    return { routeType, localPort, color, node: reader.restAddress("node") };
  },
};
