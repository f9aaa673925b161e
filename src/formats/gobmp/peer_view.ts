/**
 * The parts of records that are the same for all messages with the same per-peer header (but for its time): rendered once,
 * found by the header's bytes.
 */
import type { Peer } from "../../bmp/peer_table.ts";
import { isIpv6Peer, PeerHeader, PeerType, RibView, ribView } from "../../bmp/peer_header.ts";
import { Md5 } from "../../wire/md5.ts";
import { putIpv4, putIpv6, putJsonText, putRouteDistinguisher, putU32 } from "../../wire/text.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";
import { type KeyedView, VIEW_KEY_BYTES } from "../peer_views.ts";
import type { Session } from "./session.ts";

/** A peer as one kind of per-peer header shows it. */
export class PeerView implements KeyedView {
  readonly peer: Peer;
  readonly view: RibView;
  readonly isIpv6: boolean;
  readonly routerHash: string;
  readonly routerIp: string;
  readonly peerHash: string;
  /** `"router_hash":"…","router_ip":"…"` */
  readonly router: Uint8Array;
  /** `{"action":"add","hash":"`, room for a route's hash, `",`, {@linkcode PeerView.router}, `,"base_attrs":` */
  readonly addHead: Uint8Array;
  /** The same with `del`. */
  readonly delHead: Uint8Array;
  /** `,"peer_hash":"…","peer_ip":"…","peer_type":0,"peer_asn":…,"timestamp":"` */
  readonly peerFields: Uint8Array;
  /** `,"is_adj_rib_in_post_policy":…` and the other four flags. */
  readonly flags: Uint8Array;
  /** As {@linkcode PeerView.flags}, and the table name of a Loc-RIB. */
  readonly flagsAndTable: Uint8Array;
  /** {@linkcode PeerView.flagsAndTable} and the own fields of a read at {@linkcode PeerView.tailAtUs}, up to the value of `sequence`. */
  tail: Uint8Array = new Uint8Array(0);
  tailAtUs = -1;
  readonly #hashStarts = new Map<string, Md5>();
  readonly key: DataView;
  /** Next view with the same hash of its key. */
  next: this | undefined = undefined;

  constructor(session: Session, peer: Peer, bytes: Uint8Array, view: DataView, header: number) {
    this.peer = peer;
    this.key = new DataView(bytes.slice(header, header + VIEW_KEY_BYTES).buffer);
    const type = bytes[header + PeerHeader.type]!;
    const flags = bytes[header + PeerHeader.flags]!;
    this.view = ribView(type, flags);
    this.isIpv6 = isIpv6Peer(type, flags);
    this.routerIp = session.routerIp(peer.localAddress);
    this.routerHash = session.routerHash(this.routerIp);

    const out = new ByteWriter(512);
    out.ascii(`"router_hash":"${this.routerHash}","router_ip":`);
    putJsonText(out, this.routerIp);
    this.router = out.copyFrom(0);
    const behindHash = `${"0".repeat(32)}",${new TextDecoder().decode(this.router)},"base_attrs":`;
    this.addHead = utf8(`{"action":"add","hash":"${behindHash}`);
    this.delHead = utf8(`{"action":"del","hash":"${behindHash}`);

    out.reset();
    this.peerHash = peerHashOf(bytes, view, header);
    out.ascii(`,"peer_hash":"${this.peerHash}","peer_ip":"`);
    this.putAddress(out, bytes, header);
    out.ascii(`","peer_type":${type}`);
    const as = view.getUint32(header + PeerHeader.as);
    if (as !== 0) out.ascii(`,"peer_asn":${as}`);
    out.ascii(',"timestamp":"');
    this.peerFields = out.copyFrom(0);

    out.reset();
    putFlags(out, this.view, flags);
    this.flags = out.copyFrom(0);
    if (this.view === RibView.locRib && peer.tableName !== "") {
      out.ascii(',"table_name":');
      putJsonText(out, peer.tableName);
    }
    this.flagsAndTable = out.copyFrom(0);
  }

  /** MD5 that has taken in the start of the `hash` of a kind of routes. */
  hashStart(kind: string): Md5 {
    let start = this.#hashStarts.get(kind);
    if (start === undefined) {
      const text = utf8(`${kind}\0${this.routerHash}\0${this.peerHash}\0`);
      start = new Md5().update(text, 0, text.length);
      this.#hashStarts.set(kind, start);
    }
    return start;
  }

  /** Writes the peer's address: the V flag decides; a Loc-RIB has none and shows the last 4 bytes. */
  putAddress(out: ByteWriter, bytes: Uint8Array, header: number): void {
    if (this.isIpv6) putIpv6(out, bytes, header + PeerHeader.address);
    else putIpv4(out, bytes, header + PeerHeader.address + 12);
  }
}

/** `peer_hash`: MD5 of distinguisher, address, AS in decimal, BGP identifier. */
function peerHashOf(bytes: Uint8Array, view: DataView, header: number): string {
  const decimal = new ByteWriter(10);
  putU32(decimal, view.getUint32(header + PeerHeader.as));
  return new Md5()
    .update(bytes, header + PeerHeader.distinguisher, header + PeerHeader.as)
    .update(decimal.bytes, 0, decimal.pos)
    .update(bytes, header + PeerHeader.bgpId, header + PeerHeader.seconds)
    .hex();
}

function putFlags(out: ByteWriter, view: RibView, flags: number): void {
  const isLocRib = view === RibView.locRib;
  const isOut = view === RibView.adjRibOutPre || view === RibView.adjRibOutPost;
  out.ascii(
    `,"is_adj_rib_in_post_policy":${view === RibView.adjRibInPost}` +
      `,"is_adj_rib_out_post_policy":${view === RibView.adjRibOutPost}` +
      `,"is_adj_rib_out":${isOut}` +
      `,"is_loc_rib":${isLocRib}` +
      `,"is_loc_rib_filtered":${isLocRib && (flags & 0x80) !== 0}`,
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
