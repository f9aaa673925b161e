/** Reads routes out of tshark's dissection (`-T json --no-duplicate-keys`). */
import type { Json, JsonObject } from "./corpus.ts";
import { type MessageRoutes, type Route, routeText } from "./routes.ts";

const ATTRIBUTE = "bgp.update.path_attribute";

/** BMP message types whose UPDATEs can be asked for. */
export type UpdateCarrier = "route monitoring" | "mirroring";

const BMP_TYPES: Readonly<Record<UpdateCarrier, string>> = {
  "route monitoring": "0",
  mirroring: "6",
};

/** Routes of the families 1/1, 2/1, 1/4, 2/4 in one BMP message; undefined: a message of another type. */
export function tsharkRoutes(
  message: JsonObject,
  carrier: UpdateCarrier = "route monitoring",
): MessageRoutes | undefined {
  const bmp = object(message["bmp"]);
  if (bmp["bmp.type"] !== BMP_TYPES[carrier]) return undefined;
  const routes: Route[] = [];
  const endOfRib: string[] = [];
  for (const update of list(bmp["bgp"]).map(object).filter((pdu) => pdu["bgp.type"] === "2")) {
    const attributes = list(object(update["bgp.update.path_attributes"])[ATTRIBUTE]).map(object);
    const asPath = attributes.flatMap(asPathOf);
    const nextHop = text(
      attributes.find((it) => it["bgp.update.path_attribute.next_hop"])
        ?.["bgp.update.path_attribute.next_hop"],
    );
    const common = { labels: [], nextHop: "", asPath: [] };
    for (const nlri of prefixes(update["bgp.update.withdrawn_routes"])) {
      routes.push({
        ...common,
        ...prefixOf(nlri, "bgp.withdrawn_prefix", 0),
        withdraw: true,
        afi: 1,
      });
    }
    for (const nlri of prefixes(update["bgp.update.nlri"])) {
      routes.push({
        ...common,
        ...prefixOf(nlri, "bgp.nlri_prefix", 0),
        withdraw: false,
        afi: 1,
        nextHop,
        asPath,
      });
    }
    for (const attribute of attributes) {
      for (const kind of ["reach", "unreach"]) {
        const name = `${ATTRIBUTE}.mp_${kind}_nlri`;
        if (attribute[`${name}.afi`] === undefined) continue;
        const afi = Number(attribute[`${name}.afi`]);
        const safi = Number(attribute[`${name}.safi`]);
        const nlris = prefixes(attribute[name]);
        if (kind === "unreach" && attribute[`${ATTRIBUTE}.length`] === "3") {
          endOfRib.push(`${afi}/${safi}`);
        }
        if (afi > 2 || (safi !== 1 && safi !== 4)) continue;
        const field = `bgp.mp_${kind}_nlri_ipv${afi === 1 ? 4 : 6}_prefix`;
        const via = kind === "reach" ? rawNextHop(text(attribute[`${name}.next_hop`])) : "";
        for (const nlri of nlris) {
          const labels = safi === 4 ? labelsOf(nlri["bgp.label_stack"]) : { count: 0, labels: [] };
          routes.push({
            ...prefixOf(nlri, field, labels.count),
            withdraw: kind === "unreach",
            afi,
            labels: labels.labels,
            nextHop: via,
            asPath: kind === "reach" ? asPath : [],
          });
        }
      }
    }
    if (
      update["bgp.update.withdrawn_routes.length"] === "0" &&
      update["bgp.update.path_attributes.length"] === "0" &&
      update["bgp.update.nlri"] === undefined
    ) endOfRib.push("1/1");
  }
  return { routes: routes.map(routeText).sort(), endOfRib };
}

function prefixOf(
  nlri: JsonObject,
  field: string,
  labels: number,
): { prefix: string; bits: number; pathId: number } {
  return {
    prefix: text(nlri[field]),
    bits: Number(nlri["bgp.prefix_length"]) - labels * 24,
    pathId: Number(nlri["bgp.nlri_path_id"] ?? 0),
  };
}

/** `16001 16002 (bottom)`, `0 (withdrawn)`. */
function labelsOf(stack: Json | undefined): { count: number; labels: number[] } {
  const labels = (text(stack).match(/\d+/g) ?? []).map(Number);
  return { count: labels.length, labels: text(stack).includes("(withdrawn)") ? [] : labels };
}

/** `04:c0:00:02:01`: length, then the bytes; read from the bytes because tshark knows no IPv6 next hop of an IPv4 route. */
function rawNextHop(field: string): string {
  const bytes = field.split(":").slice(1);
  if (bytes.length === 4) return bytes.map((byte) => parseInt(byte, 16)).join(".");
  const addresses: string[] = [];
  for (let i = 0; i < bytes.length; i += 16) {
    addresses.push(bytes.slice(i, i + 16).join("").replace(/....(?!$)/g, "$&:"));
  }
  return addresses.join(",");
}

function asPathOf(attribute: JsonObject): number[] {
  const name = `${ATTRIBUTE}.as_path_segment`;
  return list(attribute[name]).map(object).flatMap((segment) =>
    list(segment[`${name}.as4`] ?? segment[`${name}.as2`]).map(Number)
  );
}

/** The prefixes of a list that tshark keys by their text; a text that occurs twice carries an array. */
function prefixes(value: Json | undefined): JsonObject[] {
  return list(value).filter((it) => typeof it === "object").map(object).flatMap((it) =>
    Object.values(it).flatMap(list).filter((nlri) => typeof nlri === "object").map(object)
  ).filter((nlri) => nlri["bgp.prefix_length"] !== undefined);
}

function list(value: Json | undefined): Json[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function object(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
