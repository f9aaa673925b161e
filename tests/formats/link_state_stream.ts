/** A stream with every vector of the BGP-LS attribute beside objects of each kind and of several protocols, and with goBMP's own vectors. */
import { readFileSync } from "node:fs";
import { attribute, MANDATORY, mpReach, peerUp, routeMonitoring, tlv, uint } from "../building.ts";
import { VECTORS } from "../bgp/attributes/vectors.ts";
import { fromHex } from "../decoding.ts";

const BGP_LS_CODE = 29;
/** Node, link, IPv4 and IPv6 prefix, SRv6 SID: what their NLRI have beside the local node. */
const DESCRIPTORS: readonly (readonly [type: number, descriptors: string])[] = [
  [1, ""],
  [2, tlv(257, tlv(515, "00000000000a"))],
  [3, tlv(265, "180a0909")],
  [4, tlv(265, "2020010db8")],
  [6, tlv(518, "20010db8f00900110000000000000000")],
];
/** IS-IS level 2, OSPFv2, static configuration, OSPFv3, BGP. */
const PROTOCOLS = [2, 3, 5, 6, 7];
const LOCAL_NODE = tlv(256, tlv(512, uint(65001, 4)) + tlv(515, "000000000009"));

export function linkStateStream(): Uint8Array[] {
  const objects = PROTOCOLS.flatMap((protocol) =>
    DESCRIPTORS.map(([type, descriptors]) =>
      tlv(type, uint(protocol, 1) + uint(0, 8) + LOCAL_NODE + descriptors)
    )
  ).join("");
  const { flags, good } = VECTORS[BGP_LS_CODE]!;
  const updates = good.map(({ value }) =>
    MANDATORY + attribute(flags, BGP_LS_CODE, value.replace(/\s/g, "")) +
    mpReach(16388, 71, "c0000202", objects)
  );
  const messages = updates.map((attributes) => routeMonitoring({ attributes }));
  return [peerUp(), ...messages, ...goBmpFrames()].map(fromHex);
}

function goBmpFrames(): string[] {
  const golden = new URL("../golden/gobmp_appendix_a.json", import.meta.url);
  const { pending }: { pending: { family: string; frame: string }[] } = JSON.parse(
    readFileSync(golden, "utf8"),
  );
  return pending.filter(({ family }) => family.startsWith("16388/")).map(({ frame }) => frame);
}
