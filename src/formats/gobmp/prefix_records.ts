/** What the routes of a prefix family are as records: their topics, and which of goBMP's fields they have. */
import type { PrefixFamily } from "../../bgp/nlri/family.ts";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../bgp/nlri/001_unicast.ts";
import { IPV4_MULTICAST, IPV6_MULTICAST } from "../../bgp/nlri/002_multicast.ts";
import {
  IPV4_LABELLED_UNICAST,
  IPV6_LABELLED_UNICAST,
} from "../../bgp/nlri/004_labelled_unicast.ts";
import {
  IPV4_CLASSFUL_TRANSPORT,
  IPV6_CLASSFUL_TRANSPORT,
} from "../../bgp/nlri/076_classful_transport.ts";
import { VPN_IPV4_UNICAST, VPN_IPV6_UNICAST } from "../../bgp/nlri/128_vpn.ts";
import { VPN_IPV4_MULTICAST, VPN_IPV6_MULTICAST } from "../../bgp/nlri/129_vpn_multicast.ts";
import type { Topic } from "../output.ts";
import {
  CLASSFUL_TRANSPORT,
  L3VPN,
  L3VPN_V4,
  L3VPN_V6,
  MULTICAST_V4,
  MULTICAST_V6,
  MVPN_V4,
  MVPN_V6,
  UNICAST,
  UNICAST_V4,
  UNICAST_V6,
} from "./topics.ts";

export interface PrefixRecord {
  readonly families: readonly PrefixFamily[];
  readonly v4: Topic;
  readonly v6: Topic;
  /** The topic of both without `split-af`; absent: they are apart all the same, as in goBMP. */
  readonly both?: Topic;
  /** First part of what `hash` covers. */
  readonly hashName: string;
  /** Whether a Color and an Origin Validation extended community show as fields of the route. */
  readonly hasColor: boolean;
  readonly hasOriginValidation: boolean;
}

const UNICAST_RECORD: PrefixRecord = {
  families: [IPV4_UNICAST, IPV6_UNICAST, IPV4_LABELLED_UNICAST, IPV6_LABELLED_UNICAST],
  v4: UNICAST_V4,
  v6: UNICAST_V6,
  both: UNICAST,
  hashName: "unicast",
  hasColor: true,
  hasOriginValidation: true,
};

const PREFIX_RECORDS: readonly PrefixRecord[] = [
  UNICAST_RECORD,
  {
    families: [VPN_IPV4_UNICAST, VPN_IPV6_UNICAST],
    v4: L3VPN_V4,
    v6: L3VPN_V6,
    both: L3VPN,
    hashName: "l3vpn",
    hasColor: false,
    hasOriginValidation: true,
  },
  {
    families: [IPV4_MULTICAST, IPV6_MULTICAST],
    v4: MULTICAST_V4,
    v6: MULTICAST_V6,
    hashName: "multicast",
    hasColor: false,
    hasOriginValidation: false,
  },
  {
    families: [VPN_IPV4_MULTICAST, VPN_IPV6_MULTICAST],
    v4: MVPN_V4,
    v6: MVPN_V6,
    hashName: "mvpn",
    hasColor: false,
    hasOriginValidation: false,
  },
  {
    families: [IPV4_CLASSFUL_TRANSPORT, IPV6_CLASSFUL_TRANSPORT],
    v4: CLASSFUL_TRANSPORT,
    v6: CLASSFUL_TRANSPORT,
    hashName: "ct",
    hasColor: true,
    hasOriginValidation: true,
  },
];

const RECORD_BY_FAMILY: ReadonlyMap<PrefixFamily, PrefixRecord> = new Map(
  PREFIX_RECORDS.flatMap((record) => record.families.map((family) => [family, record] as const)),
);

/** The kind of record of a family. */
export function prefixRecord(family: PrefixFamily): PrefixRecord {
  return RECORD_BY_FAMILY.get(family)!;
}
