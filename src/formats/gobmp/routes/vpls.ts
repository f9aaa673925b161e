/** VPLS routes and layer 2 VPN routes of its family (message type 17). */
import { VPLS, type VplsRoute } from "../../../bgp/nlri/065_vpls.ts";
import { ipv4Text } from "../../../wire/strings.ts";
import type { FieldWriter } from "../fields.ts";
import { VPLS as TOPIC } from "../topics.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";
import { putL2vpnFields } from "./l2vpn.ts";

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
  putFields(to, route, facts, { layer2Info, routeTargets }) {
    putL2vpnFields(to, facts, true);
    to.text("vpn_rd", route.rd);
    to.text("rfc_type", rfcOf(route));
    putLabelBlock(to, route);
    to.text("pe_address", route.peAddress);
    if (layer2Info !== undefined) putLayer2Info(to, layer2Info);
    to.json("route_targets", routeTargets);
  },
  putOwnFields(to, route, _facts, { layer2Info }) {
    to.numberOrZero("vpn_rd_type", route.rdType);
    to.number("encap_code", layer2Info?.encapsulation);
    to.number("preference", layer2Info?.preference);
    to.decoded("l2vpn_tlvs", route.tlvs);
  },
};

function rfcOf(route: VplsRoute): string {
  if (route.kind === "auto-discovery") return "RFC6074";
  return route.veBlockSize === undefined || route.tlvs !== undefined ? "RFC6624" : "RFC4761";
}

/** All of these are written even when 0. */
function putLabelBlock(to: FieldWriter, route: VplsRoute): void {
  const { kind, veId, veBlockOffset, veBlockSize, labelBase } = route;
  if (kind === "auto-discovery" || labelBase === undefined) return;
  to.numberOrZero("ve_id", veId);
  to.numberOrZero("ve_block_offset", veBlockOffset);
  to.numberOrZero("ve_block_size", veBlockSize);
  to.numberOrZero("label_base", labelBase);
  if (veBlockSize) to.numberOrZero("label_block_end", labelBase + veBlockSize - 1);
}

function putLayer2Info(to: FieldWriter, info: Layer2Info): void {
  to.text("encap_type", encapsulationText(info.encapsulation));
  to.flag("control_word", (info.flags & CONTROL_WORD) !== 0);
  to.flag("sequenced_delivery", (info.flags & SEQUENCED_DELIVERY) !== 0);
  to.numberOrZero("mtu", info.mtu);
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
