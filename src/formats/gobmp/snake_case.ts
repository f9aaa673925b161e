/** Values of decoders, as records show them. */
import { snakeCasedName } from "../../wire/snake_case.ts";

/** The same value with the member names of all objects in it in snake_case. */
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [snakeCasedName(name), snakeCased(inner)]),
  );
}
