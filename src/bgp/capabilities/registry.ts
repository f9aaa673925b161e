/**
 * BGP capabilities (RFC 5492 section 4): the registry, and the walk over a list of them.
 *
 * ```
 * 0  u8   Capability Code     \
 * 1  u8   Capability Length    > capability, repeated
 * 2  ...  Capability Value    /
 * ```
 */
import { type DecodeFault, fault, faultWithin } from "../../wire/fault.ts";
import { MULTIPROTOCOL, type Multiprotocol } from "./001_multiprotocol.ts";
import {
  OUTBOUND_ROUTE_FILTERING,
  type OutboundRouteFiltering,
  PRESTANDARD_OUTBOUND_ROUTE_FILTERING,
} from "./003_outbound_route_filtering.ts";
import { EXTENDED_NEXT_HOP, type ExtendedNextHop } from "./005_extended_next_hop.ts";
import { BGPSEC, type Bgpsec } from "./007_bgpsec.ts";
import { MULTIPLE_LABELS, type MultipleLabels } from "./008_multiple_labels.ts";
import { ROLE, type Role } from "./009_role.ts";
import { GRACEFUL_RESTART, type GracefulRestart } from "./064_graceful_restart.ts";
import { FOUR_OCTET_AS, type FourOctetAs } from "./065_four_octet_as.ts";
import { DYNAMIC, type Dynamic } from "./067_dynamic.ts";
import { MULTISESSION, type Multisession } from "./068_multisession.ts";
import { ADD_PATH, type AddPath } from "./069_add_path.ts";
import {
  LONG_LIVED_GRACEFUL_RESTART,
  type LongLivedGracefulRestart,
} from "./071_long_lived_graceful_restart.ts";
import { FQDN, type Fqdn } from "./073_fqdn.ts";
import { SOFTWARE_VERSION, type SoftwareVersion } from "./075_software_version.ts";
import { PATHS_LIMIT, type PathsLimit } from "./076_paths_limit.ts";
import {
  type CapabilitySpec,
  decodeEmpty,
  decodeOpaque,
  type EmptyCapability,
  type OpaqueCapability,
} from "./spec.ts";

/** Every capability that is known, in order of code. */
export const CAPABILITY_SPECS = [
  MULTIPROTOCOL,
  empty(2, "Route Refresh Capability for BGP-4", "RFC 2918 section 2"),
  OUTBOUND_ROUTE_FILTERING,
  opaque(4, "Multiple routes to a destination capability (deprecated)", "RFC 8277 section 6"),
  EXTENDED_NEXT_HOP,
  empty(6, "BGP Extended Message", "RFC 8654 section 3"),
  BGPSEC,
  MULTIPLE_LABELS,
  ROLE,
  GRACEFUL_RESTART,
  FOUR_OCTET_AS,
  opaque(66, "Deprecated (2003-03-06)", "RFC 5492 section 6", "Unknown capability 66"),
  DYNAMIC,
  MULTISESSION,
  ADD_PATH,
  empty(70, "Enhanced Route Refresh Capability", "RFC 7313 section 3"),
  LONG_LIVED_GRACEFUL_RESTART,
  opaque(72, "Routing Policy Distribution", "draft-ietf-idr-rpd"),
  FQDN,
  empty(
    74,
    "BFD Strict-Mode Capability",
    "draft-ietf-idr-bgp-bfd-strict-mode",
    "Unknown capability 74",
  ),
  SOFTWARE_VERSION,
  PATHS_LIMIT,
  empty(
    77,
    "Link-Local Next Hop Capability",
    "draft-ietf-idr-linklocal-capability",
    "Unknown capability 77",
  ),
  opaque(78, "Metadata", "draft-ietf-idr-5g-edge-service-metadata", "Unknown capability 78"),
  empty(128, "Prestandard Route Refresh (deprecated)", "RFC 8810 section 2"),
  opaque(129, "Prestandard Outbound Route Filtering (deprecated)", "RFC 8810 section 2"),
  PRESTANDARD_OUTBOUND_ROUTE_FILTERING,
  opaque(131, "Prestandard Multisession (deprecated)", "RFC 8810 section 2"),
  opaque(184, "Prestandard FQDN (deprecated)", "RFC 8810 section 2"),
  opaque(185, "Prestandard OPERATIONAL message (deprecated)", "RFC 8810 section 2"),
] as const;

type KnownSpec = typeof CAPABILITY_SPECS[number];

/** A decoded capability value; `kind` tells which. */
export type CapabilityValue =
  | Multiprotocol
  | OutboundRouteFiltering
  | ExtendedNextHop
  | Bgpsec
  | MultipleLabels
  | Role
  | GracefulRestart
  | FourOctetAs
  | Dynamic
  | Multisession
  | AddPath
  | LongLivedGracefulRestart
  | Fqdn
  | SoftwareVersion
  | PathsLimit
  | EmptyCapability
  | OpaqueCapability;

/** One capability as it stood in an OPEN or in a Stateless Parsing TLV. */
export interface Capability {
  /** IANA's capability code. */
  readonly code: number;
  /** IANA's name, undefined for an unassigned code. */
  readonly name: string | undefined;
  /** goBMP's `capability_descr`. */
  readonly description: string;
  /** The document that defines it, undefined for an unassigned code. */
  readonly reference: string | undefined;
  /** The value as sent is `[start, end)`. */
  readonly start: number;
  /** End of the value, exclusive. */
  readonly end: number;
  /** `opaque` where the code is unknown or the value is malformed; then a fault was listed. */
  readonly value: CapabilityValue;
}

const SPEC_BY_CODE: readonly (KnownSpec | undefined)[] = indexByCode();

/**
 * Decodes the capabilities in `bytes[start, end)`, in order. A malformed value costs itself only, a capability that runs past
 * the end costs the rest of the list; either adds a fault to `faults`.
 */
export function decodeCapabilities(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  faults: DecodeFault[],
): Capability[] {
  const capabilities: Capability[] = [];
  for (let pos = start; pos < end;) {
    const room = end - pos - 2;
    if (room < 0) {
      faults.push(fault("capability-header", pos, "2 bytes of capability header, found 1"));
      break;
    }
    const code = bytes[pos]!;
    const length = bytes[pos + 1]!;
    if (length > room) {
      const found = fault("capability-length", pos + 1, `at most ${room}, found ${length}`);
      faults.push(faultWithin(found, capabilityPlace(code)));
      break;
    }
    pos += 2;
    capabilities.push(decodeCapability(code, bytes, view, pos, pos + length, faults));
    pos += length;
  }
  return capabilities;
}

function decodeCapability(
  code: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  faults: DecodeFault[],
): Capability {
  const spec = SPEC_BY_CODE[code];
  const name = spec?.name;
  let description = spec === undefined
    ? `Unknown capability ${code}`
    : spec.description ?? spec.name;
  let value: CapabilityValue | undefined;
  try {
    value = spec?.decode(bytes, view, start, end);
    if (spec?.describe !== undefined) description += spec.describe(bytes, view, start, end);
  } catch (error) {
    faults.push(faultWithin(error, capabilityPlace(code)));
  }
  value ??= decodeOpaque(bytes, view, start, end);
  return { code, name, description, reference: spec?.reference, start, end, value };
}

function capabilityPlace(code: number): string {
  const name = SPEC_BY_CODE[code]?.name;
  return name === undefined ? `in capability ${code}` : `in capability ${code} (${name})`;
}

function empty(
  code: number,
  name: string,
  reference: string,
  description = name,
): CapabilitySpec<EmptyCapability> {
  return { code, name, reference, description, decode: decodeEmpty };
}

function opaque(
  code: number,
  name: string,
  reference: string,
  description = name,
): CapabilitySpec<OpaqueCapability> {
  return { code, name, reference, description, decode: decodeOpaque };
}

function indexByCode(): readonly (KnownSpec | undefined)[] {
  const index = new Array<KnownSpec | undefined>(256).fill(undefined);
  for (const spec of CAPABILITY_SPECS) index[spec.code] = spec;
  return index;
}
