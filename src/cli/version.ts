/** The version of edgebmp; a test holds it equal to that in deno.json. */
export const VERSION = "0.1.0";

/** Set by those who make an executable. */
declare const EDGEBMP_COMMIT: string | undefined;

/** The commit that an executable was made of; empty elsewhere. */
export const COMMIT = typeof EDGEBMP_COMMIT === "string" ? EDGEBMP_COMMIT : "";
