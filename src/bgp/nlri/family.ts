/**
 * What an address family is to this program: one file, one spec, one line in the registry.
 */

interface FamilyBase {
  readonly afi: number;
  readonly safi: number;
  /** That of `familyName`, e.g. `ipv4-unicast`: in records and metrics. */
  readonly name: string;
  /** The document that defines the NLRI, e.g. `RFC 8277 section 2`: in the support matrix and in `explain`. */
  readonly reference: string;
}

/** A family whose NLRI is a prefix, with labels and a route distinguisher before it or without. Written on the byte path. */
export interface PrefixFamily extends FamilyBase {
  readonly kind: "prefix";
  /** Bits of an address: 32 or 128. */
  readonly addressBits: 32 | 128;
  /** Whether a label stack stands before the prefix (RFC 8277). */
  readonly labelled: boolean;
  /** Bits of the route distinguisher between labels and prefix (RFC 4364 section 4.3.4): 64 or 0. */
  readonly distinguisherBits: 0 | 64;
}

/** A family whose NLRI is decoded to an object each, of the shape `Route`. */
export interface ObjectFamily<Route extends object = object> extends FamilyBase {
  readonly kind: "object";
  /** Whether ADD-PATH can be negotiated (RFC 7911); each NLRI then starts with a path identifier. */
  readonly addPath: boolean;
  /**
   * Where the NLRI that starts at `start` (behind a path identifier) ends, at most `end` and behind `start`: from its own type and
   * length, without a look at what is inside. @throws DecodeFault when that cannot be told; the rest of the list is lost then
   */
  endOfRoute(bytes: Uint8Array, view: DataView, start: number, end: number): number;
  /**
   * Decodes the one NLRI `bytes[start, end)`. `isWithdrawn`: it came in MP_UNREACH_NLRI.
   *
   * Member names are camelCase; a record has them in snake_case.
   * @throws DecodeFault when it is malformed; only this route is lost then
   */
  decode(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    isWithdrawn: boolean,
  ): Route;
}

export type Family = PrefixFamily | ObjectFamily;
