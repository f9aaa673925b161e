/** The body of an UPDATE (RFC 4271 section 4.3), as far as it can be read; what RFC 7606 makes of its faults is said with them. */
import {
  MP_REACH_NLRI_CODE,
  MultiprotocolNlri,
  readMpReach,
} from "../bgp/attributes/014_mp_reach_nlri.ts";
import { MP_UNREACH_NLRI_CODE, readMpUnreach } from "../bgp/attributes/015_mp_unreach_nlri.ts";
import { BGP_LS } from "../bgp/attributes/029_bgp_ls.ts";
import { AttributeWriter } from "../bgp/attributes/mod.ts";
import { ATTRIBUTE_BY_CODE } from "../bgp/attributes/registry.ts";
import { AttributeFlag, type AttributeSpec, Outcome } from "../bgp/attributes/spec.ts";
import { afiName, familyName } from "../bgp/families.ts";
import { putNextHop } from "../bgp/next_hop.ts";
import { layOutUpdate, UpdateLayout } from "../bgp/update.ts";
import { RibView } from "../bmp/peer_header.ts";
import { isFault } from "../wire/fault.ts";
import { ByteWriter } from "../wire/writer.ts";
import { addLinkStateTlvs } from "./link_state.ts";
import { addRoutes, type RouteContext } from "./nlri.ts";
import type { Part } from "./part.ts";
import { parseExactJson } from "./value.ts";

const ASCII = new TextDecoder();
const OUTCOMES = {
  [Outcome.none]: "",
  [Outcome.attributeDiscard]: "attribute-discard",
  [Outcome.treatAsWithdraw]: "treat-as-withdraw",
} as const;
const FLAG_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [AttributeFlag.optional, "Optional"],
  [AttributeFlag.transitive, "Transitive"],
  [AttributeFlag.partial, "Partial"],
  [AttributeFlag.extendedLength, "Extended Length"],
];

/** Whose UPDATE it is. */
export interface UpdateContext extends RouteContext {
  /** What the A flag says of AS numbers in AS_PATH (RFC 7854 section 4.2). */
  readonly isTwoOctetAs: boolean;
  readonly peerAs: number;
}

/** Shows UPDATEs, one after another. */
export class UpdateExplainer {
  readonly #layout = new UpdateLayout();
  readonly #attributes = new AttributeWriter(this.#layout, undefined);
  readonly #mp = new MultiprotocolNlri();
  readonly #out = new ByteWriter(4096);

  /** Adds the fields of the UPDATE whose body is `bytes[start, end)`. @throws DecodeFault when nothing of it can be trusted */
  add(
    to: Part,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    context: UpdateContext,
  ): void {
    const layout = this.#layout;
    layOutUpdate(layout, bytes, view, start, end);
    this.#readAttributes(bytes, view, context);
    const { withdrawnStart, withdrawnEnd, attributesStart, attributesEnd } = layout;
    to.add("Withdrawn Routes Length", start, withdrawnStart, {
      value: withdrawnEnd - withdrawnStart,
    });
    if (withdrawnEnd > withdrawnStart) {
      const withdrawn = to.add("Withdrawn Routes", withdrawnStart, withdrawnEnd);
      addRoutes(withdrawn, bytes, view, withdrawnStart, withdrawnEnd, 1, 1, true, context);
    }
    to.add("Total Path Attribute Length", withdrawnEnd, attributesStart, {
      value: attributesEnd - attributesStart,
    });
    let attributes: Part | undefined;
    if (attributesEnd > attributesStart) {
      attributes = to.add("Path Attributes", attributesStart, attributesEnd);
      let pos = attributesStart;
      for (let i = 0; i < layout.count; i++) {
        this.#addAttribute(attributes, bytes, view, pos, i, context);
        pos = layout.ends[i]!;
      }
      attributes.addBytes("undecoded", bytes, pos, attributesEnd);
    }
    if (layout.nlriEnd > layout.nlriStart) {
      const announced = to.add("Network Layer Reachability Information", layout.nlriStart, end);
      addRoutes(announced, bytes, view, layout.nlriStart, end, 1, 1, false, context);
    }
    for (const { code, fault, outcome } of this.#attributes.faults) {
      // An empty value has no byte: its fault is at the next attribute's first.
      const i = layout.first[code] ?? -1;
      const isAtEnd = i !== -1 && layout.ends[i] === fault.offset;
      const holder = isAtEnd ? attributes?.parts[i] : undefined;
      (holder ?? to).blame(fault, OUTCOMES[outcome]);
    }
    if (end - start === 4) addEndOfRib(to, end, 1, 1);
  }

  /** Decodes the block as the collector does: its faults and their outcomes. */
  #readAttributes(bytes: Uint8Array, view: DataView, context: UpdateContext): void {
    const layout = this.#layout;
    const attributes = this.#attributes;
    const { peer, view: ribView, isTwoOctetAs, peerAs } = context;
    const { scope } = attributes;
    scope.asWidth = peer.chooseAsWidth(ribView, isTwoOctetAs, layout, bytes, view);
    scope.external = peer.localAs !== -1 && peer.localAs !== peerAs &&
      ribView <= RibView.adjRibInPost;
    this.#out.reset();
    attributes.write(this.#out, bytes, view);
    attributes.noteMissing();
  }

  #addAttribute(
    to: Part,
    bytes: Uint8Array,
    view: DataView,
    pos: number,
    i: number,
    context: UpdateContext,
  ): void {
    const layout = this.#layout;
    const code = layout.codes[i]!;
    const start = layout.starts[i]!;
    const end = layout.ends[i]!;
    const spec = ATTRIBUTE_BY_CODE[code];
    const part = to.add(spec?.name ?? "Unknown attribute", pos, end, {
      meaning: layout.isRepeated(i) ? "repeated, thus ignored: RFC 7606 section 3 g" : undefined,
      reference: spec?.reference,
    });
    const flags = layout.flags[i]!;
    const names = FLAG_NAMES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
    part.add("Attribute Flags", pos, pos + 1, {
      value: `0x${flags.toString(16).padStart(2, "0")}`,
      meaning: names.length === 0 ? "Well-known" : names.join(", "),
    });
    part.add("Attribute Type Code", pos + 1, pos + 2, { value: code });
    part.add("Attribute Length", pos + 2, start, { value: end - start });
    if (layout.isMultiprotocol(i)) {
      part.attempt(bytes, start, end, () => this.#addMultiprotocol(part, bytes, view, i, context));
    } else if (spec === undefined) {
      part.addBytes("Value", bytes, start, end, { meaning: "kept as bytes" });
    } else {
      this.#addValue(part, spec, bytes, view, start, end);
    }
  }

  /** What the attribute says, as the members of `base_attrs` that it gives. */
  #addValue(
    to: Part,
    spec: AttributeSpec,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
  ): void {
    const out = this.#out;
    out.reset();
    try {
      if (spec === BGP_LS) return addLinkStateTlvs(to, bytes, view, start, end);
      spec.write(out, bytes, view, start, end, this.#attributes.scope);
    } catch (error) {
      if (!isFault(error)) throw error;
      to.addBytes("Value", bytes, start, end, { meaning: "undecoded" });
      return;
    }
    if (out.pos > 0) {
      const value = parseExactJson(`{${ASCII.decode(out.written()).slice(1)}}`);
      to.add("Value", start, end, { value });
    } else if (spec.zeroMember !== undefined) {
      to.add("Value", start, end, { value: { [spec.zeroMember]: 0 } });
    } else {
      to.addBytes("Value", bytes, start, end);
    }
  }

  #addMultiprotocol(
    to: Part,
    bytes: Uint8Array,
    view: DataView,
    i: number,
    context: UpdateContext,
  ): void {
    const layout = this.#layout;
    const start = layout.starts[i]!;
    const end = layout.ends[i]!;
    const isReach = layout.codes[i] === MP_REACH_NLRI_CODE;
    const mp = this.#mp;
    (isReach ? readMpReach : readMpUnreach)(mp, bytes, view, start, end);
    const { afi, safi, nlriStart, nlriEnd } = mp;
    to.add("AFI", start, start + 2, { value: afi, meaning: afiName(afi) });
    to.add("SAFI", start + 2, start + 3, { value: safi, meaning: familyName(afi, safi) });
    if (isReach) this.#addNextHop(to, bytes);
    if (nlriStart < nlriEnd) {
      addRoutes(to, bytes, view, nlriStart, nlriEnd, afi, safi, !isReach, context);
    } else if (!isReach && this.#isWithoutRoutes()) {
      addEndOfRib(to, end, afi, safi);
    }
  }

  #addNextHop(to: Part, bytes: Uint8Array): void {
    const { nextHopStart, nextHopEnd, nlriStart } = this.#mp;
    to.add("Next Hop Length", nextHopStart - 1, nextHopStart, { value: nextHopEnd - nextHopStart });
    if (nextHopEnd > nextHopStart) {
      to.attempt(bytes, nextHopStart, nextHopEnd, () => {
        const out = new ByteWriter(96);
        putNextHop(out, bytes, nextHopStart, nextHopEnd);
        to.add("Next Hop", nextHopStart, nextHopEnd, { value: ASCII.decode(out.written()) });
      });
    }
    to.add("Reserved", nextHopEnd, nlriStart, { value: bytes[nextHopEnd]! });
  }

  /** Whether the UPDATE has no routes outside MP attributes and none in MP_REACH_NLRI. */
  #isWithoutRoutes(): boolean {
    const { withdrawnStart, withdrawnEnd, nlriStart, nlriEnd, first } = this.#layout;
    return withdrawnStart === withdrawnEnd && nlriStart === nlriEnd &&
      first[MP_REACH_NLRI_CODE] === -1 && first[MP_UNREACH_NLRI_CODE] !== -1;
  }
}

/** Says that there is nothing more: a part without bytes. */
function addEndOfRib(to: Part, end: number, afi: number, safi: number): void {
  to.add("End-of-RIB", end, end, {
    value: familyName(afi, safi),
    reference: "RFC 4724 section 2",
  });
}
