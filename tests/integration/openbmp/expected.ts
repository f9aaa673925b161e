/**
 * What the tables should hold, by the records in goBMP's JSON of the same sessions: the records are played in their order by the
 * consumer's rules. A peer that comes up or goes down loses its routes of ip_rib; routes of VPNs and of link state stay.
 */
import { Buffer } from "node:buffer";
import type { Line } from "../programs.ts";
import { attributesTable, rowText, type Tables } from "./tables.ts";

type Data = Readonly<Record<string, unknown>>;

const STATISTICS = 1;
const LS_NODE = 8;
const LS_LINK = 9;
const PEER = 10;
const LS_PREFIX = 12;
const VPN = [114, 116];
const UNICAST = [74, 76];
const SESSION = 1000;
const INITIATION = 1001;
const TERMINATION = 1002;
const END_OF_RIB = 1004;
const CLOSED = 65533;
const ERROR = 65534;
const HOLD_SECONDS_MAX = 32767;

interface PeerRow {
  readonly key: string;
  isUp: boolean;
  facts: Data;
  /** Of the last up or down; `first`: heard of without a Peer Up. */
  event: string;
}

/** Words of the schema for goBMP's. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  "IS-IS Level 1": "IS-IS_L1",
  "IS-IS Level 2": "IS-IS_L2",
};

export class Expected {
  readonly #routers = new Map<string, Data>();
  readonly #peers = new Map<string, PeerRow>();
  /** By the session and goBMP's hash of the peer. */
  readonly #distinguishers = new Map<string, string>();
  readonly #routes = new Map<string, Map<string, string>>();
  readonly #vpnRoutes = new Map<string, string>();
  readonly #attributes: Data[] = [];
  readonly #nodes = new Map<string, string>();
  readonly #links = new Map<string, string>();
  readonly #prefixes = new Map<string, string>();
  readonly #statistics = new Map<string, string>();

  play(lines: readonly Line[]): this {
    for (const { msg_type: type, msg_data: data } of lines) this.#take(type, data);
    return this;
  }

  get tables(): Tables {
    return {
      routers: new Map([...this.#routers].map(([key, row]) => [key, rowText(row)])),
      peers: new Map([...this.#peers.values()].map(({ key, isUp, facts, event }) => [
        key,
        rowText({ state: isUp ? "up" : "down", ...facts, event }),
      ])),
      routes: new Map([...this.#routes.values()].flatMap((routes) => [...routes])),
      vpnRoutes: this.#vpnRoutes,
      attributes: attributesTable(this.#attributes),
      nodes: this.#nodes,
      links: this.#links,
      prefixes: this.#prefixes,
      statistics: this.#statistics,
    };
  }

  #take(type: number, data: Data): void {
    if (type === PEER) return this.#takePeer(data);
    if (type === SESSION || type === INITIATION || type === TERMINATION) {
      return this.#takeRouter(type, data);
    }
    const isRoute = UNICAST.includes(type) || VPN.includes(type);
    const isLinkState = type === LS_NODE || type === LS_LINK || type === LS_PREFIX;
    if (!isRoute && !isLinkState && type !== STATISTICS && type !== END_OF_RIB) return;
    const peer = this.#peerOf(data);
    if (data["is_eor"] === true || type === END_OF_RIB) return;
    if (isRoute) this.#takeRoute(peer.key, VPN.includes(type), data);
    else if (type === STATISTICS) this.#takeStatistics(peer.key, data);
    else this.#takeLinkState(peer.key, type, data);
  }

  #takeRouter(type: number, data: Data): void {
    const key = String(data["router_source"]);
    const known = this.#routers.get(key);
    if (type === INITIATION) {
      this.#routers.set(key, {
        name: data["sys_name"],
        description: data["sys_descr"],
        state: "up",
        term_reason_code: 0,
        bgp_id: "",
      });
    } else if (known !== undefined && (type === TERMINATION || data["action"] === "closed")) {
      const code = type === TERMINATION
        ? data["reason"]
        : data["reason"] === "closed"
        ? CLOSED
        : ERROR;
      // Whoever has said goodbye is not heard of again.
      if (known["state"] === "down") return;
      this.#routers.set(key, { ...known, state: "down", term_reason_code: code });
    }
  }

  #takePeer(data: Data): void {
    const session = String(data["session"]);
    this.#distinguishers.set(`${session} ${data["peer_hash"]}`, String(data["peer_rd"]));
    const key = peerKey(data, String(data["peer_rd"]));
    const known = this.#peers.get(key);
    const isUp = data["action"] === "add";
    if (!isUp || !known?.isUp) this.#routes.set(key, new Map());
    const facts = peerFacts(data, data["remote_asn"]);
    this.#peers.set(key, { key, isUp, facts, event: isUp ? upText(data) : downText(data) });
  }

  /** The peer of a route or report; one that is not up comes up by it. */
  #peerOf(data: Data): PeerRow {
    const found = this.#distinguishers.get(`${data["session"]} ${data["peer_hash"]}`);
    if (found === undefined && data["peer_type"] === 1) {
      throw new Error("Cannot tell the peer's distinguisher: there was no Peer Up");
    }
    const key = peerKey(data, found ?? "0:0");
    let peer = this.#peers.get(key);
    if (peer?.isUp) return peer;
    const facts = peerFacts(data, data["peer_asn"] ?? data["remote_asn"]);
    peer = { key, isUp: true, facts, event: "first" };
    this.#peers.set(key, peer);
    this.#routes.set(key, new Map());
    return peer;
  }

  #takeRoute(peer: string, isVpn: boolean, data: Data): void {
    const view = ribView(data);
    const labels = (data["labels"] ?? []) as number[];
    const prefix = `${isVpn ? `${data["vpn_rd"]} ` : ""}${data["prefix"]}/${
      data["prefix_len"] ?? 0
    }`;
    const keyOf = (word: string) =>
      `${peer} ${prefix} ${data["path_id"] ?? 0}${word}${view.isPre ? " pre" : " post"}${
        view.isIn ? " in" : " other"
      }`;
    const routes = isVpn ? this.#vpnRoutes : this.#routes.get(peer)!;
    const labelled = keyOf(" labelled");
    if (data["action"] !== "add") {
      // Records of withdrawn routes do not say whether they had labels.
      routes.set(routes.has(labelled) ? labelled : keyOf(""), "withdrawn");
      return;
    }
    const attributes = attributesOf(data);
    this.#attributes.push({ key: peer, ...attributes });
    const row = rowText({
      isipv4: data["is_ipv4"],
      labels: labels.join(","),
      ...{ origin_as: attributes["origin_as"] },
      ...attributes,
    });
    routes.set(!isVpn && labels.length > 0 ? labelled : keyOf(""), row);
  }

  #takeStatistics(peer: string, data: Data): void {
    this.#statistics.set(
      peer,
      rowText({
        prefixes_rejected: data["rejected"] ?? 0,
        known_dup_prefixes: data["duplicate_prefix"] ?? 0,
        known_dup_withdraws: data["duplicate_withdraws"] ?? 0,
        updates_invalid_by_cluster_list: data["invalidated_due_cluster"] ?? 0,
        updates_invalid_by_as_path_loop: data["invalidated_due_aspath"] ?? 0,
        updates_invalid_by_originagtor_id: data["invalidated_due_originator_id"] ?? 0,
        updates_invalid_by_as_confed_loop: data["invalidated_as_confed"] ?? 0,
        num_routes_adj_rib_in: data["ads_rib_in"] ?? 0,
        num_routes_local_rib: data["local_rib"] ?? 0,
      }),
    );
  }

  #takeLinkState(peer: string, type: number, data: Data): void {
    const isAdd = data["action"] === "add";
    // Records of nodes do not have the next hop.
    if (isAdd && type !== LS_NODE) this.#attributes.push({ key: peer, ...attributesOf(data) });
    const text = (columns: Data) => isAdd ? rowText(columns) : "withdrawn";
    const local = `${peer} ${isisId(data["igp_router_id"])}`;
    const protocol = PROTOCOLS[String(data["protocol"])];
    if (type === LS_NODE) {
      this.#nodes.set(
        local,
        text({
          // Not the node's: the consumer puts the peer's there.
          asn: data["peer_asn"],
          protocol,
          bgp_ls_id: data["domain_id"],
          router_id: data["router_id"],
          isis_area_id: data["area_id"],
          name: data["name"],
        }),
      );
    } else if (type === LS_LINK) {
      const addresses = `${data["local_link_ip"]} ${data["remote_link_ip"]}`;
      this.#links.set(
        `${local} ${isisId(data["remote_igp_router_id"])} ${addresses}`,
        text({
          protocol,
          local_asn: data["local_node_asn"],
          remote_asn: data["remote_node_asn"],
          igp_metric: data["igp_metric"],
          admin_group: data["admin_group"],
          max_link_bw: kilobits(data, 1089)[0],
          max_resv_bw: kilobits(data, 1090)[0],
          unreserved_bw: kilobits(data, 1091).join(", "),
          te_def_metric: data["te_default_metric"],
          srlg: ((data["srlg"] ?? []) as number[]).join(", "),
        }),
      );
    } else {
      this.#prefixes.set(
        `${local} ${data["prefix"]}/${data["prefix_len"]}`,
        text({
          protocol,
          isipv4: !String(data["prefix"]).includes(":"),
          metric: data["prefix_metric"],
        }),
      );
    }
  }
}

function peerKey(data: Data, distinguisher: string): string {
  const isLoc = data["peer_type"] === 3;
  const address = isLoc ? "::" : data["remote_ip"] ?? data["peer_ip"];
  return `${data["router_source"]} ${address} ${distinguisher}${isLoc ? " loc" : ""}`;
}

function peerFacts(data: Data, asn: unknown): Data {
  const isLoc = data["peer_type"] === 3;
  const address = String(data["remote_ip"] ?? data["peer_ip"]);
  return {
    isipv4: !isLoc && !address.includes(":"),
    peer_as: asn ?? 0,
    isl3vpnpeer: data["peer_type"] === 1,
    islocribfiltered: data["is_loc_rib_filtered"],
  };
}

function upText(data: Data): string {
  const seconds = (value: unknown) => Math.min(Number(value ?? 0), HOLD_SECONDS_MAX);
  // The database puts a router's identifier in place of none, if it has the router already.
  const bgpId = String(data["remote_bgp_id"]);
  return [
    bgpId === "0.0.0.0" ? "" : bgpId,
    // A peer of Loc-RIB has none, whatever its version.
    data["peer_type"] === 3 ? "::" : data["local_ip"],
    data["local_bgp_id"],
    data["local_port"] ?? 0,
    seconds(data["adv_holddown"]),
    data["local_asn"] ?? 0,
    data["remote_port"] ?? 0,
    seconds(data["remote_holddown"]),
    data["table_name"] ?? "",
  ].join(" ");
}

function downText(data: Data): string {
  const reason = data["synthetic"] === true ? 4 : data["bmp_reason"];
  return [reason, data["bmp_error_code"] ?? 0, data["bmp_error_sub_code"] ?? 0].join(" ");
}

function ribView(data: Data): { isPre: boolean; isIn: boolean } {
  const isLoc = data["is_loc_rib"] === true;
  const isOut = data["is_adj_rib_out"] === true;
  const isPost = data[isOut ? "is_adj_rib_out_post_policy" : "is_adj_rib_in_post_policy"] === true;
  return { isPre: !isLoc && !isPost, isIn: !isLoc && !isOut };
}

function attributesOf(data: Data): Data {
  const attributes = data["base_attrs"] as Data;
  const list = (name: string) => (attributes[name] ?? []) as string[];
  const segments = (attributes["as_path_segments"] ?? []) as { asns: number[] }[];
  const path = segments.flatMap(({ asns }) => asns);
  const isIpv4 = data["is_nexthop_ipv4"] !== false;
  const nextHop = data["nexthop"] === undefined ? "" : String(data["nexthop"]).split(",")[0];
  return {
    origin: attributes["origin"],
    as_path: path,
    as_path_count: path.length,
    origin_as: path.at(-1) ?? 0,
    next_hop: nextHop || (isIpv4 ? "0.0.0.0" : "::"),
    nexthop_isipv4: isIpv4,
    med: attributes["med"] ?? 0,
    local_pref: attributes["local_pref"] ?? 0,
    aggregator: aggregatorText(attributes["aggregator"]),
    community_list: list("community_list"),
    ext_community_list: list("ext_community_list").map(extendedCommunity),
    large_community_list: list("large_community_list"),
    cluster_list: String(attributes["cluster_list"] ?? "").split(", "),
    originator_id: attributes["originator_id"],
  };
}

function aggregatorText(base64: unknown): string {
  if (typeof base64 !== "string") return "";
  const bytes = Buffer.from(base64, "base64");
  const asn = bytes.length === 8 ? bytes.readUInt32BE(0) : bytes.readUInt16BE(0);
  return `${asn} ${[...bytes.subarray(bytes.length - 4)].join(".")}`;
}

/** goBMP's words for extended communities as the schema has them. */
function extendedCommunity(text: string): string {
  return text.replace(/^ro=/, "soo=");
}

/** Bandwidths of a TLV in whole kilobits; goBMP's own fields are rounded. */
function kilobits(data: Data, type: number): number[] {
  const tlvs = ((data["base_attrs"] as Data)["bgp_ls"] ?? []) as { type: number; value: unknown }[];
  const value = tlvs.find((tlv) => tlv.type === type)?.value ?? [];
  return ([value].flat() as number[]).map((bytes) => Math.trunc(bytes * 8 / 1000));
}

/** Eight octets in groups, as the schema has a router of IS-IS; goBMP leaves out what is zero behind six. */
function isisId(text: unknown): string {
  const groups = String(text).toUpperCase().split(".");
  return groups.length === 3 ? [...groups, "0000"].join(".") : groups.join(".");
}
