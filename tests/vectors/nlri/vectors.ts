/** Routes of families that are decoded to objects: what they say, and what is wrong with the others. */

/** A sound NLRI. */
export interface GoodRoute {
  readonly name: string;
  /**
   * Where bytes and meaning come from, e.g. `RFC 8955 section 4.4`, `gobgp`, `exabgp`, `tshark`; absent: made here from the RFC's layout.
   * Self-made ones are counted apart in the support matrix.
   */
  readonly source?: string;
  /** One NLRI without path identifier, in hex. */
  readonly nlri: string;
  /** Whether it stands in MP_UNREACH_NLRI. */
  readonly isWithdrawn?: true;
  /** What the family's `decode` gives. */
  readonly route: object;
}

/** A malformed NLRI whose borders are nevertheless clear, unless `isBorderLost`. */
export interface MalformedRoute {
  readonly name: string;
  readonly nlri: string;
  /** `code@offset`, the offset from the start of the NLRI. */
  readonly fault: string;
  /** Whether `endOfRoute` already fails, so that what follows in the list is lost too. */
  readonly isBorderLost?: true;
}

export interface FamilyVectors {
  readonly good: readonly GoodRoute[];
  readonly malformed: readonly MalformedRoute[];
}
