/** Small BMP messages. */

/** Initiation with sysName `r1` (RFC 7854 section 4.3). */
export const INITIATION: readonly number[] = [3, 0, 0, 0, 12, 4, 0, 2, 0, 2, 0x72, 0x31];

/** Termination, administratively closed (RFC 7854 section 4.5). */
export const TERMINATION: readonly number[] = [3, 0, 0, 0, 12, 5, 0, 1, 0, 2, 0, 0];
