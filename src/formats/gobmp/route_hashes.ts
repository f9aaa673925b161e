/**
 * `hash` of a route: MD5 of the kind of route, router, peer, route distinguisher and its type (VPN only), prefix, length, `is_ipv4`,
 * path identifier and labels, each with a NUL behind it. The labels' part is always empty, so that a withdrawal has the hash of its
 * announcement.
 */
import { Md5, Md5Ends } from "../../wire/md5.ts";
import { octetAt, u32At } from "../../wire/text.ts";
import { utf8 } from "../../wire/writer.ts";
import type { PeerView } from "./peer_view.ts";

const HASH_IPV4 = utf8("true\0");
const HASH_IPV6 = utf8("false\0");
/** Bytes behind the address: NUL, length, NUL, `false`, NUL, path identifier with its sign, NUL, NUL; 10 fewer for path identifier 0. */
const BEHIND_ADDRESS_MAX = 1 + 3 + 1 + 6 + 11 + 1 + 1;
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
   * Writes the hash of a route at `text[hashAt]`, at once or by {@linkcode RouteHashes.flush}. Its address is `text[start, end)`, the
   * distinguisher `text[rdStart, rdEnd)` of type `rdType`, -1: it has none.
   */
  put(
    text: Uint8Array,
    hashAt: number,
    start: number,
    end: number,
    bits: number,
    isIpv4: boolean,
    pathId: number,
    rdStart: number,
    rdEnd: number,
    rdType: number,
  ): void {
    const ends = this.#ends;
    const behind = pathId === 0 ? BEHIND_ADDRESS_MAX - 10 : BEHIND_ADDRESS_MAX;
    // A VPN route's often runs over the block, else only a long IPv6 address with a long path identifier.
    const rdLength = rdType === -1 ? 0 : rdEnd - rdStart + 7;
    const fits = ends.from + rdLength + end - start + behind <= BLOCK_TEXT_MAX;
    const from = fits ? ends.from : 0;
    const target = fits ? ends.block : this.#long;
    let p = from;
    if (rdType !== -1) {
      for (let i = rdStart; i < rdEnd; i++) target[p++] = text[i]!;
      target[p++] = 0;
      p = u32At(target, p, rdType);
      target[p++] = 0;
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
    else this.#hash.copyFrom(ends.start).update(target, 0, p).hexAt(text, hashAt);
  }

  /** Writes the hash that still waits for another one; to be called at the end of a list, before its buffer changes hands. */
  flush(out: Uint8Array): void {
    this.#ends.flush(out);
  }
}
