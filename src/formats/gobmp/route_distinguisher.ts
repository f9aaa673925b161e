/** The route distinguisher of VPN routes as it stands in records and hashes. */
import { putRouteDistinguisher, putU32 } from "../../wire/text.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";

const DISTINGUISHER = utf8(',"vpn_rd":"');
const TYPE = utf8('","vpn_rd_type":');

/** Keeps the texts of the last one: the routes of a VPN have it in common, and come together. */
export class RouteDistinguisher {
  /** `,"vpn_rd":"…","vpn_rd_type":N`. One of an unknown type has no text; its type then says so. */
  readonly text = new ByteWriter(64);
  /** What a route's hash has of it: text and type, a NUL behind each. */
  readonly hashed = new ByteWriter(32);
  #high = 0;
  #low = 0;

  /** Takes the 8 octets at `start`. */
  take(bytes: Uint8Array, view: DataView, start: number): void {
    const high = view.getInt32(start);
    const low = view.getInt32(start + 4);
    const { text, hashed } = this;
    if (high === this.#high && low === this.#low && text.pos > 0) return;
    this.#high = high;
    this.#low = low;
    const type = high >>> 16;
    text.reset();
    text.raw(DISTINGUISHER);
    const textStart = text.pos;
    putRouteDistinguisher(text, bytes, start);
    hashed.reset();
    hashed.range(text.bytes, textStart, text.pos);
    hashed.byte(0);
    putU32(hashed, type);
    hashed.byte(0);
    text.raw(TYPE);
    putU32(text, type);
  }
}
