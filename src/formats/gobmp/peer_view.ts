/**
 * The parts of records that are the same for all messages with the same per-peer header (but for its time): rendered once,
 * found by the header's bytes.
 */
import type { Peer } from "../../bmp/peer_table.ts";
import {
  isIpv6Peer,
  PeerFlag,
  PeerHeader,
  PeerType,
  RIB_VIEWS,
  RibView,
  ribView,
} from "../../bmp/peer_header.ts";
import { Md5, type Md5Start } from "../../wire/md5.ts";
import { ipv4Text } from "../../wire/strings.ts";
import { putIpv4, putIpv6, putJsonText, putRouteDistinguisher, putU32 } from "../../wire/text.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";
import type { RouterView } from "./router_view.ts";
import type { Session } from "./session.ts";

const PEER_HASH = utf8(',"peer_hash":"');
const PEER_HASH_END = PEER_HASH.length + 32;
const NUL = Uint8Array.of(0);
const ASCII = new TextDecoder();
/** What is rendered before it is copied. */
const SCRATCH = new ByteWriter(512);

/** The start of the `hash` of a kind of routes. */
interface HashStart {
  readonly kind: string;
  readonly start: Md5Start;
  readonly next: HashStart | undefined;
}

/**
 * A peer as one kind of per-peer header shows it.
 *
 * A collector can have 100,000 of these. An array with a buffer of its own takes 300 bytes beside its contents, so what peers have in
 * common is not theirs: one has 0.7 KB.
 */
export class PeerView {
  readonly peer: Peer;
  readonly router: RouterView;
  readonly view: RibView;
  readonly isIpv6: boolean;
  /** `,"peer_hash":"…","peer_ip":"…","peer_type":0,"peer_asn":…,"timestamp":"` */
  readonly peerFields: Uint8Array;
  /** `,"is_adj_rib_in_post_policy":…` and the other four flags. */
  readonly flags: Uint8Array;
  /** As {@linkcode PeerView.flags}, and the table name of a Loc-RIB. */
  readonly flagsAndTable: Uint8Array;
  #hashStarts: HashStart | undefined = undefined;
  #bgpId: string | undefined = undefined;

  constructor(session: Session, peer: Peer, bytes: Uint8Array, view: DataView, header: number) {
    this.peer = peer;
    this.router = session.routerView(peer.localAddress);
    const type = bytes[header + PeerHeader.type]!;
    const flags = bytes[header + PeerHeader.flags]!;
    this.view = ribView(type, flags);
    this.isIpv6 = isIpv6Peer(type, flags);

    const out = SCRATCH;
    out.reset();
    out.raw(PEER_HASH);
    putPeerHash(out, bytes, view, header);
    out.ascii('","peer_ip":"');
    this.putAddress(out, bytes, header);
    out.ascii(`","peer_type":${type}`);
    const as = view.getUint32(header + PeerHeader.as);
    if (as !== 0) out.ascii(`,"peer_asn":${as}`);
    out.ascii(',"timestamp":"');
    this.peerFields = out.copyFrom(0);

    const isFiltered = this.view === RibView.locRib && (flags & PeerFlag.filtered) !== 0;
    this.flags = isFiltered ? FILTERED_LOC_RIB_FLAGS : FLAGS[this.view]!;
    this.flagsAndTable = this.flags;
    if (this.view === RibView.locRib && peer.tableName !== "") {
      out.reset();
      out.raw(this.flags);
      out.ascii(',"table_name":');
      putJsonText(out, peer.tableName);
      this.flagsAndTable = out.copyFrom(0);
    }
  }

  get peerHash(): string {
    return ASCII.decode(this.peerFields.subarray(PEER_HASH.length, PEER_HASH_END));
  }

  /** Text of the BGP identifier in the header of the Peer Up. */
  get bgpId(): string {
    return this.#bgpId ??= ipv4Text(this.peer.header, PeerHeader.bgpId);
  }

  /** The hash of a kind of routes, up to what is the route's own. */
  hashStart(kind: string): Md5Start {
    for (let known = this.#hashStarts; known !== undefined; known = known.next) {
      if (known.kind === kind) return known.start;
    }
    const router = utf8(`${kind}\0${this.router.hash}\0`);
    const start = new Md5()
      .update(router, 0, router.length)
      .update(this.peerFields, PEER_HASH.length, PEER_HASH_END)
      .update(NUL, 0, 1)
      .mark();
    this.#hashStarts = { kind, start, next: this.#hashStarts };
    return start;
  }

  /** Writes the peer's address: the V flag decides; a Loc-RIB has none and shows the last 4 bytes. */
  putAddress(out: ByteWriter, bytes: Uint8Array, header: number): void {
    if (this.isIpv6) putIpv6(out, bytes, header + PeerHeader.address);
    else putIpv4(out, bytes, header + PeerHeader.address + 12);
  }
}

/** Writes `peer_hash`: MD5 of distinguisher, address, AS in decimal, BGP identifier. */
function putPeerHash(out: ByteWriter, bytes: Uint8Array, view: DataView, header: number): void {
  const decimal = new ByteWriter(10);
  putU32(decimal, view.getUint32(header + PeerHeader.as));
  out.ascii(
    new Md5()
      .update(bytes, header + PeerHeader.distinguisher, header + PeerHeader.as)
      .update(decimal.bytes, 0, decimal.pos)
      .update(bytes, header + PeerHeader.bgpId, header + PeerHeader.seconds)
      .hex(),
  );
}

/** By RIB view. */
const FLAGS: readonly Uint8Array[] = Array.from(
  { length: RIB_VIEWS },
  (_, view) => flagsText(view as RibView, false),
);
const FILTERED_LOC_RIB_FLAGS = flagsText(RibView.locRib, true);

function flagsText(view: RibView, isFiltered: boolean): Uint8Array {
  const isOut = view === RibView.adjRibOutPre || view === RibView.adjRibOutPost;
  return utf8(
    `,"is_adj_rib_in_post_policy":${view === RibView.adjRibInPost}` +
      `,"is_adj_rib_out_post_policy":${view === RibView.adjRibOutPost}` +
      `,"is_adj_rib_out":${isOut}` +
      `,"is_loc_rib":${view === RibView.locRib}` +
      `,"is_loc_rib_filtered":${isFiltered}`,
  );
}

/**
 * Text of `peer_rd`: `0:0` for a global instance, the distinguisher for RD and Loc-RIB instances, 8 bytes as a signed number for a
 * local instance (RFC 7854 section 4.2 leaves its form to the router).
 */
export function putPeerRd(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  header: number,
): void {
  const at = header + PeerHeader.distinguisher;
  const type = bytes[header + PeerHeader.type]!;
  if (type === PeerType.local) {
    out.ascii(view.getBigInt64(at).toString());
  } else if (type === PeerType.global || !putRouteDistinguisher(out, bytes, at)) {
    out.ascii("0:0");
  }
}
