/** Kinds of rows, and the topics that they go to. */
import type { Topic } from "../output.ts";
import { DEFAULT_GROUP } from "./groups.ts";

/** OpenBMP's names of the kinds of rows: the header's `T`. */
export const ROW_TYPES = [
  "collector",
  "router",
  "peer",
  "base_attribute",
  "unicast_prefix",
  "l3vpn",
  "evpn",
  "ls_node",
  "ls_link",
  "ls_prefix",
  "bmp_stat",
] as const;
export type RowType = typeof ROW_TYPES[number];

export const TOPIC_DEFAULT = "openbmp.parsed.{type}";

/** What a template may have in braces. */
export const TOPIC_VARIABLES = ["type", "router_group", "peer_group", "peer_asn"] as const;

/** Names that are kept; AS numbers of further ones, which a sender could make up, are left out. */
const TOPICS_MAX = 4096;

/** Whom rows are about. Collector rows have no group, router rows no peer group and no AS number, as with the collectors in C++. */
export interface TopicFacts {
  readonly routerGroup?: string;
  readonly peerGroup?: string;
  readonly asn?: number;
}

/** The topics of one template. */
export class Topics {
  readonly #template: string;
  readonly #byName = new Map<string, Topic>();

  constructor(template: string) {
    this.#template = template;
  }

  of(type: RowType, facts: TopicFacts = {}): Topic {
    const name = topicName(this.#template, type, facts);
    let topic = this.#byName.get(name);
    if (topic !== undefined) return topic;
    if (facts.asn !== undefined && this.#byName.size >= TOPICS_MAX) {
      const { asn: _, ...others } = facts;
      return this.of(type, others);
    }
    topic = { name, messageType: 0 };
    this.#byName.set(name, topic);
    return topic;
  }
}

function topicName(template: string, type: RowType, facts: TopicFacts): string {
  return template
    .replaceAll("{type}", type)
    .replaceAll("{router_group}", facts.routerGroup ?? DEFAULT_GROUP)
    .replaceAll("{peer_group}", facts.peerGroup ?? DEFAULT_GROUP)
    .replaceAll("{peer_asn}", facts.asn === undefined ? DEFAULT_GROUP : String(facts.asn));
}

/** The topics that a template surely has: those of which no variable but the kind of row decides. */
export function knownTopics(template: string): readonly Topic[] {
  const topics = new Topics(template);
  const variables = [...template.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => name);
  if (variables.some((name) => name !== "type")) return [];
  return ROW_TYPES.map((type) => topics.of(type));
}
