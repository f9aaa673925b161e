/** Reads routes out of NetGauze's JSON (one line per BMP message). */
import type { Json, JsonObject } from "./corpus.ts";
import { type MessageRoutes, type Route, routeText } from "./routes.ts";

const FAMILIES: Readonly<Record<string, { afi: number; safi: number }>> = {
  Ipv4Unicast: { afi: 1, safi: 1 },
  Ipv6Unicast: { afi: 2, safi: 1 },
  Ipv4NlriMplsLabels: { afi: 1, safi: 4 },
  Ipv6NlriMplsLabels: { afi: 2, safi: 4 },
  Ipv4MplsVpnUnicast: { afi: 1, safi: 128 },
  Ipv6MplsVpnUnicast: { afi: 2, safi: 128 },
  L2Evpn: { afi: 25, safi: 70 },
};

/** Routes of the families 1/1, 2/1, 1/4, 2/4 in one BMP message; undefined: not Route Monitoring; throws on an error object. */
export function netGauzeRoutes(message: JsonObject): MessageRoutes | undefined {
  const version = object(message["V3"] ?? message["V4"]);
  const monitoring = version["RouteMonitoring"];
  if (monitoring === undefined) return undefined;
  const update = object(find(monitoring, "Update"));
  const attributes = list(update["path_attributes"]).map((it) => object(object(it)["value"]));
  const asPath = attributes.flatMap((it) => asPathOf(it["AsPath"]));
  const nextHop = text(object(attributes.find((it) => it["NextHop"])?.["NextHop"])["next_hop"]);
  const routes: Route[] = [];
  const endOfRib: string[] = [];
  const withdrawn = list(update["withdrawn_routes"]).map(object);
  const announced = list(update["nlri"]).map(object);
  routes.push(...withdrawn.map((nlri) => route(nlri, 1, true, "", [])));
  routes.push(...announced.map((nlri) => route(nlri, 1, false, nextHop, asPath)));
  if (withdrawn.length + announced.length + attributes.length === 0) endOfRib.push("1/1");
  for (const attribute of attributes) {
    for (const kind of ["MpReach", "MpUnreach"]) {
      for (const [name, value] of Object.entries(object(attribute[kind]))) {
        const family = FAMILIES[name];
        if (family === undefined) throw new Error(`Cannot read NetGauze's family "${name}"`);
        const nlris = list(object(value)["nlri"]).map(object);
        if (kind === "MpUnreach" && nlris.length === 0) {
          endOfRib.push(`${family.afi}/${family.safi}`);
        }
        if (family.safi !== 1 && family.safi !== 4) continue;
        const withdraw = kind === "MpUnreach";
        const via = [
          object(value)["next_hop"] ?? object(value)["next_hop_global"],
          object(value)["next_hop_local"],
        ]
          .filter((it) => typeof it === "string").join(",");
        routes.push(
          ...nlris.map((nlri) =>
            route(nlri, family.afi, withdraw, withdraw ? "" : via, withdraw ? [] : asPath)
          ),
        );
      }
    }
  }
  return { routes: routes.map(routeText).sort(), endOfRib };
}

/** Whether NetGauze stopped at this message. */
export function netGauzeFailed(message: JsonObject): boolean {
  return message["V3"] === undefined && message["V4"] === undefined;
}

function route(
  nlri: JsonObject,
  afi: number,
  withdraw: boolean,
  nextHop: string,
  asPath: number[],
): Route {
  const [prefix, bits] = text(nlri["network"] ?? nlri["prefix"]).split("/") as [string, string];
  const stack = list(nlri["labels"]).map((it) => list(it).map(Number) as [number, number, number]);
  // 0x800000 and, in RFC 8277, any other value stand for "no label" in a withdrawal; goBMP leaves only the former out.
  const labels = stack.filter(([a, b, c]) => !(withdraw && a === 0x80 && b + c === 0)).map((
    [a, b, c],
  ) => (a << 12) | (b << 4) | (c >> 4));
  return {
    withdraw,
    afi,
    prefix,
    bits: Number(bits),
    pathId: Number(nlri["path_id"] ?? 0),
    labels,
    nextHop,
    asPath,
  };
}

function asPathOf(value: Json | undefined): number[] {
  return Object.values(object(value)).flatMap(list).flatMap((segment) =>
    list(object(segment)["as_numbers"]).map(Number)
  );
}

/** The first value under `key`, at any depth. */
function find(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value) && value[key] !== undefined) return value[key];
  for (const inner of Object.values(value)) {
    const found = find(inner, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function object(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
