/** The hash formulas of goBMP's records, from the printed fields. */
import { createHash } from "node:crypto";
import type { Json, JsonObject } from "./corpus.ts";

export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

export function routerHash(data: JsonObject): string {
  return md5(text(data["router_ip"]));
}

/** `hash` of a peer record. */
export function peerRecordHash(data: JsonObject): string {
  return hashOf([
    "peer",
    data["router_hash"],
    data["remote_bgp_id"],
    data["remote_ip"],
    data["remote_asn"] ?? 0,
    data["peer_type"],
    data["peer_rd"],
  ]);
}

/** First part of a route's `hash`, by message type; other routes have none. */
export const ROUTE_HASH_NAMES: Readonly<Record<number, string>> = {
  7: "unicast",
  74: "unicast",
  76: "unicast",
  11: "l3vpn",
  114: "l3vpn",
  116: "l3vpn",
  184: "multicast",
  186: "multicast",
  208: "mvpn",
  210: "mvpn",
  1008: "ct",
};

/** `hash` of a route of a message type; `labels` is the part that goBMP fills and we leave empty, so that add and del match. */
export function routeHash(
  data: JsonObject,
  labels: string,
  type = data["vpn_rd_type"] === undefined ? 7 : 11,
): string {
  const { router_hash, peer_hash, vpn_rd, vpn_rd_type, prefix, prefix_len, is_ipv4, path_id } =
    data;
  return hashOf([
    ROUTE_HASH_NAMES[type],
    router_hash,
    peer_hash,
    ...(vpn_rd_type === undefined ? [] : [vpn_rd, vpn_rd_type]),
    prefix,
    prefix_len ?? 0,
    is_ipv4,
    path_id ?? 0,
    labels,
  ]);
}

/** goBMP's labels part. */
export function labelsPart(data: JsonObject): string {
  const labels = data["labels"];
  return Array.isArray(labels) ? labels.join(",") : "";
}

function hashOf(parts: readonly (Json | undefined)[]): string {
  return md5(parts.map((part) => `${text(part)}\0`).join(""));
}

function text(part: Json | undefined): string {
  return part === undefined || part === null ? "" : String(part);
}
