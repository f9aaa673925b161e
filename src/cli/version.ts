/** The version of edgebmp; a test holds it equal to that in deno.json. */
export const VERSION = "0.1.0";
