/**
 * BGP Role (RFC 9234 section 4.1): what the speaker is to its peer.
 *
 * ```
 * 0  u8  role
 * ```
 */
import { type CapabilitySpec, expectLength } from "./spec.ts";

/** Value of capability 9: what the speaker is to its peer. */
export interface Role {
  /** Tells which capability this is. */
  readonly kind: "role";
  /** 0 Provider, 1 RS, 2 RS-Client, 3 Customer, 4 Peer. */
  readonly role: number;
  /** IANA's name, undefined for an unassigned role. */
  readonly name: string | undefined;
}

export const ROLE: CapabilitySpec<Role> = {
  code: 9,
  name: "BGP Role",
  reference: "RFC 9234 section 4.1",
  description: "BGP Role (TEMPORARY)",
  decode(bytes, _view, start, end) {
    expectLength(start, end, 1);
    const role = bytes[start]!;
    return { kind: "role", role, name: ROLE_NAMES[role] };
  },
  describe(bytes, _view, start) {
    const role = bytes[start]!;
    return ` : ${ROLE_NAMES[role] ?? `Unknown(${role})`}`;
  },
};

const ROLE_NAMES: Readonly<Record<number, string>> = {
  0: "Provider",
  1: "RS",
  2: "RS-Client",
  3: "Customer",
  4: "Peer",
};
