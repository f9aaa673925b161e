/** Renders blocks of path attributes for tests. */
import { AttributeCache } from "../../../src/bgp/attributes/cache.ts";
import { AttributeWriter } from "../../../src/bgp/attributes/mod.ts";
import { Outcome } from "../../../src/bgp/attributes/spec.ts";
import { layOutUpdate, UpdateLayout } from "../../../src/bgp/update.ts";
import { ByteWriter } from "../../../src/wire/writer.ts";
import { fromHex } from "../../decoding.ts";

/** Odd, so that nothing is aligned by luck. */
const START = 7;
/** Bytes of an UPDATE's body before its attributes, when nothing is withdrawn. */
const ATTRIBUTES_OFFSET = 4;

/** What decides beside the bytes. */
export interface BlockOptions {
  readonly asWidth?: 2 | 4;
  readonly external?: boolean;
  /** The octets around the UPDATE. */
  readonly around?: number;
}

/** What a block of attributes came to. */
export interface Block {
  /** The text of `base_attrs`. */
  readonly text: string;
  readonly base: Readonly<Record<string, unknown>>;
  /** `code@offset`, the offset from the start of the block. */
  readonly faults: readonly string[];
  readonly outcome: keyof typeof Outcome;
  readonly originAs: number;
  readonly color: number;
  readonly originValidation: number;
}

/** Counts what it finds. */
class CountingCache extends AttributeCache {
  hits = 0;

  override find(...parameters: Parameters<AttributeCache["find"]>): boolean {
    const isFound = super.find(...parameters);
    if (isFound) this.hits++;
    return isFound;
  }
}

/** Renders blocks one after another, with a cache or without. */
export class BlockRenderer {
  readonly #layout = new UpdateLayout();
  readonly #cache: CountingCache | undefined;
  readonly #writer: AttributeWriter;
  readonly #out = new ByteWriter(16);

  constructor(withCache = false) {
    this.#cache = withCache ? new CountingCache() : undefined;
    this.#writer = new AttributeWriter(this.#layout, this.#cache);
  }

  /** How many blocks came out of the cache. */
  get hits(): number {
    return this.#cache?.hits ?? 0;
  }

  render(attributes: Uint8Array, options: BlockOptions = {}): Block {
    const { asWidth = 4, external = false, around = 0x5a } = options;
    const length = attributes.length;
    const bytes = new Uint8Array(START + ATTRIBUTES_OFFSET + length + 80).fill(around);
    const view = new DataView(bytes.buffer);
    view.setUint16(START, 0);
    view.setUint16(START + 2, length);
    bytes.set(attributes, START + ATTRIBUTES_OFFSET);
    layOutUpdate(this.#layout, bytes, view, START, START + ATTRIBUTES_OFFSET + length);
    const { scope } = this.#writer;
    scope.asWidth = asWidth;
    scope.external = external;
    this.#out.reset();
    this.#writer.write(this.#out, bytes, view);
    const text = new TextDecoder().decode(this.#out.written());
    const { faults, outcome } = this.#writer;
    return {
      text,
      base: JSON.parse(text),
      faults: faults.map(({ fault }) =>
        `${fault.code}@${fault.offset - START - ATTRIBUTES_OFFSET}`
      ),
      outcome: (Object.keys(Outcome) as (keyof typeof Outcome)[])
        .find((name) => Outcome[name] === outcome)!,
      originAs: scope.originAs,
      color: scope.color,
      originValidation: scope.originValidation,
    };
  }
}

/** Renders one block of attributes, given as hex. */
export function renderBlock(hex: string, options: BlockOptions = {}): Block {
  return new BlockRenderer().render(fromHex(hex), options);
}

/** `base_attrs` without what every block has. */
export function members(block: Block): Record<string, unknown> {
  const { base_attr_hash: _hash, is_atomic_agg: _atomic, ...rest } = block.base;
  return rest;
}
