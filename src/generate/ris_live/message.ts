/**
 * What RIPE's RIS Live sends over its WebSocket (https://ris-live.ripe.net/manual/): JSON texts `{"type": "ris_message", "data": {...}}`,
 * read into what a BMP feed needs. Nothing in them is taken on trust.
 */
import { ipBytes, type IpPrefix, ipPrefix } from "../../wire/ip.ts";

/** One BGP message or change of state of a peer, as a route collector of RIS saw it. */
export interface RisMessage {
  /** The route collector, e.g. `rrc21.ripe.net`. */
  readonly host: string;
  /** Address of the peer: 4 or 16 bytes. */
  readonly peer: Uint8Array;
  readonly peerAs: number;
  /** Microseconds since 1970. */
  readonly timeUs: number;
  readonly kind: "update" | "up" | "down" | "other";
  /** The BGP message as it came, header included; empty: not offered. */
  readonly raw: Uint8Array;
  readonly update: RisUpdate;
}

/** The decoded members of an UPDATE. */
export interface RisUpdate {
  /** ORIGIN by its code. */
  readonly origin: number;
  /** AS numbers, and lists of them for sets. */
  readonly path: readonly (number | readonly number[])[];
  readonly med: number | undefined;
  readonly communities: readonly (readonly [number, number])[];
  readonly aggregator: { readonly as: number; readonly address: Uint8Array } | undefined;
  readonly announcements: readonly Announcement[];
  readonly withdrawals: readonly IpPrefix[];
}

export interface Announcement {
  /** One or two addresses: RIS names a link-local one behind the global. */
  readonly nextHops: readonly Uint8Array[];
  readonly prefixes: readonly IpPrefix[];
}

const AS_MAX = 0xffffffff;
/** BGP's own limit with RFC 8654, in hex digits. */
const RAW_DIGITS_MAX = 2 * 65535;
const HOST_MAX = 255;
const ORIGINS: Readonly<Record<string, number>> = { igp: 0, egp: 1, incomplete: 2 };
const KINDS: Readonly<Record<string, RisMessage["kind"]>> = {
  UPDATE: "update",
  NOTIFICATION: "down",
  OPEN: "up",
};
const NO_UPDATE: RisUpdate = {
  origin: 2,
  path: [],
  med: undefined,
  communities: [],
  aggregator: undefined,
  announcements: [],
  withdrawals: [],
};

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads one text of the WebSocket; undefined for what is no BGP message (acknowledgements, pongs).
 *
 * @throws {Error} that names the member that is wrong, or with what the server says is wrong
 */
export function readRisMessage(text: string): RisMessage | undefined {
  const message = object(JSON.parse(text), "message");
  if (message.type === "ris_error") {
    throw new Error(`Cannot subscribe: RIS Live says ${JSON.stringify(message.data)}`);
  }
  if (message.type !== "ris_message") return undefined;
  const data = object(message.data, "data");
  const { host, peer, type, timestamp } = data;
  if (typeof host !== "string" || host === "" || host.length > HOST_MAX) fail("host", host);
  if (typeof timestamp !== "number" || !(timestamp >= 0 && timestamp < 2 ** 32)) {
    fail("timestamp", timestamp);
  }
  const kind = type === "RIS_PEER_STATE"
    ? data.state === "connected" ? "up" : "down"
    : KINDS[String(type)] ?? "other";
  return {
    host,
    peer: address(peer, "peer"),
    // A text, unlike the AS numbers of a path.
    peerAs: asNumber(Number(data.peer_asn), "peer_asn"),
    timeUs: Math.round(timestamp * 1e6),
    kind,
    raw: kind === "update" && data.raw !== undefined ? hex(data.raw) : new Uint8Array(0),
    update: kind === "update" ? readUpdate(data) : NO_UPDATE,
  };
}

function readUpdate(data: Json): RisUpdate {
  const { origin, med, aggregator } = data;
  return {
    origin: ORIGINS[String(origin).toLowerCase()] ?? NO_UPDATE.origin,
    path: list(data.path, "path").map((hop) =>
      Array.isArray(hop) ? hop.map((as) => asNumber(as, "path")) : asNumber(hop, "path")
    ),
    med: med === undefined || med === null ? undefined : asNumber(med, "med"),
    communities: list(data.community, "community").map((pair) => {
      const [as, value] = list(pair, "community");
      return [half(as), half(value)] as const;
    }),
    aggregator: aggregator === undefined || aggregator === null
      ? undefined
      : readAggregator(aggregator),
    announcements: list(data.announcements, "announcements").map((item) => {
      const { next_hop, prefixes } = object(item, "announcements");
      const nextHops = String(next_hop).split(",").map((text) => address(text, "next_hop"));
      return { nextHops, prefixes: list(prefixes, "prefixes").map(prefix) };
    }),
    withdrawals: list(data.withdrawals, "withdrawals").map(prefix),
  };
}

/** `64496:192.0.2.1` */
function readAggregator(value: unknown): RisUpdate["aggregator"] {
  const text = String(value);
  const colon = text.indexOf(":");
  const router = address(text.slice(colon + 1), "aggregator");
  if (colon < 0 || router.length !== 4) fail("aggregator", value);
  return { as: asNumber(Number(text.slice(0, colon)), "aggregator"), address: router };
}

function object(value: unknown, name: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(name, value);
  return value as Json;
}

/** Members that are missing are empty lists. */
function list(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : fail(name, value);
}

function address(value: unknown, name: string): Uint8Array {
  return (typeof value === "string" ? ipBytes(value) : undefined) ?? fail(name, value);
}

function prefix(value: unknown): IpPrefix {
  return (typeof value === "string" ? ipPrefix(value) : undefined) ?? fail("prefixes", value);
}

function asNumber(value: unknown, name: string): number {
  const isAs = typeof value === "number" && Number.isInteger(value) && value >= 0 &&
    value <= AS_MAX;
  return isAs ? value : fail(name, value);
}

function half(value: unknown): number {
  const number = asNumber(value, "community");
  return number <= 0xffff ? number : fail("community", value);
}

function hex(value: unknown): Uint8Array {
  if (typeof value !== "string" || value.length > RAW_DIGITS_MAX || value.length % 2 !== 0) {
    fail("raw", value);
  }
  if (!/^[0-9a-fA-F]*$/.test(value)) fail("raw", value);
  const bytes = new Uint8Array(value.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(value.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

function fail(name: string, value: unknown): never {
  const found = JSON.stringify(value)?.slice(0, 80) ?? "nothing";
  throw new Error(`Cannot read a message of RIS Live: member "${name}" is ${found}`);
}
