/**
 * Tunnel Encapsulation (RFC 9012; SR policies: RFC 9830): tunnels to an endpoint, each with what is needed to use it. The layout is
 * drawn in tunnel_encapsulation/.
 */
import { isFault } from "../../wire/fault.ts";
import { hexText } from "../../wire/strings.ts";
import { putBase64, putJson } from "../../wire/text.ts";
import { type ByteWriter, utf8 } from "../../wire/writer.ts";
import { subTlvName, tunnelTypeName } from "../tunnel_encapsulation/names.ts";
import { isSrPolicySubTlv } from "../tunnel_encapsulation/sr_policy.ts";
import { readSubTlv } from "../tunnel_encapsulation/sub_tlvs.ts";
import {
  readTunnels,
  SR_POLICY_TUNNEL,
  type SubTlv,
  type Tunnel,
} from "../tunnel_encapsulation/tunnels.ts";
import { type AttributeSpec, member, OPTIONAL_TRANSITIVE, Outcome } from "./spec.ts";

const RAW = member("tunnel_encap_attr");
const MALFORMED = utf8(',"tunnel_encap_malformed":true');
const TUNNELS = member("tunnel_encap");

export const TUNNEL_ENCAPSULATION: AttributeSpec = {
  code: 23,
  name: "Tunnel Encapsulation",
  reference: "RFC 9012",
  flags: OPTIONAL_TRANSITIVE,
  malformed: Outcome.treatAsWithdraw, // RFC 9012 section 13, RFC 9830 section 5
  write(out, bytes, view, start, end) {
    const tunnels = readTunnels(view, start, end);
    putRaw(out, bytes, start, end);
    out.raw(TUNNELS);
    putJson(out, { tunnels: tunnels.map((tunnel) => tunnelRecord(tunnel, bytes, view)) });
  },
  writeMalformed(out, bytes, start, end) {
    putRaw(out, bytes, start, end);
    out.raw(MALFORMED);
  },
};

function putRaw(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  if (start === end) return;
  out.raw(RAW);
  out.byte(0x22);
  putBase64(out, bytes, start, end);
  out.byte(0x22);
}

function tunnelRecord(tunnel: Tunnel, bytes: Uint8Array, view: DataView): object {
  return {
    type: tunnel.type,
    type_name: tunnelTypeName(tunnel.type),
    length: tunnel.end - tunnel.start,
    sub_tlvs: tunnel.subTlvs.map((subTlv) => subTlvRecord(tunnel.type, subTlv, bytes, view)),
  };
}

function subTlvRecord(
  tunnelType: number,
  subTlv: SubTlv,
  bytes: Uint8Array,
  view: DataView,
): object {
  const { type, start, end } = subTlv;
  return {
    type,
    type_name: subTlvName(type),
    length: end - start,
    ...(start === end ? {} : { value: hexText(bytes, start, end) }),
    ...decodedMembers(tunnelType, subTlv, bytes, view),
  };
}

/**
 * A malformed sub-TLV is as good as an unknown one (RFC 9012 section 13), but those of an SR policy, which is of no use without them (RFC
 * 9830 section 5).
 */
function decodedMembers(
  tunnelType: number,
  subTlv: SubTlv,
  bytes: Uint8Array,
  view: DataView,
): object {
  try {
    const decoded = readSubTlv(tunnelType, subTlv, bytes, view);
    return decoded === undefined ? {} : { decoded };
  } catch (error) {
    if (!isFault(error)) throw error;
    if (tunnelType === SR_POLICY_TUNNEL && isSrPolicySubTlv(subTlv.type)) throw error;
    return { malformed: error.code };
  }
}
