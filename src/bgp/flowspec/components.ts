/** Components of a Flow Specification: IANA's Flow Spec Component Types, and those of draft-ietf-idr-flowspec-l2vpn. */
import { fail } from "../../wire/fault.ts";
import { colonHexText } from "../../wire/strings.ts";
import type { NlriReader } from "../nlri/reader.ts";
import {
  BITMASK_OPERATORS,
  bitmaskText,
  type Comparison,
  NUMERIC_OPERATORS,
  numericText,
  readComparisons,
} from "./operators.ts";
import { type PrefixMatch, prefixText, readPrefix } from "./prefixes.ts";

/** What a rule matches: packets of IPv4 or of IPv6, Ethernet frames. */
export type Matched = "ipv4" | "ipv6" | "ethernet";

interface ComponentBase {
  readonly type: number;
  /** As in the text of a rule. */
  readonly name: string;
}

export interface PrefixComponent extends ComponentBase, PrefixMatch {}

export interface MacComponent extends ComponentBase {
  readonly mac: string;
}

export interface ListComponent extends ComponentBase {
  readonly matches: readonly Comparison[];
}

export type Component = PrefixComponent | MacComponent | ListComponent;

interface ComponentType {
  readonly name: string;
  readonly form: "prefix" | "mac" | "numeric" | "hex" | "bitmask";
  /** Names of the bits of a bitmask, the lowest first. */
  readonly flags?: readonly string[];
}

/** RFC 9293 section 3.1; AE: RFC 9768 section 3.1. */
const TCP_FLAGS = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ae"];
/** RFC 8955 section 4.2.2.12. */
const FRAGMENT_FLAGS = ["dont-fragment", "is-fragment", "first-fragment", "last-fragment"];

const MAC_OCTETS = 6;
const FLOW_LABEL = 13;
const FIRST_OF_ETHERNET = 14;

const COMPONENT_TYPES: Readonly<Record<number, ComponentType>> = {
  1: { name: "dst", form: "prefix" },
  2: { name: "src", form: "prefix" },
  3: { name: "proto", form: "numeric" },
  4: { name: "port", form: "numeric" },
  5: { name: "dport", form: "numeric" },
  6: { name: "sport", form: "numeric" },
  7: { name: "icmp-type", form: "numeric" },
  8: { name: "icmp-code", form: "numeric" },
  9: { name: "tcp-flags", form: "bitmask", flags: TCP_FLAGS },
  10: { name: "length", form: "numeric" },
  11: { name: "dscp", form: "numeric" },
  12: { name: "fragment", form: "bitmask", flags: FRAGMENT_FLAGS },
  [FLOW_LABEL]: { name: "flow-label", form: "numeric" },
  [FIRST_OF_ETHERNET]: { name: "ethertype", form: "hex" },
  15: { name: "src-mac", form: "mac" },
  16: { name: "dst-mac", form: "mac" },
  17: { name: "dsap", form: "hex" },
  18: { name: "ssap", form: "hex" },
  19: { name: "control", form: "hex" },
  20: { name: "snap", form: "hex" },
  21: { name: "vlan", form: "numeric" },
  22: { name: "vlan-cos", form: "numeric" },
  23: { name: "inner-vlan", form: "numeric" },
  24: { name: "inner-vlan-cos", form: "numeric" },
};

/** A component and its text. */
export interface ReadComponent {
  readonly component: Component;
  /** E.g. `dport =80|=443`. */
  readonly text: string;
}

/**
 * Reads the component at the reader's position; `isFromFirstBit` as for {@linkcode readPrefix}.
 *
 * @throws DecodeFault `flowspec-component-type` for a type that is not defined there: its length is unknown, and RFC 8955 section
 * 4.2 calls the NLRI malformed
 */
export function readComponent(
  reader: NlriReader,
  matched: Matched,
  isFromFirstBit: boolean,
): ReadComponent {
  const start = reader.pos;
  const type = reader.u8("component type");
  const spec = componentType(type, matched);
  if (spec === undefined) fail("flowspec-component-type", start, `a component of ${matched}`);
  const { name, form, flags = [] } = spec;
  switch (form) {
    case "prefix": {
      const match = readPrefix(reader, matched === "ipv4" ? 32 : 128, isFromFirstBit);
      return { component: { type, name, ...match }, text: `${name} ${prefixText(match)}` };
    }
    case "mac": {
      const mac = readMac(reader);
      return { component: { type, name, mac }, text: `${name} ${mac}` };
    }
    case "bitmask": {
      const matches = readComparisons(reader, BITMASK_OPERATORS);
      return { component: { type, name, matches }, text: `${name} ${bitmaskText(matches, flags)}` };
    }
    default: {
      const matches = readComparisons(reader, NUMERIC_OPERATORS);
      const text = `${name} ${numericText(matches, form === "hex")}`;
      return { component: { type, name, matches }, text };
    }
  }
}

/** Ethernet frames have no prefix components: nothing says of which IP version they would be. */
function componentType(type: number, matched: Matched): ComponentType | undefined {
  const spec = COMPONENT_TYPES[type];
  if (matched === "ethernet") return spec?.form === "prefix" ? undefined : spec;
  if (type >= FIRST_OF_ETHERNET) return undefined;
  return type === FLOW_LABEL && matched === "ipv4" ? undefined : spec;
}

/** `u8 length in octets, address`, as GoBGP and Ryu have it. */
function readMac(reader: NlriReader): string {
  const start = reader.pos;
  if (reader.u8("MAC length") !== MAC_OCTETS) {
    fail("flowspec-mac-length", start, `length ${MAC_OCTETS}`);
  }
  const at = reader.take(MAC_OCTETS, "MAC address");
  return colonHexText(reader.bytes, at, at + MAC_OCTETS);
}
