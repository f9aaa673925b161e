/**
 * Service function chaining (RFC 9015 section 3): `route type u16, length u16, body`.
 *
 * ```
 * 1  Service Function Instance   RD 8, type of the function u16     (section 3.1)
 * 2  Service Function Path       RD 8, service path identifier u24  (section 3.2)
 * ```
 */
import { fail } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import type { ObjectFamily } from "./family.ts";
import { NlriReader } from "./reader.ts";

export interface ServiceFunctionRoute {
  readonly routeType: number;
  /** Short name of the type; absent where it is unknown. */
  readonly name?: string;
  readonly rd?: string;
  readonly rdType?: number;
  /** Type of the service function. */
  readonly functionType?: number;
  /** Identifier of the service path (RFC 8300). */
  readonly pathIdentifier?: number;
  /** The octets behind the length of a route of an unknown type. */
  readonly hex?: string;
}

const HEADER_BYTES = 4;
const INSTANCE = 1;
const PATH = 2;

function endOfRoute(_bytes: Uint8Array, view: DataView, start: number, end: number): number {
  if (end - start < HEADER_BYTES) fail("nlri-truncated", start, "a route type and a length");
  const length = view.getUint16(start + 2);
  if (length > end - start - HEADER_BYTES) {
    fail("nlri-truncated", start + 2, `${length} bytes of NLRI`);
  }
  return start + HEADER_BYTES + length;
}

export const BGP_SFC: ObjectFamily<ServiceFunctionRoute> = {
  kind: "object",
  afi: 31,
  safi: 9,
  name: "bgp-sfc",
  reference: "RFC 9015 section 3",
  addPath: true,
  endOfRoute,
  decode(bytes, view, start, end) {
    const routeType = view.getUint16(start);
    const bodyStart = start + HEADER_BYTES;
    if (routeType !== INSTANCE && routeType !== PATH) {
      return { routeType, hex: hexText(bytes, bodyStart, end) };
    }
    const reader = new NlriReader(bytes, view, bodyStart, end);
    const distinguished = reader.routeDistinguisher();
    const body = routeType === INSTANCE
      ? { name: "service-function-instance", functionType: reader.u16("service function type") }
      : { name: "service-function-path", pathIdentifier: reader.u24("service path identifier") };
    reader.finish();
    return { routeType, ...distinguished, ...body };
  },
};
