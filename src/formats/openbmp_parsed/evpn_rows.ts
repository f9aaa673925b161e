/** evpn rows: routes of types 1 to 5; other types have no columns of their own. */
import type { EvpnRoute } from "../../bgp/nlri/evpn/route.ts";
import { Md5 } from "../../wire/md5.ts";
import { hexText } from "../../wire/strings.ts";
import { utf8 } from "../../wire/writer.ts";
import type { ObjectRow, ObjectRowFacts } from "./object_rows.ts";

const TYPE_MAX = 5;
const MAC_BITS = 48;
const MAC_IP = 2;
const IP_PREFIX = 5;
const ESI_VALUE = 1;
const ESI_BYTES = 10;

/** The row of a route; undefined: its type has none. */
export function evpnRow(route: EvpnRoute, facts: ObjectRowFacts): ObjectRow | undefined {
  if (route.routeType > TYPE_MAX || route.rd === undefined) return undefined;
  const { view, pathId, attributes } = facts;
  const esi = segmentText(route.esi);
  const tag = route.ethernetTag === undefined
    ? ""
    : route.ethernetTag.toString(16).padStart(8, "0");
  const mac = route.mac ?? "";
  const hasAddress = route.routeType === MAC_IP || route.routeType === IP_PREFIX;
  const address = hasAddress ? route.ipAddress ?? "" : "";
  const addressBits = hasAddress ? route.ipLength ?? 0 : 0;
  const originator = route.originator ?? "";
  const originatorBits = originator === "" ? 0 : originator.includes(":") ? 128 : 32;
  const [label1 = 0, label2 = 0] = route.rawLabels ?? [];

  const hash = new Md5();
  const take = (part: Uint8Array) => hash.update(part, 0, part.length);
  take(view.hashText);
  take(utf8(mac + address));
  take(Uint8Array.of(addressBits));
  take(utf8(esi + route.rd.replace(":", "")));
  if (pathId !== 0) take(littleEndian(pathId));
  if (view.ribByte !== 0) take(Uint8Array.of(view.ribByte));
  if (facts.hashes !== "compat") take(utf8(`\t${route.routeType}\t${tag}\t${originator}`));

  const behindTime = attributes === undefined
    ? new Array<string>(14).fill("")
    : facts.attributeColumns;
  return {
    hash: hash.hex(),
    columns: [
      facts.routerHash,
      facts.routerAddress,
      facts.baseHash,
      view.hash,
      view.address,
      view.as,
      facts.time,
      ...behindTime,
      pathId,
      view.isPrePolicy ? 1 : 0,
      view.isAdjIn ? 1 : 0,
      route.rd,
      route.rdType ?? 0,
      originatorBits,
      originator,
      tag,
      esi,
      route.mac === undefined ? 0 : MAC_BITS,
      mac,
      addressBits,
      address,
      label1,
      label2,
      facts.largeCommunities,
    ],
  };
}

/** The ESI as the collectors in C++ write it: its type, and what its value says; empty where the type has no ESI. */
function segmentText(esi: string | undefined): string {
  if (esi === undefined) return "";
  const bytes = Uint8Array.fromHex(esi.replaceAll(":", ""));
  const view = new DataView(bytes.buffer);
  const type = bytes[0]!;
  const mac = esi.slice(3, 20);
  switch (type) {
    case 0:
      return `0 ${hexText(bytes, ESI_VALUE, ESI_BYTES)}`;
    case 1:
    case 2:
      return `${type} ${mac} ${view.getUint16(7)}`;
    case 3:
      return `3 ${mac} ${view.getUint32(6) & 0xffffff}`;
    case 4:
    case 5:
      return `${type} ${view.getUint32(1)} ${view.getUint32(5)}`;
    default:
      return `${type} ${hexText(bytes, ESI_VALUE, ESI_BYTES)}`;
  }
}

function littleEndian(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}
