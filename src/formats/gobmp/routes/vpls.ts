/** VPLS routes and layer 2 VPN routes of its family (message type 17). */
import { type L2vpnTlv, VPLS, type VplsRoute } from "../../../bgp/nlri/065_vpls.ts";
import { ipv4Text } from "../../../wire/strings.ts";
import type { Field } from "../records.ts";
import { snakeCased } from "../snake_case.ts";
import { VPLS as TOPIC } from "../topics.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";
import { l2vpnFields } from "./l2vpn.ts";

const EXTENDED_COMMUNITIES = 16;
const COMMUNITY_BYTES = 8;
const LAYER_2_INFO = 0x800a;
const ROUTE_TARGET = { as2: 0x0002, ipv4: 0x0102, as4: 0x0202 } as const;
/** RFC 4761 section 3.2.4: control flags. */
const CONTROL_WORD = 0x02;
const SEQUENCED_DELIVERY = 0x01;

/** goBMP's words, but where they contradict IANA's "BGP Layer 2 Encapsulation Types" (4, 5, 19) or are missing. */
const ENCAPSULATIONS: Readonly<Record<number, string>> = {
  1: "Frame Relay DLCI",
  2: "ATM AAL5 VCC transport",
  3: "ATM transparent cell transport",
  4: "Ethernet (VLAN) Tagged mode",
  5: "Ethernet raw mode",
  6: "HDLC",
  7: "PPP",
  8: "SONET/SDH Circuit Emulation Service",
  9: "ATM n-to-one VCC cell transport",
  10: "ATM n-to-one VPC cell transport",
  11: "IP Layer 2 Transport",
  15: "Frame Relay Port mode",
  17: "Structure-agnostic E1 over packet",
  18: "Structure-agnostic T1 (DS1) over packet",
  19: "VPLS",
  20: "Structure-agnostic T3 (DS3) over packet",
  21: "Nx64kbit/s Basic Service using Structure-aware",
  25: "Frame Relay DLCI",
  40: "Structure-agnostic E3 over packet",
  41: "Octet-aligned payload for Structure-agnostic DS1 circuits",
  42: "E1 Nx64kbit/s with CAS using Structure-aware",
  43: "DS1 (ESF) Nx64kbit/s with CAS using Structure-aware",
  44: "DS1 (SF) Nx64kbit/s with CAS using Structure-aware",
  64: "IP-interworking",
};

/** What the extended communities of the UPDATE say about its layer 2 routes. */
interface Communities {
  /** The first Layer2 Info community (RFC 4761 section 3.2.4). */
  layer2Info: Layer2Info | undefined;
  readonly routeTargets: string[];
}

interface Layer2Info {
  readonly encapsulation: number;
  readonly flags: number;
  readonly mtu: number;
  /** Reserved in RFC 4761; senders put the preference of a multihomed site here. */
  readonly preference: number;
}

export const VPLS_ROUTES: RouteKind<VplsRoute, Communities> = {
  families: [VPLS],
  topic: () => TOPIC,
  shared: readCommunities,
  fields(route, facts, { layer2Info, routeTargets }) {
    return [
      ...l2vpnFields(facts, true),
      ["vpn_rd", route.rd],
      ["rfc_type", rfcOf(route)],
      ...labelBlockFields(route),
      ["pe_address", route.peAddress],
      ...layer2Fields(layer2Info),
      ["route_targets", routeTargets],
    ];
  },
  ownFields(route, _facts, { layer2Info }) {
    return [
      ["vpn_rd_type!", route.rdType],
      ["encap_code", layer2Info?.encapsulation],
      ["preference", layer2Info?.preference],
      ["l2vpn_tlvs", snakeCased(route.tlvs) as readonly L2vpnTlv[] | undefined],
    ];
  },
};

function rfcOf(route: VplsRoute): string {
  if (route.kind === "auto-discovery") return "RFC6074";
  return route.veBlockSize === undefined || route.tlvs !== undefined ? "RFC6624" : "RFC4761";
}

/** All of these are written even when 0. */
function labelBlockFields(route: VplsRoute): Field[] {
  const { kind, veId, veBlockOffset, veBlockSize, labelBase } = route;
  if (kind === "auto-discovery" || labelBase === undefined) return [];
  const block: Field[] = [["ve_id!", veId], ["ve_block_offset!", veBlockOffset]];
  if (veBlockSize !== undefined) block.push(["ve_block_size!", veBlockSize]);
  block.push(["label_base!", labelBase]);
  if (veBlockSize) block.push(["label_block_end!", labelBase + veBlockSize - 1]);
  return block;
}

function layer2Fields(info: Layer2Info | undefined): Field[] {
  if (info === undefined) return [];
  return [
    ["encap_type", encapsulationText(info.encapsulation)],
    ["control_word!", (info.flags & CONTROL_WORD) !== 0],
    ["sequenced_delivery!", (info.flags & SEQUENCED_DELIVERY) !== 0],
    ["mtu!", info.mtu],
  ];
}

function encapsulationText(type: number): string {
  return ENCAPSULATIONS[type] ?? `Unknown (${type})`;
}

function readCommunities(facts: RouteFacts): Communities {
  const communities: Communities = { layer2Info: undefined, routeTargets: [] };
  const { start, end } = facts.attribute(EXTENDED_COMMUNITIES) ?? { start: 0, end: 0 };
  const { data } = facts;
  for (let at = start; at + COMMUNITY_BYTES <= end; at += COMMUNITY_BYTES) {
    switch (data.getUint16(at)) {
      case LAYER_2_INFO:
        communities.layer2Info ??= {
          encapsulation: data.getUint8(at + 2),
          flags: data.getUint8(at + 3),
          mtu: data.getUint16(at + 4),
          preference: data.getUint16(at + 6),
        };
        break;
      case ROUTE_TARGET.as2:
        communities.routeTargets.push(`RT:${data.getUint16(at + 2)}:${data.getUint32(at + 4)}`);
        break;
      case ROUTE_TARGET.ipv4:
        communities.routeTargets.push(
          `RT:${ipv4Text(facts.bytes, at + 2)}:${data.getUint16(at + 6)}`,
        );
        break;
      case ROUTE_TARGET.as4:
        communities.routeTargets.push(`RT:${data.getUint32(at + 2)}:${data.getUint16(at + 6)}`);
        break;
    }
  }
  return communities;
}
