/** Where the fields of an EVPN route stand. */

/** Of a field that the route does not have. */
export const ABSENT = -1;

/**
 * A sound route of any type, without a text made: tables of a million routes are written from here. Each `…At` is a position in
 * `bytes`, {@linkcode ABSENT} where the type has no such field; `…Bits` is the length of an address, 0 where there is none.
 */
export class EvpnLayout {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly routeType: number;
  /** Short name of the type; undefined where it is unknown. */
  readonly name: string | undefined;
  rdAt = ABSENT;
  esiAt = ABSENT;
  ethernetTag: number | undefined = undefined;
  macAt = ABSENT;
  ipAt = ABSENT;
  ipBits = 0;
  /** Bits of the address (type 2), or of the prefix in it (type 5). */
  ipLength: number | undefined = undefined;
  /** As long as the address. */
  gatewayAt = ABSENT;
  /** All 24 bits of each label field: an MPLS label in the upper 20, a VNI in all of them. */
  rawLabels: readonly number[] | undefined = undefined;
  /** 0 bits: a wildcard. */
  sourceAt = ABSENT;
  sourceBits = 0;
  /** 0 bits: a wildcard. */
  groupAt = ABSENT;
  groupBits = 0;
  /** Address of the originating router. */
  originatorAt = ABSENT;
  originatorBits = 0;
  /** The Flags octet of types 6 to 8. */
  flags: number | undefined = undefined;
  /** Of type 8: u8, as in the IGMP leave that was heard. */
  maximumResponseTime: number | undefined = undefined;
  regionIdAt = ABSENT;
  /** The route that a leaf answers. */
  routeKey: EvpnLayout | undefined = undefined;
  /** Of an unknown type: where what is behind type and length begins, and ends. */
  unknownAt = ABSENT;
  unknownEnd = ABSENT;

  constructor(
    bytes: Uint8Array,
    view: DataView,
    routeType: number,
    name: string | undefined,
  ) {
    this.bytes = bytes;
    this.view = view;
    this.routeType = routeType;
    this.name = name;
  }
}
