/** Vectors by `afi/safi`: one line each. */
import type { FamilyVectors } from "./vectors.ts";

export const FAMILY_VECTORS: Readonly<Record<string, FamilyVectors>> = {};
