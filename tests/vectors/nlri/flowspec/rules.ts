/** How vectors of Flow Specifications are written. */
import type { GoodRoute } from "../vectors.ts";

type Match = readonly [operator: string, value: number | bigint, octets?: number, and?: "and"];

/** A sound NLRI; `rest`: members beside rule, components and hex. */
export function flow(
  name: string,
  source: string | undefined,
  nlri: string,
  rule: string,
  components: readonly object[],
  rest: { rd?: string; isOutOfOrder?: true; isDraftOffset?: true } = {},
): GoodRoute {
  const digits = nlri.replaceAll(" ", "");
  const headDigits = (digits.startsWith("f0") ? 4 : 2) + (rest.rd === undefined ? 0 : 16);
  const route = { ...rest, rule, components, hex: digits.slice(headDigits) };
  return { name, ...(source !== undefined && { source }), nlri, route };
}

export function dst(prefix: string, prefixLen: number, pattern: string, prefixOffset?: number): object {
  return prefixComponent(1, "dst", prefix, prefixLen, pattern, prefixOffset);
}

export function src(prefix: string, prefixLen: number, pattern: string, prefixOffset?: number): object {
  return prefixComponent(2, "src", prefix, prefixLen, pattern, prefixOffset);
}

function prefixComponent(
  type: number,
  name: string,
  prefix: string,
  prefixLen: number,
  pattern: string,
  prefixOffset: number | undefined,
): object {
  const offset = prefixOffset === undefined ? {} : { prefixOffset };
  return { type, name, prefix, prefixLen, ...offset, pattern };
}

export function list(type: number, name: string, ...matches: readonly Match[]): object {
  return {
    type,
    name,
    matches: matches.map(([operator, value, octets = 1, and]) => ({
      ...(and !== undefined && { isAnd: true }),
      operator,
      value,
      octets,
    })),
  };
}
