/** Capabilities of an OPEN in the words of the collectors in C++. */
import type { Capability } from "../../bgp/capabilities/registry.ts";
import { joinWithin } from "./text.ts";

/** Characters of the database's column. */
const TEXT_MAX = 4096;

const NAMES: Readonly<Record<number, string>> = {
  2: "Route Refresh",
  3: "Outbound Filter",
  64: "Graceful Restart",
  65: "4 Octet ASN",
  68: "Multi-session",
  70: "Route Refresh Enhanced",
  128: "Route Refresh Old",
};

const AFI_NAMES: Readonly<Record<number, string>> = { 1: "IPv4", 2: "IPv6", 16388: "BGP-LS" };

const SAFI_NAMES: Readonly<Record<number, string>> = {
  1: "Unicast",
  2: "Multicast",
  4: "Labeled Unicast",
  5: "MCAST VPN",
  65: "VPLS",
  66: "BGP MDT",
  67: "BGP 4over6",
  68: "BGP 6over4",
  70: "BGP EVPNs",
  71: "BGP-LS",
  128: "MPLS-Labeled VPN",
  129: "Multicast BGP/MPLS VPN",
  132: "RT constrains",
};

const DIRECTIONS: Readonly<Record<number, string>> = { 1: "Receive", 2: "Send", 3: "Send/Receive" };

export function capabilitiesText(capabilities: readonly Capability[] | undefined): string {
  return joinWithin(capabilities?.flatMap(describe) ?? [], TEXT_MAX);
}

function describe({ code, value }: Capability): string | string[] {
  switch (value.kind) {
    case "multiprotocol":
      return `MPBGP (1) : afi=${value.afi} safi=${value.safi} : ${family(value.afi, value.safi)}`;
    case "add-path":
      return value.entries.map(({ afi, safi, mode }) =>
        `ADD Path (69) : afi=${afi} safi=${safi} send/receive=${mode} : ${family(afi, safi)} ${
          DIRECTIONS[mode] ?? "unknown"
        }`
      );
    default: {
      const name = NAMES[code];
      return name === undefined ? String(code) : `${name} (${code})`;
    }
  }
}

function family(afi: number, safi: number): string {
  return `${SAFI_NAMES[safi] ?? ""} ${AFI_NAMES[afi] ?? "unknown"}`;
}
