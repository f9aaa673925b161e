/** Values of the BGP-LS attribute as columns. */
import { decodeLinkStateTlvs, type LinkStateTlvs } from "../../bgp/link_state/attribute.ts";
import type {
  AdjacencySid,
  LabelBlock,
  PeerSid,
  PrefixSid,
  Sid,
} from "../../bgp/link_state/attribute_segment_routing.ts";
import type { Float, TlvSpec, TlvValue } from "../../bgp/link_state/attribute_spec.ts";
import { isIsis } from "../../bgp/link_state/protocols.ts";
import type { UpdateLayout } from "../../bgp/update.ts";
import { type DecodeFault, isFault } from "../../wire/fault.ts";
import { joinWithin } from "./text.ts";

/** Characters of the database's columns for SIDs. */
export const SIDS_MAX = 255;
const U32_MAX = 0xffffffff;

/** Flags of SIDs, from the most significant bit on (RFC 8667, RFC 8665). */
const SR_CAPABILITY_FLAGS = ["I", "V", "H"];
const ADJACENCY_FLAGS_ISIS = ["F", "B", "V", "L", "S"];
const ADJACENCY_FLAGS_OSPF = ["B", "V", "L", "G"];
const PREFIX_FLAGS_ISIS = ["R", "N", "P", "E", "V", "L"];
const PREFIX_FLAGS_OSPF = ["", "NP", "M", "E", "V", "L"];
const ALGORITHMS = ["SPF", "strict-SPF"];

/** The BGP-LS attribute of one UPDATE. */
export class LinkStateAttribute {
  readonly #decoded: LinkStateTlvs;

  constructor(decoded: LinkStateTlvs) {
    this.#decoded = decoded;
  }

  /** Undefined: there is none, or it is malformed as a whole, which is noted with the attributes. */
  static read(
    layout: UpdateLayout,
    code: number,
    bytes: Uint8Array,
    view: DataView,
    note: (fault: DecodeFault) => void,
  ): LinkStateAttribute | undefined {
    const i = layout.first[code]!;
    if (i === -1) return undefined;
    try {
      const decoded = decodeLinkStateTlvs(bytes, view, layout.starts[i]!, layout.ends[i]!);
      decoded.faults.forEach(note);
      return new LinkStateAttribute(decoded);
    } catch (error) {
      if (!isFault(error)) throw error;
      return undefined;
    }
  }

  values<Value extends TlvValue>({ code }: TlvSpec<Value>): readonly Value[] {
    return this.#decoded.tlvs.flatMap(({ type, value }) =>
      type === code && value !== undefined ? [value as Value] : []
    );
  }

  value<Value extends TlvValue>({ code }: TlvSpec<Value>): Value | undefined {
    const found = this.#decoded.tlvs.find(({ type, value }) =>
      type === code && value !== undefined
    );
    return found?.value as Value | undefined;
  }
}

export function capabilityText(protocolId: number, { flags, ranges }: LabelBlock): string {
  const lead = isIsis(protocolId) ? letters(flags, SR_CAPABILITY_FLAGS) : String(flags);
  const texts = ranges.map((range) => `${range.size} ${sidText(range)}`);
  return `${lead} ${joinWithin(texts, SIDS_MAX - lead.length - 1)}`;
}

export function adjacencySidText(protocolId: number, sid: AdjacencySid): string {
  const names = isIsis(protocolId) ? ADJACENCY_FLAGS_ISIS : ADJACENCY_FLAGS_OSPF;
  return `${letters(sid.flags, names)} ${sid.weight} ${sidText(sid)}`;
}

export function prefixSidText(protocolId: number, sid: PrefixSid): string {
  const names = isIsis(protocolId) ? PREFIX_FLAGS_ISIS : PREFIX_FLAGS_OSPF;
  return `${letters(sid.flags, names)} ${ALGORITHMS[sid.algorithm] ?? sid.algorithm} ${
    sidText(sid)
  }`;
}

export function peerSidText(sid: PeerSid): string {
  return `${sid.flags.join("")} ${sid.weight} ${sidText(sid)}`;
}

function sidText({ label, index }: Sid): string {
  return String(label ?? index ?? 0);
}

function letters(flags: number, names: readonly string[]): string {
  return names.filter((_, bit) => (flags & (0x80 >> bit)) !== 0).join("");
}

/** The database has a word for each of two protocols, and none for both. */
export function mplsText(flags: readonly string[] | undefined): string {
  if (flags?.length !== 1) return "";
  return flags[0] === "L" ? "LDP" : flags[0] === "R" ? "RSVP-TE" : "";
}

/** Kilobits a second of octets a second. */
export function kilobits(octets: Float | undefined): number {
  const value = Number(octets ?? 0) * 8 / 1000;
  return value >= 0 ? Math.floor(Math.min(value, U32_MAX)) : 0;
}
