/** Groups of routers and peers, which names of topics can have. */
import { ipBytes, type IpPrefix, ipPrefix, isInPrefix } from "../../wire/ip.ts";

/** One test; who passes it is in the group. Exactly one of the three is there. */
export interface GroupRule {
  readonly group: string;
  /** Of the router's name; peers have none. */
  readonly name?: RegExp;
  readonly prefix?: IpPrefix;
  readonly asn?: number;
}

/** What stands for a group, an AS number or a name that nothing says. */
export const DEFAULT_GROUP = "default";

const GROUP_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Reads `GROUP=PREFIX`, `GROUP=AS64500` or `GROUP=~REGEXP`; undefined if the text is none of them. Names are compared without regard to
 * case, as by the collectors in C++.
 */
export function parseGroupRule(text: string): GroupRule | undefined {
  const at = text.indexOf("=");
  const group = text.slice(0, Math.max(at, 0));
  const test = text.slice(at + 1);
  if (!GROUP_NAME.test(group)) return undefined;
  if (test.startsWith("~")) {
    try {
      return { group, name: new RegExp(test.slice(1), "i") };
    } catch {
      return undefined;
    }
  }
  const [, digits] = /^AS([0-9]{1,10})$/i.exec(test) ?? [];
  if (digits !== undefined) {
    return Number(digits) <= 0xffffffff ? { group, asn: Number(digits) } : undefined;
  }
  const prefix = ipPrefix(test);
  return prefix && { group, prefix };
}

/** The group of the first rule that holds. `asn` -1: none. */
export function groupOf(
  rules: readonly GroupRule[],
  name: string,
  address: string,
  asn: number,
): string {
  if (rules.length === 0) return DEFAULT_GROUP;
  const bytes = ipBytes(address);
  const found = rules.find((rule) =>
    rule.name?.test(name) || rule.asn === asn ||
    (rule.prefix !== undefined && bytes !== undefined &&
      isInPrefix(rule.prefix, bytes, 0, bytes.length))
  );
  return found?.group ?? DEFAULT_GROUP;
}
