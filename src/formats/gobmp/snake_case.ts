/** Values of decoders, as records show them. */
import { snakeCasedName } from "../../wire/snake_case.ts";

/** The same value with the member names of all objects in it in snake_case. */
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== "object" || value === null) return value;
  const renamed: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    renamed[snakeCasedName(name)] = snakeCased(inner);
  }
  return renamed;
}
