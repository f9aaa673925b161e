/** What the routes of an object family are as records: one file per kind of record, one line in the registry. */
import type { AttributeScope } from "../../../bgp/attributes/spec.ts";
import type { ObjectFamily } from "../../../bgp/nlri/family.ts";
import type { UpdateLayout } from "../../../bgp/update.ts";
import type { DecodeFault } from "../../../wire/fault.ts";
import type { ByteRange } from "../../../wire/range.ts";
import type { ByteWriter } from "../../../wire/writer.ts";
import type { Topic } from "../../output.ts";
import type { FieldWriter } from "../fields.ts";
import type { PeerView } from "../peer_view.ts";

/** What a kind may look at beside the route itself. Valid for one list of routes. */
export interface RouteFacts {
  readonly afi: number;
  readonly safi: number;
  /** The family's name. */
  readonly family: string;
  /** Whether the list came in MP_REACH_NLRI. */
  readonly isAnnounced: boolean;
  /** Text of the next hop, empty: none, or it has no text. */
  readonly nextHop: ByteWriter;
  /** A next hop that has no text, as hex; empty: there is none. */
  readonly nextHopHex: string;
  /** Whether the next hop is IPv4; true where there is none. */
  readonly isNextHopIpv4: boolean;
  /** 0: none. Signed, as goBMP has it. */
  readonly pathId: number;
  readonly view: PeerView;
  /** What decoded attributes leave for route records, e.g. the origin AS. */
  readonly scope: AttributeScope;
  readonly bytes: Uint8Array;
  readonly data: DataView;
  readonly layout: UpdateLayout;
  /** Where the value of the first path attribute with this code is; undefined: the UPDATE has none. */
  attribute(code: number): ByteRange | undefined;
  /** Publishes what is wrong with an attribute or field that a route record would have shown; the route itself stays. */
  noteFault(fault: DecodeFault): void;
}

export interface RouteKind<Route extends object = object, Shared = unknown> {
  readonly families: readonly ObjectFamily[];
  /** What decodes a route for this kind, where it wants it in another form than the families' decoder gives. */
  readonly decode?: ObjectFamily<Route>["decode"];
  /** Which of the format's topics; `splitAf`: IPv4 and IPv6 on topics of their own. */
  topic(route: Route, facts: RouteFacts, splitAf: boolean): Topic;
  /** Message key, where it is not the router's hash. */
  key?(route: Route, facts: RouteFacts): string;
  /** `base_attrs` is a field of our own here, because goBMP's record has none: it goes with the own fields. */
  readonly isWithoutBaseAttrs?: true;
  /** What all routes of a list have in common, taken from path attributes: made once per list. */
  shared?(facts: RouteFacts): Shared;
  /** Writes the fields between those of the peer and our own. Never fails: what can be wrong with a route, its decoder finds. */
  putFields(to: FieldWriter, route: Route, facts: RouteFacts, shared: Shared): void;
  /** Writes what goBMP's record has no field for, with the own fields. */
  putOwnFields?(to: FieldWriter, route: Route, facts: RouteFacts, shared: Shared): void;
}
