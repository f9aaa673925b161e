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
export type { BgpMessage } from "./src/bgp/message.ts";
export type { Initiation } from "./src/bmp/messages/initiation.ts";
export type { PeerDown } from "./src/bmp/messages/peer_down.ts";
export type { PeerUp, PeerUpOpen } from "./src/bmp/messages/peer_up.ts";
export type { MirroringTlv, RouteMirroring } from "./src/bmp/messages/route_mirroring.ts";
export type { Statistic, StatisticsReport } from "./src/bmp/messages/statistics.ts";
export type { Termination } from "./src/bmp/messages/termination.ts";
export type { InformationTlv, Tlv } from "./src/bmp/tlv.ts";
export type { Open as BgpOpen, OpenParameter as BgpOpenParameter } from "./src/bgp/open.ts";
export type { Notification as BgpNotification, PrefixLimit } from "./src/bgp/notification.ts";
export type { Capability, CapabilityValue } from "./src/bgp/capabilities/registry.ts";
export type { Multiprotocol as MultiprotocolCapability } from "./src/bgp/capabilities/001_multiprotocol.ts";
export type { OutboundRouteFiltering as OutboundRouteFilteringCapability } from "./src/bgp/capabilities/003_outbound_route_filtering.ts";
export type { ExtendedNextHop as ExtendedNextHopCapability } from "./src/bgp/capabilities/005_extended_next_hop.ts";
export type { Bgpsec as BgpsecCapability } from "./src/bgp/capabilities/007_bgpsec.ts";
export type { MultipleLabels as MultipleLabelsCapability } from "./src/bgp/capabilities/008_multiple_labels.ts";
export type { Role as RoleCapability } from "./src/bgp/capabilities/009_role.ts";
export type { GracefulRestart as GracefulRestartCapability } from "./src/bgp/capabilities/064_graceful_restart.ts";
export type { FourOctetAs as FourOctetAsCapability } from "./src/bgp/capabilities/065_four_octet_as.ts";
export type { Dynamic as DynamicCapability } from "./src/bgp/capabilities/067_dynamic.ts";
export type { Multisession as MultisessionCapability } from "./src/bgp/capabilities/068_multisession.ts";
export type { AddPath as AddPathCapability } from "./src/bgp/capabilities/069_add_path.ts";
export type { LongLivedGracefulRestart as LongLivedGracefulRestartCapability } from "./src/bgp/capabilities/071_long_lived_graceful_restart.ts";
export type { Fqdn as FqdnCapability } from "./src/bgp/capabilities/073_fqdn.ts";
export type { SoftwareVersion as SoftwareVersionCapability } from "./src/bgp/capabilities/075_software_version.ts";
export type { PathsLimit as PathsLimitCapability } from "./src/bgp/capabilities/076_paths_limit.ts";
export type { EmptyCapability, OpaqueCapability } from "./src/bgp/capabilities/spec.ts";
export type { ByteRange } from "./src/wire/range.ts";
export type { RouterIdentity } from "./src/formats/gobmp/mod.ts";

if (import.meta.main) {
  // No top-level await: bundlers that make other module formats refuse it.
  import("./src/cli/main.ts").then((program) => program.runProgram());
}
