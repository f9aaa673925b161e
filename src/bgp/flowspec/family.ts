/**
 * Flow Specifications (RFC 8955 section 4, IPv6: RFC 8956): packet filters as routes.
 *
 * ```
 * u8 or u16   length in octets of what follows; 0xf000 is set where it has two octets (section 4.1)
 * u8[8]       route distinguisher, SAFI 134 only (section 8)
 * ...         components: u8 type, then by type
 * ```
 *
 * AFI 25 as GoBGP and Ryu send it, after draft-ietf-idr-flowspec-l2vpn-05. Whether later revisions have more in front of the
 * components is not certain here; a component of type 0, which such fields would look like, is refused.
 */
import { type DecodeFault, fail, isFault } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import { familyName } from "../families.ts";
import type { ObjectFamily } from "../nlri/family.ts";
import { NlriReader } from "../nlri/reader.ts";
import { type Component, type Matched, readComponent } from "./components.ts";

const VPN_SAFI = 134;
/** From here on the length has two octets. */
const LONG_LENGTH = 0xf0;

export interface FlowSpecRoute {
  /** SAFI 134 only. */
  readonly rd?: string;
  /** The rule in words: `dst 192.0.2.0/24 proto =6 dport =80|>=8000&<=8088`. */
  readonly rule: string;
  /** In the order of the wire. */
  readonly components: readonly Component[];
  /** Set where types do not increase (RFC 8955 section 4.2): the rule is no route in the sense of the RFC, but readable. */
  readonly isOutOfOrder?: true;
  /** Set where an offset makes sense only in the layout from before RFC 8956, see prefixes.ts. */
  readonly isDraftOffset?: true;
  /** All components, as they came. */
  readonly hex: string;
}

export function flowSpecFamily(
  afi: number,
  safi: 133 | 134,
  matched: Matched,
  reference: string,
): ObjectFamily<FlowSpecRoute> {
  return {
    kind: "object",
    afi,
    safi,
    name: familyName(afi, safi),
    reference,
    addPath: true,
    endOfRoute,
    decode: (bytes, view, start, end) => {
      const read = (isFromFirstBit: boolean) => {
        const reader = new NlriReader(bytes, view, valueStart(bytes, start), end);
        return readRoute(reader, matched, safi === VPN_SAFI, isFromFirstBit);
      };
      return matched === "ipv6" ? readEither(read) : read(false);
    },
  };
}

function valueStart(bytes: Uint8Array, start: number): number {
  return start + (bytes[start]! >= LONG_LENGTH ? 2 : 1);
}

function endOfRoute(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  const value = valueStart(bytes, start);
  if (value > end) fail("nlri-truncated", start, "a length of 2 bytes");
  const length = value - start === 1 ? bytes[start]! : view.getUint16(start) & 0x0fff;
  if (length > end - value) fail("nlri-truncated", start, `a length of at most ${end - value}`);
  return value + length;
}

/** Reads as RFC 8956 has it; where that fails and the layout from before it makes a sound rule, that is taken. */
function readEither(read: (isFromFirstBit: boolean) => FlowSpecRoute): FlowSpecRoute {
  const first = attempt(() => read(false));
  if (!isFault(first) && !first.isOutOfOrder) return first;
  const second = attempt(() => read(true));
  if (!isFault(second) && !second.isOutOfOrder) return { ...second, isDraftOffset: true };
  if (isFault(first)) throw first;
  return first;
}

function attempt(read: () => FlowSpecRoute): FlowSpecRoute | DecodeFault {
  try {
    return read();
  } catch (error) {
    if (!isFault(error)) throw error;
    return error;
  }
}

function readRoute(
  reader: NlriReader,
  matched: Matched,
  hasDistinguisher: boolean,
  isFromFirstBit: boolean,
): FlowSpecRoute {
  const rd = hasDistinguisher ? reader.routeDistinguisher().rd : undefined;
  const start = reader.pos;
  if (reader.left === 0) fail("flowspec-empty", start, "a component");
  const components: Component[] = [];
  const texts: string[] = [];
  let isOutOfOrder = false;
  let lastType = 0;
  while (reader.left > 0) {
    const { component, text } = readComponent(reader, matched, isFromFirstBit);
    isOutOfOrder ||= component.type <= lastType;
    lastType = component.type;
    components.push(component);
    texts.push(text);
  }
  return {
    ...(rd !== undefined && { rd }),
    rule: texts.join(" "),
    components,
    ...(isOutOfOrder && { isOutOfOrder }),
    hex: hexText(reader.bytes, start, reader.end),
  };
}
