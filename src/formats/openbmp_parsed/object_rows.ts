/** Rows of routes that are decoded to an object each: evpn, ls_node, ls_link, ls_prefix. */
import type { MultiprotocolNlri } from "../../bgp/attributes/014_mp_reach_nlri.ts";
import type { ObjectFamily } from "../../bgp/nlri/family.ts";
import { endOfRoute, hasPathIds, PATH_ID_BYTES } from "../../bgp/nlri/object_list.ts";
import { EVPN } from "../../bgp/nlri/070_evpn.ts";
import { BGP_LS } from "../../bgp/nlri/071_bgp_ls.ts";
import type { EvpnRoute } from "../../bgp/nlri/evpn/route.ts";
import type { LinkStateRoute } from "../../bgp/link_state/nlri.ts";
import type { UpdateLayout } from "../../bgp/update.ts";
import { type DecodeFault, fail, faultWithin } from "../../wire/fault.ts";
import { asciiText } from "../../wire/strings.ts";
import type { RouteAttributes } from "./base_attributes.ts";
import { Mark } from "./attributes.ts";
import { evpnRow } from "./evpn_rows.ts";
import { linkStateRow } from "./link_state_rows.ts";
import { LinkStateAttribute } from "./link_state_values.ts";
import type { HashPolicy } from "./options.ts";
import type { PeerView } from "./peer_view.ts";
import type { ColdRow, Rows } from "./rows.ts";
import type { RowType } from "./topics.ts";

/** What rows of one list share. */
export interface ObjectRowFacts {
  readonly hashes: HashPolicy;
  readonly view: PeerView;
  readonly routerHash: string;
  readonly routerAddress: string;
  /** Undefined: the routes are withdrawn. */
  readonly attributes: RouteAttributes | undefined;
  /** Of the base attributes, empty for withdrawn routes. */
  readonly baseHash: string;
  /** From the origin to the originator. */
  readonly attributeColumns: readonly string[];
  readonly largeCommunities: string;
  readonly linkState: LinkStateAttribute | undefined;
  readonly time: string;
  /** 0: none. */
  pathId: number;
}

/** What a route adds: its hash, which is the third column, and those behind it. */
export interface ObjectRow {
  /** Undefined: as the list's family. */
  readonly type?: RowType;
  readonly hash: string;
  readonly columns: readonly (string | number | bigint)[];
}

/** Rows of one record at most: they are written as strings, a few hundred bytes each. */
const ROWS_MAX = 256;
const BGP_LS_CODE = 29;

/** Whether routes of this family have rows. */
export function hasObjectRows(family: ObjectFamily): boolean {
  return family === EVPN || family === BGP_LS;
}

export class ObjectRows {
  readonly #rows: ColdRow[] = [];

  /** Writes the rows of an MP attribute; returns how many routes it has. @throws DecodeFault where their borders are lost */
  write(
    rows: Rows,
    view: PeerView,
    family: ObjectFamily,
    mp: MultiprotocolNlri,
    layout: UpdateLayout,
    expectPathIds: boolean,
    attributes: RouteAttributes | undefined,
    baseHash: Uint8Array,
    time: string,
    bytes: Uint8Array,
    data: DataView,
    note: (fault: DecodeFault) => void,
  ): number {
    const { session } = rows;
    const facts: ObjectRowFacts = {
      hashes: session.options.hashes,
      view,
      routerHash: session.hash,
      routerAddress: session.address,
      attributes,
      baseHash: attributes === undefined ? "" : asciiText(baseHash, 0, baseHash.length),
      attributeColumns: attributes === undefined ? [] : columnsOf(attributes),
      largeCommunities: attributes === undefined ? "" : large(attributes),
      linkState: family === BGP_LS
        ? LinkStateAttribute.read(layout, BGP_LS_CODE, bytes, data, note)
        : undefined,
      time,
      pathId: 0,
    };
    const { nlriStart, nlriEnd } = mp;
    const withPathIds = hasPathIds(family, expectPathIds, bytes, data, nlriStart, nlriEnd);
    let count = 0;
    try {
      for (let pos = nlriStart; pos < nlriEnd;) {
        if (withPathIds) {
          if (nlriEnd - pos < PATH_ID_BYTES) {
            fail("nlri-path-identifier", pos, "a path identifier of 4 bytes");
          }
          facts.pathId = data.getUint32(pos);
          pos += PATH_ID_BYTES;
        }
        const end = endOfRoute(family, bytes, data, pos, nlriEnd);
        try {
          const route = family.decode(bytes, data, pos, end, attributes === undefined);
          count++;
          const row = family === EVPN
            ? evpnRow(route as EvpnRoute, facts)
            : linkStateRow(route as LinkStateRoute, facts);
          if (row !== undefined) this.#add(rows, view, row, row.type ?? "evpn", facts);
        } catch (error) {
          note(faultWithin(error, `in NLRI of ${family.name}`));
        }
        pos = end;
      }
    } finally {
      this.#flush(rows);
    }
    return count;
  }

  #add(rows: Rows, view: PeerView, row: ObjectRow, type: RowType, facts: ObjectRowFacts): void {
    if (this.#rows.length === ROWS_MAX || (this.#rows[0] ?? { type }).type !== type) {
      this.#flush(rows);
    }
    this.#rows.push({
      type,
      topic: view.topic(type),
      key: view.hash,
      action: facts.attributes === undefined ? "del" : "add",
      sequences: rows.session.sequences,
      columns: [row.hash, ...row.columns],
    });
  }

  /** Writes what was added as one record. */
  #flush(rows: Rows): void {
    const [first] = this.#rows;
    if (first !== undefined && rows.wantsNext()) {
      const { data } = rows;
      rows.begin(first.type, first.topic, first.key);
      for (const { type, action, columns, sequences } of this.#rows) {
        data.text(`${action}\t${sequences[type]++}\t${columns.join("\t")}`);
        rows.endRow();
      }
      rows.finish();
    }
    this.#rows.length = 0;
  }
}

/** The columns from the origin to the originator. */
function columnsOf({ text }: RouteAttributes): string[] {
  return asciiText(text, 0, text.length).split("\t");
}

function large({ columns: { bytes, marks } }: RouteAttributes): string {
  return asciiText(bytes, marks[Mark.originator]!, marks[Mark.large]!);
}
