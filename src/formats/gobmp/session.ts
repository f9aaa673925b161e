/** What a formatter knows of one BMP session while it reads the journal. */
import type { SessionInfo } from "../../journal/types.ts";
import { PeerHeaderIndex } from "../../bmp/peer_header_index.ts";
import { PeerTable, type Revision } from "../../bmp/peer_table.ts";
import { md5Hex } from "../../wire/md5.ts";
import { ByteWriter, utf8 } from "../../wire/writer.ts";
import type { GobmpOptions } from "./options.ts";
import { PeerView } from "./peer_view.ts";
import { RouterView } from "./router_view.ts";

/** Addresses of one router whose texts are kept; a flood of made-up ones starts over instead of growing. */
const ROUTER_VIEWS_MAX = 256;

export class Session {
  readonly info: SessionInfo;
  readonly peers: PeerTable;
  /** Rendered parts of the peers' records. */
  readonly views: PeerHeaderIndex<PeerView> = new PeerHeaderIndex();
  /** By `router_ip`. */
  readonly #routerViews = new Map<string, RouterView>();
  /** sysName of the Initiation, empty until it comes. */
  name = "";
  /** Local address in the first Peer Up; undefined until it comes. */
  firstLocalAddress: string | undefined = undefined;
  /** Of the last entry. */
  lastAtUs = 0;
  /** `,"session":…,"collector":…,"router_source":…,"router_name":…` */
  ownFields: Uint8Array = new Uint8Array(0);
  readonly #options: GobmpOptions;

  /** @param learned changes with what is learned of the session's peers */
  constructor(info: SessionInfo, options: GobmpOptions, learned: Revision) {
    this.info = info;
    this.peers = new PeerTable(learned);
    this.#options = options;
    this.setName("");
  }

  setName(name: string): void {
    this.name = name;
    const fields = {
      session: this.info.session,
      ...(this.#options.collector === "" ? {} : { collector: this.#options.collector }),
      router_source: this.info.source,
      ...(name === "" ? {} : { router_name: name }),
    };
    this.ownFields = utf8(`,${JSON.stringify(fields).slice(1, -1)}`);
    this.views.clear();
    this.#routerViews.clear();
  }

  /** The view for the per-peer header at `header` of one of the session's messages. */
  viewOf(bytes: Uint8Array, view: DataView, header: number): PeerView {
    const found = this.views.find(view, header);
    if (found !== undefined) return found;
    const made = new PeerView(this, this.peers.of(bytes, header), bytes, view, header);
    return this.views.add(view, header, made);
  }

  /** What records say of the router to a peer whose Peer Up gave this local address. */
  routerView(peerLocalAddress: string): RouterView {
    const ip = this.#routerIp(peerLocalAddress);
    const known = this.#routerViews.get(ip);
    if (known !== undefined) return known;
    if (this.#routerViews.size >= ROUTER_VIEWS_MAX) this.#routerViews.clear();
    const isByName = this.#options.routerIdentity === "sysname" && this.name !== "";
    const made = new RouterView(ip, md5Hex(utf8(isByName ? this.name : ip)), new ByteWriter(256));
    this.#routerViews.set(ip, made);
    return made;
  }

  /** Text of `router_ip` for a peer whose Peer Up gave this local address. */
  #routerIp(peerLocalAddress: string): string {
    switch (this.#options.routerIdentity) {
      case "peer-local":
        return peerLocalAddress === "" ? this.info.source : peerLocalAddress;
      case "first-peer-up":
        return this.firstLocalAddress ?? this.info.source;
      case "tcp-source":
      case "sysname":
        return this.info.source;
    }
  }

  /** Key of records that belong to the router as a whole. */
  get key(): string {
    return this.routerView("").hash;
  }
}
