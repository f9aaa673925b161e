/** What a formatter knows of one BMP session while it reads the journal. */
import type { SessionInfo } from "../../journal/types.ts";
import { PeerTable, type Revision } from "../../bmp/peer_table.ts";
import { md5Hex } from "../../wire/md5.ts";
import { utf8 } from "../../wire/writer.ts";
import type { GobmpOptions } from "./options.ts";
import { PeerViews } from "../peer_views.ts";
import { PeerView } from "./peer_view.ts";

export class Session {
  readonly info: SessionInfo;
  readonly peers: PeerTable;
  /** Rendered parts of the peers' records. */
  readonly views: PeerViews<PeerView> = new PeerViews();
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
  }

  /** The view for the per-peer header at `header` of one of the session's messages. */
  viewOf(bytes: Uint8Array, view: DataView, header: number): PeerView {
    return this.views.find(view, header) ??
      this.views.add(new PeerView(this, this.peers.of(bytes, header), bytes, view, header));
  }

  /** Text of `router_ip` for a peer whose Peer Up gave this local address. */
  routerIp(peerLocalAddress: string): string {
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

  /** `router_hash` beside that `router_ip`. */
  routerHash(routerIp: string): string {
    const isByName = this.#options.routerIdentity === "sysname" && this.name !== "";
    return md5Hex(utf8(isByName ? this.name : routerIp));
  }

  /** Key of records that belong to the router as a whole. */
  get key(): string {
    return this.routerHash(this.routerIp(""));
  }
}
