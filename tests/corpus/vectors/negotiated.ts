/** What the two speakers of a vector have agreed on, in the words of the files. */
import type { CorpusVector } from "./load.ts";
import type { Negotiated } from "./reading.ts";

const FAMILIES: Readonly<Record<string, readonly [number, number]>> = {
  "ipv4 unicast": [1, 1],
  "ipv6 unicast": [2, 1],
  "ipv4 nlri-mpls": [1, 4],
  "ipv6 nlri-mpls": [2, 4],
  "ipv4 mpls-vpn": [1, 128],
  "ipv6 mpls-vpn": [2, 128],
};

export function negotiatedOf({ row }: CorpusVector): Negotiated {
  // FRR's test reads its table of paths with two octets an AS.
  if (row["table"] === "test_segments" && String(row["file"]).endsWith("test_aspath.c")) {
    return { isTwoOctetAs: true };
  }
  // yabgp's tests say it to the reader of the one family that they are of.
  const keywords = row["kwargs"] as Readonly<Record<string, unknown>> | undefined;
  if (keywords?.["addpath"] === true) return { addPath: [[2, 1], [1, 4], [2, 4]] };
  const said = row["negotiated"] as Readonly<Record<string, unknown>> | null | undefined;
  if (said === null || said === undefined) return {};
  const families = said["families"] as readonly string[] | undefined;
  const named = said["add_path"];
  const list = Array.isArray(named) ? named as string[] : typeof named === "string" ? families : [];
  return {
    isTwoOctetAs: said["asn4"] === false,
    addPath: (list ?? []).flatMap((name) => familyOf(name)),
  };
}

function familyOf(name: string): (readonly [number, number])[] {
  const known = FAMILIES[name];
  if (known !== undefined) return [known];
  const [afi, safi] = name.split("/").map(Number);
  return Number.isInteger(afi) && Number.isInteger(safi) ? [[afi!, safi!]] : [];
}
