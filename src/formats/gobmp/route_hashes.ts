/**
 * `hash` of a route: MD5 of the kind of route, router, peer, route distinguisher and its type (VPN only), prefix, length, `is_ipv4`,
 * path identifier and labels, each with a NUL behind it. The labels' part is always empty, so that a withdrawal has the hash of its
 * announcement.
 */
import { Md5, Md5Ends } from "../../wire/md5.ts";
import { octetAt, u32At } from "../../wire/text.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";
import type { PeerView } from "./peer_view.ts";

const HASH_IPV4 = utf8("true\0");
const HASH_IPV6 = utf8("false\0");
const PATH_ID_MAX = 11;
/** What fits a block beside its padding and length. */
const BLOCK_TEXT_MAX = 55;

export class RouteHashes {
  readonly #ends = new Md5Ends();
  /** For a route whose text is too long for {@linkcode Md5Ends}, and that text. */
  readonly #hash = new Md5();
  readonly #long = new Uint8Array(128);

  /** Begins a list of routes of one peer. */
  start(view: PeerView, kind: string): void {
    this.#ends.startFrom(view.hashStart(kind));
  }

  /**
   * Writes the hash of a route at `text[hashAt]`, at once or by {@linkcode RouteHashes.flush}. Its address is `text[start, end)`;
   * `distinguisher` goes before it.
   */
  put(
    text: Uint8Array,
    hashAt: number,
    start: number,
    end: number,
    bits: number,
    isIpv4: boolean,
    pathId: number,
    distinguisher: ByteWriter | undefined,
  ): void {
    const ends = this.#ends;
    const headLength = distinguisher === undefined ? 0 : distinguisher.pos;
    // Only a long IPv6 address, with a distinguisher or a long path identifier, runs over the block.
    const fits = ends.from + headLength + end - start + behindAddress(bits, isIpv4, pathId) <=
      BLOCK_TEXT_MAX;
    const from = fits ? ends.from : 0;
    const target = fits ? ends.block : this.#long;
    let p = from;
    if (distinguisher !== undefined) {
      const head = distinguisher.bytes;
      for (let i = 0; i < headLength; i++) target[p++] = head[i]!;
    }
    for (let i = start; i < end; i++) target[p++] = text[i]!;
    target[p++] = 0;
    p = octetAt(target, p, bits);
    target[p++] = 0;
    const family = isIpv4 ? HASH_IPV4 : HASH_IPV6;
    for (let i = 0; i < family.length; i++) target[p++] = family[i]!;
    if (pathId < 0) target[p++] = 0x2d;
    p = u32At(target, p, Math.abs(pathId));
    target[p++] = 0;
    target[p++] = 0;
    if (fits) ends.hexAt(p, text, hashAt);
    else this.#hash.startFrom(ends.start).update(target, 0, p).hexAt(text, hashAt);
  }

  /** Writes the hash that still waits for another one; to be called at the end of a list, before its buffer changes hands. */
  flush(out: Uint8Array): void {
    this.#ends.flush(out);
  }
}

/** At most this many bytes follow the address: length, `is_ipv4` and path identifier with NULs about them, and no labels. */
function behindAddress(bits: number, isIpv4: boolean, pathId: number): number {
  const lengthDigits = bits < 10 ? 1 : bits < 100 ? 2 : 3;
  const family = isIpv4 ? HASH_IPV4.length : HASH_IPV6.length;
  return 1 + lengthDigits + 1 + family + (pathId === 0 ? 1 : PATH_ID_MAX) + 2;
}
