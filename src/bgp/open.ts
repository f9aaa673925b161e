/**
 * BGP OPEN (RFC 4271 section 4.2, capabilities RFC 5492, extended lengths RFC 9072).
 *
 * ```
 *  0  u8   Version
 *  1  u16  My Autonomous System
 *  3  u16  Hold Time
 *  5  u32  BGP Identifier
 *  9  u8   Optional Parameters Length
 * 10  ...  parameters: type u8, length u8, value
 *
 * 10  u8   255, the sign of RFC 9072: then instead
 * 11  u16  Extended Optional Parameters Length
 * 13  ...  parameters: type u8, length u16, value
 * ```
 */
import { type DecodeFault, fail, fault } from "../wire/fault.ts";
import { ipv4Text } from "../wire/strings.ts";
import { type Capability, decodeCapabilities } from "./capabilities/registry.ts";
import { familyKey } from "./families.ts";

const FIXED_BYTES = 10;
const EXTENDED_FIXED_BYTES = 13;
const CAPABILITIES_PARAMETER = 2;
const EXTENDED_LENGTH = 255;

/** An optional parameter that holds no capabilities; its value is `[start, end)`. */
export interface OpenParameter {
  /** IANA's parameter type. */
  readonly type: number;
  /** First byte of the value. */
  readonly start: number;
  /** End of the value, exclusive. */
  readonly end: number;
}

/** A decoded OPEN. */
export interface Open {
  /** 4, or what the speaker sent instead. */
  readonly version: number;
  /** The two-octet field; 23456 (AS_TRANS) where the real number needs four. */
  readonly myAs: number;
  /** The speaker's AS number: that of capability 65, else the two-octet field (RFC 6793 section 4.1). */
  readonly asn: number;
  /** Whether capability 65 is there. */
  readonly fourOctetAs: boolean;
  /** Hold time in seconds, as proposed. */
  readonly holdTimeSeconds: number;
  /** Dotted decimal. */
  readonly bgpIdentifier: string;
  /** Whether the parameters have the lengths of RFC 9072. */
  readonly extendedParameters: boolean;
  /** In the order of the wire, over all parameters, repeated ones included. */
  readonly capabilities: readonly Capability[];
  /** Parameters other than capabilities. */
  readonly parameters: readonly OpenParameter[];
  /** What is wrong with it; what could be read is there all the same. */
  readonly faults: readonly DecodeFault[];
}

/**
 * Decodes the OPEN whose body (after the 19-byte header) is `bytes[start, end)`.
 *
 * A collector reports what two routers told each other: an unacceptable hold time or identifier (FRR's Loc-RIB has 0.0.0.0) and
 * broken parameters are listed in `faults`.
 *
 * @throws DecodeFault `open-length` when the fixed part is incomplete
 */
export function decodeOpen(bytes: Uint8Array, view: DataView, start: number, end: number): Open {
  const length = end - start;
  if (length < FIXED_BYTES) {
    fail("open-length", start, `at least ${FIXED_BYTES} bytes, found ${length}`);
  }
  const faults: DecodeFault[] = [];
  const version = bytes[start]!;
  if (version !== 4) faults.push(fault("open-version", start, `version 4, found ${version}`));
  const holdTimeSeconds = view.getUint16(start + 3);
  if (holdTimeSeconds === 1 || holdTimeSeconds === 2) {
    faults.push(
      fault("open-hold-time", start + 3, `0 or at least 3 seconds, found ${holdTimeSeconds}`),
    );
  }
  if (view.getUint32(start + 5) === 0) {
    faults.push(fault("open-bgp-identifier", start + 5, "a non-zero BGP Identifier (RFC 6286)"));
  }
  const myAs = view.getUint16(start + 1);
  const shortLength = bytes[start + 9]!;
  // RFC 9072 section 2: the type octet decides, whatever the short length says, unless that is zero.
  const extendedParameters = shortLength !== 0 && length > FIXED_BYTES &&
    bytes[start + FIXED_BYTES] === EXTENDED_LENGTH;
  const parametersStart = start + (extendedParameters ? EXTENDED_FIXED_BYTES : FIXED_BYTES);
  const capabilities: Capability[] = [];
  const parameters: OpenParameter[] = [];
  for (
    const parameter of walkParameters(bytes, view, parametersStart, end, extendedParameters, faults)
  ) {
    if (parameter.type === CAPABILITIES_PARAMETER) {
      const found = decodeCapabilities(bytes, view, parameter.start, parameter.end, faults);
      for (const capability of found) capabilities.push(capability);
    } else {
      parameters.push(parameter);
    }
  }
  const asn = fourOctetAsOf(capabilities);
  return {
    version,
    myAs,
    asn: asn ?? myAs,
    fourOctetAs: asn !== undefined,
    holdTimeSeconds,
    bgpIdentifier: ipv4Text(bytes, start + 5),
    extendedParameters,
    capabilities,
    parameters,
    faults,
  };
}

/**
 * What a speaker says of path identifiers (RFC 7911 section 4), by {@linkcode familyKey}: 1 it can receive, 2 it can send,
 * 3 both. Other values are ignored, as the RFC asks. Takes an OPEN, or the capabilities of a version 4 Route Monitoring.
 */
export function addPathModes(
  from: { readonly capabilities: readonly Capability[] },
): Map<number, number> {
  const modes = new Map<number, number>();
  for (const { value } of from.capabilities) {
    if (value.kind !== "add-path") continue;
    for (const { afi, safi, mode } of value.entries) {
      if (mode >= 1 && mode <= 3) modes.set(familyKey(afi, safi), mode);
    }
  }
  return modes;
}

/** Finds the optional parameters, whose lengths end where the OPEN ends; adds to `faults` where they do not. */
function walkParameters(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  extended: boolean,
  faults: DecodeFault[],
): OpenParameter[] {
  const parameters: OpenParameter[] = [];
  const found = end - start;
  const lengthOffset = extended ? start - 2 : start - 1;
  if (found < 0) {
    faults.push(fault("open-parameters-length", end, "an extended length of 2 octets"));
    return parameters;
  }
  const declared = extended ? view.getUint16(lengthOffset) : bytes[lengthOffset]!;
  if (declared !== found) {
    faults.push(fault("open-parameters-length", lengthOffset, `${found}, found ${declared}`));
  }
  const parametersEnd = Math.min(end, start + declared);
  const headerBytes = extended ? 3 : 2;
  for (let pos = start; pos < parametersEnd;) {
    const room = parametersEnd - pos - headerBytes;
    if (room < 0) {
      faults.push(fault("open-parameter-header", pos, `${headerBytes} bytes of parameter header`));
      break;
    }
    const length = extended ? view.getUint16(pos + 1) : bytes[pos + 1]!;
    if (length > room) {
      faults.push(fault("open-parameter-length", pos + 1, `at most ${room}, found ${length}`));
      break;
    }
    const valueStart = pos + headerBytes;
    pos = valueStart + length;
    parameters.push({ type: bytes[valueStart - headerBytes]!, start: valueStart, end: pos });
  }
  return parameters;
}

function fourOctetAsOf(capabilities: readonly Capability[]): number | undefined {
  for (const { value } of capabilities) if (value.kind === "four-octet-as") return value.asn;
  return undefined;
}
