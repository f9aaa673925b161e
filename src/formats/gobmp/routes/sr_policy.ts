/** SR policies: message types 15, or 154 and 156. */
import {
  IPV4_SR_POLICY,
  IPV6_SR_POLICY,
  type SrPolicyRoute,
} from "../../../bgp/nlri/073_sr_policy.ts";
import type { Segment, SegmentList } from "../../../bgp/tunnel_encapsulation/segments.ts";
import { RAW, READABLE, readSegmentList } from "../../../bgp/tunnel_encapsulation/segments.ts";
import {
  type BindingSid,
  readBindingSid,
  readEnlp,
  readName,
  readPreference,
  readPriority,
  readSrv6BindingSid,
  SrPolicySubTlv,
  type Srv6BindingSid,
} from "../../../bgp/tunnel_encapsulation/sr_policy.ts";
import { readTunnels, SR_POLICY_TUNNEL } from "../../../bgp/tunnel_encapsulation/tunnels.ts";
import { isFault } from "../../../wire/fault.ts";
import type { Field } from "../records.ts";
import { SR_POLICY, SR_POLICY_V4, SR_POLICY_V6 } from "../topics.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";

const TUNNEL_ENCAPSULATION_CODE = 23;
/** goBMP's kinds of binding SID. */
const NO_SID = 1;
const LABEL = 2;
const SRV6 = 3;

/** Fields that come from the Tunnel Encapsulation attribute. */
interface CandidatePath {
  readonly fields: readonly Field[];
  readonly ownFields: readonly Field[];
}

const NOTHING: CandidatePath = { fields: [], ownFields: [] };

export const SR_POLICY_ROUTES: RouteKind<SrPolicyRoute, CandidatePath> = {
  families: [IPV4_SR_POLICY, IPV6_SR_POLICY],
  topic: (_, { afi }, splitAf) => !splitAf ? SR_POLICY : afi === 1 ? SR_POLICY_V4 : SR_POLICY_V6,
  shared(facts) {
    const attribute = facts.attribute(TUNNEL_ENCAPSULATION_CODE);
    if (attribute === undefined) return NOTHING;
    try {
      return readCandidatePath(facts, attribute.start, attribute.end);
    } catch (error) {
      // Noted when the attribute was decoded; the routes are withdrawn.
      if (!isFault(error)) throw error;
      return NOTHING;
    }
  },
  fields: (route, facts, path) => [
    ["is_ipv4", facts.afi === 1],
    ["origin_as", facts.scope.originAs === -1 ? undefined : facts.scope.originAs],
    ["nexthop", facts.nextHop],
    ["is_nexthop_ipv4", facts.isNextHopIpv4],
    ["path_id", facts.pathId],
    ["distinguisher", route.distinguisher],
    ["color", route.color],
    ["endpoint", route.endpointBase64],
    ...path.fields,
  ],
  ownFields: (route, _, path) => [["endpoint_address", route.endpoint], ...path.ownFields],
};

/** Of several sub-TLVs of a type that may stand once, the first counts. */
function readCandidatePath(facts: RouteFacts, start: number, end: number): CandidatePath {
  const { bytes, data } = facts;
  const tunnel = readTunnels(data, start, end).find(({ type }) => type === SR_POLICY_TUNNEL);
  if (tunnel === undefined) return NOTHING;
  const first = new Map<string, unknown>();
  const set = (name: string, value: unknown) => {
    if (!first.has(name)) first.set(name, value);
  };
  const segmentLists: object[] = [];
  const srv6BindingSids: Srv6BindingSid[] = [];
  let srv6BindingSid: object | undefined;
  for (const { type, start, end } of tunnel.subTlvs) {
    switch (type) {
      case SrPolicySubTlv.preference:
        set("preference_subtlv", preferenceRecord(readPreference(data, start, end)));
        break;
      case SrPolicySubTlv.bindingSid:
        set("binding_sid", bindingSidRecord(readBindingSid(bytes, data, start, end, RAW)));
        break;
      case SrPolicySubTlv.enlp:
        set("enlp_subtlv", withoutZeros(readEnlp(data, start, end)));
        break;
      case SrPolicySubTlv.priority:
        set("priority_subtlv", readPriority(data, start, end));
        break;
      case SrPolicySubTlv.srv6BindingSid:
        srv6BindingSid ??= bindingSidRecord(readSrv6BindingSid(bytes, data, start, end, RAW));
        srv6BindingSids.push(readSrv6BindingSid(bytes, data, start, end, READABLE));
        break;
      case SrPolicySubTlv.segmentList:
        segmentLists.push(segmentListRecord(readSegmentList(bytes, data, start, end, RAW)));
        break;
      case SrPolicySubTlv.pathName:
        set("policy_path_name", readName(bytes, start, end));
        break;
      case SrPolicySubTlv.policyName:
        set("policy_name", readName(bytes, start, end));
        break;
    }
  }
  const value = (name: string): Field => [name, first.get(name) as Field[1]];
  return {
    fields: [
      value("policy_name"),
      ["binding_sid", (first.get("binding_sid") ?? srv6BindingSid) as Field[1]],
      value("preference_subtlv"),
      value("priority_subtlv"),
      value("policy_path_name"),
      value("enlp_subtlv"),
      ["segment_list_subtlv", segmentLists],
    ],
    ownFields: [["srv6_binding_sids", srv6BindingSids]],
  };
}

function preferenceRecord({ flags, preference }: { flags: number; preference: number }): object {
  return { flags, ...withoutZeros({ preference }) };
}

function bindingSidRecord(sid: BindingSid): object {
  const flags = withoutZeros({ flags: sid.flags });
  if (sid.srv6_sid !== undefined) {
    return { bsid_type: SRV6, bsid: { ...flags, srv6_bsid: sid.srv6_sid } };
  }
  if (sid.label === undefined) return { bsid_type: NO_SID, bsid: flags };
  return { bsid_type: LABEL, bsid: { ...flags, ...withoutZeros({ label_bsid: sid.label.label }) } };
}

function segmentListRecord({ weight, segments }: SegmentList): object {
  return {
    ...(weight === undefined ? {} : { weight_subtlv: withoutZeros(weight) }),
    ...(segments.length === 0 ? {} : { segments: segments.map(segmentRecord) }),
  };
}

/** goBMP leaves out what is zero, but not an SR-MPLS SID. */
function segmentRecord({ type_name: _, sid, ...members }: Segment): object {
  return { ...withoutZeros(members), ...(sid === undefined ? {} : { sid }) };
}

function withoutZeros(value: object): object {
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== 0 && inner !== false),
  );
}
