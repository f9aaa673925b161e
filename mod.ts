/**
 * edgebmp, as a library and as a program.
 *
 * The library decodes BMP (RFC 7854, 8671, 9069) streams: {@linkcode decodeRecords} and {@linkcode RecordDecoder} give the records that
 * the collector publishes, {@linkcode readMessages} cuts a stream into messages, {@linkcode decodeMessage} decodes one of them.
 * Run as main, this module is the command line; importing it does nothing.
 *
 * ```ts
 * import { decodeRecords } from "./mod.ts";
 *
 * // An Initiation with the sysName "r1".
 * const stream = [Uint8Array.from([3, 0, 0, 0, 12, 4, 0, 2, 0, 2, 0x72, 0x31])];
 * const names = [];
 * for await (const record of decodeRecords(stream)) {
 *   if (record.topic === "edgebmp.initiation") names.push(record.data["sys_name"]);
 * }
 * if (names.join() !== "r1") throw new Error(`found ${names}`);
 * ```
 *
 * @module
 */
export {
  type BmpMessage,
  type BmpRecord,
  decodeMessage,
  decodeRecords,
  type MessagePeer,
  RecordDecoder,
  type RecordDecoderOptions,
  type RibViewName,
} from "./src/library.ts";
export { type FrameError, FrameFault, readMessages } from "./src/bmp/frame.ts";
export { type DecodeFault, faultText, isFault } from "./src/wire/fault.ts";
export type { RouterIdentity } from "./src/formats/gobmp/mod.ts";

if (import.meta.main) {
  // No top-level await: bundlers that make other module formats refuse it.
  import("./src/cli/main.ts").then((program) => program.runProgram());
}
