/**
 * What an address family is to this program: one file, one spec, one line in the registry.
 */

interface FamilyBase {
  readonly afi: number;
  readonly safi: number;
  /** That of `familyName`, e.g. `ipv4-unicast`: in records and metrics. */
  readonly name: string;
}

/** A family whose NLRI is a prefix, with labels before it or without: unicast, labelled unicast. Written on the byte path. */
export interface PrefixFamily extends FamilyBase {
  readonly kind: "prefix";
  /** Bits of an address: 32 or 128. */
  readonly addressBits: 32 | 128;
  /** Whether a label stack stands before the prefix (RFC 8277). */
  readonly labelled: boolean;
}

/** One decoded route of a rare family: any JSON value. */
export type RouteFields = { readonly [name: string]: unknown };

/** A family whose NLRI is decoded to objects. */
export interface ObjectFamily extends FamilyBase {
  readonly kind: "object";
  /** Whether ADD-PATH can be negotiated (RFC 7911); each NLRI then starts with a path identifier. */
  readonly addPath: boolean;
  /**
   * Decodes the NLRI that starts at `start` (behind a path identifier) and ends at or before `end`; returns the position
   * after it. @throws DecodeFault
   */
  decode(bytes: Uint8Array, view: DataView, start: number, end: number, route: RouteSink): number;
}

/** Where {@linkcode ObjectFamily.decode} leaves its route. */
export interface RouteSink {
  route: RouteFields;
}

export type Family = PrefixFamily | ObjectFamily;
