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
import { SR_POLICY, SR_POLICY_V4, SR_POLICY_V6 } from "../topics.ts";
import type { RouteFacts, RouteKind } from "./kind.ts";

const TUNNEL_ENCAPSULATION_CODE = 23;
/** goBMP's kinds of binding SID. */
const NO_SID = 1;
const LABEL = 2;
const SRV6 = 3;

/** What the Tunnel Encapsulation attribute says, in the shapes of the record. */
interface CandidatePath {
  policyName?: string;
  pathName?: string;
  bindingSid?: object;
  preference?: object;
  priority?: number;
  enlp?: object;
  srv6BindingSid?: object;
  readonly segmentLists: object[];
  readonly srv6BindingSids: Srv6BindingSid[];
}

const NOTHING: CandidatePath = { segmentLists: [], srv6BindingSids: [] };

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
  putFields(to, route, facts, path) {
    to.flag("is_ipv4", facts.afi === 1);
    to.number("origin_as", Math.max(facts.scope.originAs, 0));
    to.written("nexthop", facts.nextHop);
    to.flag("is_nexthop_ipv4", facts.isNextHopIpv4);
    to.number("path_id", facts.pathId);
    to.number("distinguisher", route.distinguisher);
    to.number("color", route.color);
    to.text("endpoint", route.endpointBase64);
    to.text("policy_name", path.policyName);
    to.json("binding_sid", path.bindingSid ?? path.srv6BindingSid);
    to.json("preference_subtlv", path.preference);
    to.number("priority_subtlv", path.priority);
    to.text("policy_path_name", path.pathName);
    to.json("enlp_subtlv", path.enlp);
    to.json("segment_list_subtlv", path.segmentLists);
  },
  putOwnFields(to, route, _, path) {
    to.text("endpoint_address", route.endpoint);
    to.json("srv6_binding_sids", path.srv6BindingSids);
  },
};

/** Of several sub-TLVs of a type that may stand once, the first counts, but a malformed one is a fault wherever it is. */
function readCandidatePath(facts: RouteFacts, start: number, end: number): CandidatePath {
  const { bytes, data } = facts;
  const tunnel = readTunnels(data, start, end).find(({ type }) => type === SR_POLICY_TUNNEL);
  if (tunnel === undefined) return NOTHING;
  const path: CandidatePath = { segmentLists: [], srv6BindingSids: [] };
  for (const { type, start, end } of tunnel.subTlvs) {
    switch (type) {
      case SrPolicySubTlv.preference:
        path.preference = first(
          path.preference,
          preferenceRecord(readPreference(data, start, end)),
        );
        break;
      case SrPolicySubTlv.bindingSid:
        path.bindingSid = first(
          path.bindingSid,
          bindingSidRecord(readBindingSid(bytes, data, start, end, RAW)),
        );
        break;
      case SrPolicySubTlv.enlp:
        path.enlp = first(path.enlp, withoutZeros(readEnlp(data, start, end)));
        break;
      case SrPolicySubTlv.priority:
        path.priority = first(path.priority, readPriority(data, start, end));
        break;
      case SrPolicySubTlv.srv6BindingSid:
        path.srv6BindingSid = first(
          path.srv6BindingSid,
          bindingSidRecord(readSrv6BindingSid(bytes, data, start, end, RAW)),
        );
        path.srv6BindingSids.push(readSrv6BindingSid(bytes, data, start, end, READABLE));
        break;
      case SrPolicySubTlv.segmentList:
        path.segmentLists.push(
          segmentListRecord(readSegmentList(bytes, data, start, end, RAW)),
        );
        break;
      case SrPolicySubTlv.pathName:
        path.pathName = first(path.pathName, readName(bytes, start, end));
        break;
      case SrPolicySubTlv.policyName:
        path.policyName = first(path.policyName, readName(bytes, start, end));
        break;
    }
  }
  return path;
}

function first<Value>(known: Value | undefined, next: Value): Value {
  return known ?? next;
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
