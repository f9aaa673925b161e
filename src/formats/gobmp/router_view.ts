/** The parts of records that are the same for all peers to which a router shows itself by one address. */
import { putJsonText } from "../../wire/text.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";

const ADD = utf8('{"action":"add","hash":"');
/** Where the action's text is in that. */
const ACTION_OFFSET = 11;
const HASH_DIGITS = utf8("0".repeat(32));
const BEHIND_HASH = utf8('",');
const BASE_ATTRS = utf8(',"base_attrs":');
/** Bytes before the hash in what {@linkcode RouterView.putHead} writes. */
export const HASH_OFFSET = ADD.length;

export class RouterView {
  readonly ip: string;
  readonly hash: string;
  /** `"router_hash":"…","router_ip":"…"` */
  readonly fields: Uint8Array;
  /** `{"action":"add","hash":"`, room for a route's hash, `",`, {@linkcode RouterView.fields}, `,"base_attrs":` */
  readonly #addHead: Uint8Array;

  constructor(ip: string, hash: string, scratch: ByteWriter) {
    this.ip = ip;
    this.hash = hash;
    scratch.reset();
    scratch.raw(ADD);
    scratch.raw(HASH_DIGITS);
    scratch.raw(BEHIND_HASH);
    const start = scratch.pos;
    scratch.ascii(`"router_hash":"${hash}","router_ip":`);
    putJsonText(scratch, ip);
    const end = scratch.pos;
    scratch.raw(BASE_ATTRS);
    this.#addHead = scratch.copyFrom(0);
    this.fields = this.#addHead.subarray(start, end);
  }

  /** Writes the start of a route's record, up to the value of `base_attrs`, with room for its hash. */
  putHead(out: ByteWriter, isAdd: boolean): void {
    const start = out.pos;
    out.raw(this.#addHead);
    if (isAdd) return;
    const { bytes } = out;
    bytes[start + ACTION_OFFSET] = 0x64; // del
    bytes[start + ACTION_OFFSET + 1] = 0x65;
    bytes[start + ACTION_OFFSET + 2] = 0x6c;
  }
}
