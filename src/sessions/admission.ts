/**
 * Who may come: lists of addresses, and of what a TLS client's certificate says.
 *
 * The lists of addresses hold for every connection of a router, those of identities for connections by TLS only; whether there are plain
 * listeners beside is for who configures them. What is denied counts before what is allowed. Routers that we dial are not asked.
 */
import type { TlsPeer } from "../runtime/types.ts";
import { ipBytes, type IpPrefix, ipPrefix, isInPrefix } from "../wire/ip.ts";

/** A word for an identity: which part of a certificate, and what it has to be. */
export interface IdentityRule {
  readonly part: IdentityPart;
  /** As the certificate has it; of DNS names in lower case. */
  readonly value: string;
}

export const IDENTITY_PARTS = ["cn", "dns", "ip", "email", "uri", "sha256"] as const;
export type IdentityPart = typeof IDENTITY_PARTS[number];

export interface AdmissionRules {
  /** Empty: everybody. */
  readonly allow: readonly IpPrefix[];
  readonly deny: readonly IpPrefix[];
  /** Empty: everybody whom the listener's authorities vouch for. */
  readonly allowIdentities: readonly IdentityRule[];
  readonly denyIdentities: readonly IdentityRule[];
}

/** Why somebody may not come. */
export type Refusal = "denied" | "not_allowed" | "identity_denied" | "identity_not_allowed";

/** Types of subject alternative names. */
const ALT_NAME_PARTS: Readonly<Record<string, IdentityPart>> = {
  "DNS": "dns",
  "IP": "ip",
  "email": "email",
  "URI": "uri",
};

const MAPPED = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/** Reads an address block. One of IPv4-mapped addresses means the IPv4 block, as connections are compared by their IPv4 address. */
export function admissionPrefix(text: string): IpPrefix | undefined {
  const prefix = ipPrefix(text);
  if (prefix === undefined || prefix.length < 96 || !isMapped(prefix.bytes)) return prefix;
  return { bytes: prefix.bytes.slice(12), length: prefix.length - 96 };
}

/** Reads `dns:r1.example.net` and the like; undefined if the text is none. */
export function identityRule(text: string): IdentityRule | undefined {
  const [, name = "", value = ""] = /^([a-z0-9]+):(.+)$/.exec(text) ?? [];
  const part = IDENTITY_PARTS.find((each) => each === name);
  if (part === undefined) return undefined;
  if (part === "dns") return { part, value: value.toLowerCase() };
  if (part !== "sha256") return { part, value };
  const digits = value.replaceAll(":", "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? { part, value: digits } : undefined;
}

/** Why a connection from `address` is refused; undefined: it may come. */
export function refusalOf(
  rules: AdmissionRules,
  address: string,
  tls: TlsPeer | undefined,
): Refusal | undefined {
  const { allow, deny } = rules;
  if (deny.length > 0 && isAmong(deny, address)) return "denied";
  if (allow.length > 0 && !isAmong(allow, address)) return "not_allowed";
  return tls === undefined ? undefined : identityRefusal(rules, tls);
}

function identityRefusal(rules: AdmissionRules, tls: TlsPeer): Refusal | undefined {
  const { allowIdentities, denyIdentities } = rules;
  if (denyIdentities.some((rule) => isIdentity(rule, tls))) return "identity_denied";
  if (allowIdentities.length === 0) return undefined;
  return allowIdentities.some((rule) => isIdentity(rule, tls)) ? undefined : "identity_not_allowed";
}

/** Whether the address lies in one of the blocks. */
export function isAmong(prefixes: readonly IpPrefix[], address: string): boolean {
  const bytes = ipBytes(address);
  if (bytes === undefined) return false;
  const start = bytes.length === 16 && isMapped(bytes) ? 12 : 0;
  return prefixes.some((prefix) => isInPrefix(prefix, bytes, start, bytes.length));
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.length === 16 && MAPPED.every((octet, i) => bytes[i] === octet);
}

function isIdentity({ part, value }: IdentityRule, tls: TlsPeer): boolean {
  if (part === "sha256") return tls.fingerprint === value;
  if (part === "cn") return commonNames(tls.subject).includes(value);
  return tls.altNames.some((name) => {
    const colon = name.indexOf(":");
    if (ALT_NAME_PARTS[name.slice(0, colon)] !== part) return false;
    const found = name.slice(colon + 1);
    return part === "dns" ? isDnsName(value, found.toLowerCase()) : found === value;
  });
}

/** From a subject by RFC 4514, where a backslash keeps a comma or plus within a value. */
function commonNames(subject: string): string[] {
  const parts = subject.match(/(?:[^,+\\]|\\[^])+/g) ?? [];
  return parts.filter((part) => part.startsWith("CN="))
    .map((part) => part.slice(3).replace(/\\([^])/g, "$1"));
}

/** `*.example.net` stands for one label (RFC 9525 section 6.3), in a rule; a wildcard in a client's certificate stands for nothing. */
function isDnsName(rule: string, found: string): boolean {
  if (!rule.startsWith("*.")) return found === rule;
  const dot = found.indexOf(".");
  return dot > 0 && found.slice(dot) === rule.slice(1) && !found.startsWith("*");
}
