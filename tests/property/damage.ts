/** Random damage to BMP messages. */
import { COMMON_HEADER_BYTES } from "../../src/bmp/peer_header.ts";
import type { Random } from "../../src/generate/random.ts";
import { joined, withLength } from "./streams.ts";

const MESSAGE_TYPES = 8;

/** The message with one to four changes behind its header: octets set, put in, taken out, moved, or its end cut off. */
export function damage(
  message: Uint8Array,
  source: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  let bytes = message.slice();
  const changes = 1 + random.below(4);
  for (let i = 0; i < changes && bytes.length > COMMON_HEADER_BYTES; i++) {
    const at = COMMON_HEADER_BYTES + random.below(bytes.length - COMMON_HEADER_BYTES);
    switch (random.below(8)) {
      case 0:
        bytes = bytes.slice(0, at);
        break;
      case 1:
        bytes = new Uint8Array(
          joined([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(4))]),
        );
        break;
      case 2: {
        const other = source[random.below(source.length)]!;
        const from = random.below(other.length);
        const inserted = other.subarray(from, from + 1 + random.below(12));
        bytes = new Uint8Array(joined([bytes.subarray(0, at), inserted, bytes.subarray(at)]));
        break;
      }
      case 3:
        bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)]!;
        break;
      case 4:
        bytes[at] = bytes[at]! + (random.chance(0.5) ? 1 : -1);
        break;
      case 5:
        bytes[at] = bytes[at]! ^ (1 << random.below(8));
        break;
      default:
        bytes[at] = random.below(256);
    }
  }
  if (random.chance(0.02)) bytes[5] = random.below(MESSAGE_TYPES);
  return withLength(bytes);
}
