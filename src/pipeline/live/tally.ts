/** What was seen of one RIB view of a peer, or of a session beside its peers: numbers only, added to while a format decodes. */
import type { RibView } from "../../bmp/peer_header.ts";
import type { DecodeCount, DecodeTally } from "../../formats/counts.ts";

/** Families that are told apart; a peer has a handful, and a sender can make up thousands. */
const FAMILIES_MAX = 32;
const OTHER_FAMILY = "other";

export class FamilyTally {
  announced = 0;
  withdrawn = 0;
  /** When End-of-RIB came, 0: it has not. */
  endOfRibAtUs = 0;

  /** @param name e.g. `ipv4-unicast` */
  constructor(readonly name: string) {}
}

/** What is known of faults. */
export class Faults {
  count = 0;
  /** Of the last one. */
  code = "";
  atUs = 0;
}

/** Routes of a session. */
export interface RouteSum {
  routes: number;
  readonly faults: Faults;
}

export class Tally implements DecodeTally {
  messages = 0;
  /** Time of receipt of the last message. */
  atUs = 0;
  /** Messages a second, when they were last sampled. */
  rate = 0;
  /** Undefined: none. */
  faults: Faults | undefined = undefined;
  families: readonly FamilyTally[] = [];
  readonly #sum: RouteSum;
  #sampled = 0;

  constructor(sum: RouteSum, readonly view: RibView) {
    this.#sum = sum;
  }

  add(name: DecodeCount, label: string, count: number): void {
    switch (name) {
      case "routes_announced":
        this.#sum.routes += count;
        this.#family(label).announced += count;
        break;
      case "routes_withdrawn":
        this.#sum.routes += count;
        this.#family(label).withdrawn += count;
        break;
      case "end_of_rib":
        this.#family(label).endOfRibAtUs = this.atUs;
        break;
      case "decode_errors":
        this.#fault(this.faults ??= new Faults(), label, count);
        this.#fault(this.#sum.faults, label, count);
        break;
    }
  }

  sample(seconds: number): void {
    this.rate = (this.messages - this.#sampled) / seconds;
    this.#sampled = this.messages;
  }

  /** Begins anew. */
  reset(): void {
    this.messages = 0;
    this.rate = 0;
    this.faults = undefined;
    this.families = [];
    this.#sampled = 0;
  }

  #fault(faults: Faults, code: string, count: number): void {
    faults.count += count;
    faults.code = code;
    faults.atUs = this.atUs;
  }

  #family(name: string): FamilyTally {
    for (const family of this.families) if (family.name === name) return family;
    if (this.families.length >= FAMILIES_MAX) {
      if (name !== OTHER_FAMILY) return this.#family(OTHER_FAMILY);
    }
    const family = new FamilyTally(name);
    // In V8 a list that grows has room for 17 at once.
    this.families = this.families.concat(family);
    return family;
  }
}
