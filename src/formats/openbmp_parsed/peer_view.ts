/** The columns that are the same for all messages with the same per-peer header but for its time: rendered once. */
import { isIpv6Peer, PeerHeader, PeerType, RibView, ribView } from "../../bmp/peer_header.ts";
import type { Peer } from "../../bmp/peer_table.ts";
import { Md5 } from "../../wire/md5.ts";
import { ipv4Text, routeDistinguisherText } from "../../wire/strings.ts";
import { utf8 } from "../../wire/writer.ts";
import type { Topic } from "../output.ts";
import { groupOf } from "./groups.ts";
import type { PeerState } from "./peer_states.ts";
import type { Session } from "./session.ts";
import { inet6Text } from "./text.ts";
import type { RowType } from "./topics.ts";

const LOC_RIB_BYTE = Uint8Array.of(0x80);
const NOT_ADJ_IN = 0x01;
const POST_POLICY = 0x02;

export class PeerView {
  readonly peer: Peer;
  readonly view: RibView;
  readonly state: PeerState;
  readonly hash: string;
  readonly address: string;
  readonly distinguisher: string;
  readonly as: number;
  readonly bgpId: string;
  readonly type: number;
  readonly isIpv4: boolean;
  readonly isPrePolicy: boolean;
  readonly isAdjIn: boolean;
  readonly isFiltered: boolean;
  /** The hash's text as bytes. */
  readonly hashText: Uint8Array;
  /**
   * What tells routes of one RIB from those of another in their hashes, 0: Adj-RIB-In before policy, which has none. The collectors in C++
   * mix bits of an earlier row into it, so that their withdrawals miss.
   */
  readonly ribByte: number;
  /** `⇥router hash⇥router address⇥` */
  readonly router: Uint8Array;
  /** `⇥peer hash⇥peer address⇥AS⇥` */
  readonly columns: Uint8Array;
  /** `⇥is before policy⇥is Adj-RIB-In` */
  readonly flags: Uint8Array;
  readonly #topicOf: (type: RowType) => Topic;
  readonly #topics = new Map<RowType, Topic>();

  constructor(session: Session, peer: Peer, bytes: Uint8Array, view: DataView, header: number) {
    this.peer = peer;
    const type = bytes[header + PeerHeader.type]!;
    const flags = bytes[header + PeerHeader.flags]!;
    this.view = ribView(type, flags);
    this.type = type;
    const isLocRib = this.view === RibView.locRib;
    this.isIpv4 = !isLocRib && !isIpv6Peer(type, flags);
    this.address = isLocRib
      ? "::"
      : this.isIpv4
      ? ipv4Text(bytes, header + PeerHeader.address + 12)
      : inet6Text(bytes, header + PeerHeader.address);
    this.distinguisher = peerDistinguisher(bytes, view, header);
    this.as = view.getUint32(header + PeerHeader.as);
    this.bgpId = ipv4Text(bytes, header + PeerHeader.bgpId);
    this.isPrePolicy = this.view === RibView.adjRibInPre || this.view === RibView.adjRibOutPre;
    this.isAdjIn = this.view === RibView.adjRibInPre || this.view === RibView.adjRibInPost;
    this.isFiltered = isLocRib && (flags & 0x80) !== 0;
    this.ribByte = (this.isAdjIn ? 0 : NOT_ADJ_IN) | (this.isPrePolicy ? 0 : POST_POLICY);
    this.hash = peerHash(this.address, this.distinguisher, session.hash, isLocRib);
    this.hashText = utf8(this.hash);
    this.state = session.stateOf(this.hash);
    this.router = utf8(`\t${session.hash}\t${session.address}\t`);
    this.columns = utf8(`\t${this.hash}\t${this.address}\t${this.as}\t`);
    this.flags = utf8(`\t${this.isPrePolicy ? 1 : 0}\t${this.isAdjIn ? 1 : 0}`);
    const facts = {
      routerGroup: session.group,
      peerGroup: groupOf(session.options.peerGroups, "", this.address, this.as),
      asn: this.as,
    };
    this.#topicOf = (type) => session.topics.of(type, facts);
  }

  topic(type: RowType): Topic {
    let topic = this.#topics.get(type);
    if (topic === undefined) {
      topic = this.#topicOf(type);
      this.#topics.set(type, topic);
    }
    return topic;
  }
}

/** Hash of a peer. Neither BGP identifier nor policy are in it. */
function peerHash(
  address: string,
  distinguisher: string,
  routerHash: string,
  isLocRib: boolean,
): string {
  const text = utf8(address + distinguisher + routerHash);
  const hash = new Md5().update(text, 0, text.length);
  return (isLocRib ? hash.update(LOC_RIB_BYTE, 0, 1) : hash).hex();
}

/** Text of the peer distinguisher; `0:0` where there is none. */
function peerDistinguisher(bytes: Uint8Array, view: DataView, header: number): string {
  const at = header + PeerHeader.distinguisher;
  return bytes[header + PeerHeader.type] === PeerType.global || view.getBigUint64(at) === 0n
    ? "0:0"
    : routeDistinguisherText(bytes, at);
}
