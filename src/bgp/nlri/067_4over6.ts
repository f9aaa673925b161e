/** IPv4 over an IPv6 network (RFC 5747 section 3.3): `length u8 in bits, prefix`. */
import type { ObjectFamily } from "./family.ts";
import { endOfCountedBits, NlriReader, type Prefix } from "./reader.ts";

export const IPV4_4OVER6: ObjectFamily<Prefix> = {
  kind: "object",
  afi: 1,
  safi: 67,
  name: "ipv4-4over6",
  reference: "RFC 5747 section 3.3",
  addPath: true,
  endOfRoute: endOfCountedBits,
  decode: (bytes, view, start, end) => new NlriReader(bytes, view, start, end).countedPrefix(32),
};
