// Fields of goBMP's link-state records that come from the BGP-LS attribute, where the vectors of Appendix A do not show them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RecordLine } from "../../corpus/records.ts";
import { attribute, MANDATORY, mpReach, peerUp, routeMonitoring, uint } from "../../building.ts";
import { playerWith } from "./sessions.ts";

const DECODE_ERROR = 1007;
const ISIS = 2;
const OSPFV2 = 3;
const STATIC = 5;
const OSPFV3 = 6;
const BGP = 7;

const LOCAL = "0100 0008 0200 0004 0000fde9";
/** What follows the local node, by type of NLRI. */
const REST: Readonly<Record<number, string>> = {
  1: "",
  2: "0101 0008 0200 0004 0000fdea",
  3: "0109 0005 20 0a000009",
  6: "0206 0010 20010db8000000000000000000000009",
};

function tlv(type: number, value: string): string {
  const hex = value.replaceAll(" ", "");
  return uint(type, 2) + uint(hex.length / 2, 2) + hex;
}

function nlri(type: number, protocolId: number): string {
  const body = `${uint(protocolId, 1)}${"00".repeat(8)}${LOCAL}${REST[type]!}`.replaceAll(" ", "");
  return uint(type, 2) + uint(body.length / 2, 2) + body;
}

function announce(list: string, value: string): RecordLine[] {
  const attributes = MANDATORY + attribute(0x90, 29, value) + mpReach(16388, 71, "c0000202", list);
  return playerWith([peerUp()]).frame(routeMonitoring({ attributes }));
}

/** The record of one NLRI with this attribute. */
function record(type: number, protocolId: number, value: string): RecordLine["data"] {
  const records = announce(nlri(type, protocolId), value);
  assert.deepEqual(records.slice(1), []);
  return records[0]!.data;
}

describe("goBMP's fields of the BGP-LS attribute", () => {
  it("flags of an Adjacency SID have the names of the IGP", () => {
    const value = tlv(1099, "a0 05 0000 000064");
    const flags = (protocolId: number) => {
      const [sid] = record(2, protocolId, value)["ls_adjacency_sid"] as unknown as object[];
      return sid;
    };
    const sid = { weight: 5, sid: 100 };
    assert.deepEqual(flags(ISIS), {
      flags: {
        f_flag: true,
        b_flag: false,
        v_flag: true,
        l_flag: false,
        s_flag: false,
        p_flag: false,
      },
      ...sid,
    });
    const ospf = { b_flag: true, v_flag: false, l_flag: true, g_flag: false, p_flag: false };
    assert.deepEqual(flags(OSPFV2), { flags: ospf, ...sid });
    assert.deepEqual(flags(OSPFV3), { flags: ospf, ...sid });
    assert.deepEqual(flags(STATIC), { flags: { flags: 0xa0 }, ...sid });
  });

  it("a label has 20 bits, an index 32", () => {
    const value = tlv(1099, "30 00 0000 ffffff") + tlv(1099, "00 00 0000 ffffffff");
    const sids = record(2, ISIS, value)["ls_adjacency_sid"] as unknown as { sid: number }[];
    assert.deepEqual(sids.map(({ sid }) => sid), [0xfffff, 0xffffffff]);
  });

  it("flags of a prefix: those of OSPFv3 too, and a range of SIDs (B11)", () => {
    const sid = tlv(1158, "40 00 0000 00000007");
    const value = tlv(1159, `80 00 000a${sid}`) + tlv(1170, "33");
    assert.deepEqual(record(3, OSPFV3, value)["prefix_attr_tlvs"], {
      range: {
        flags: { ia_flag: true },
        range_size: 10,
        prefix_sid: [{
          flags: { np_flag: true, m_flag: false, e_flag: false, v_flag: false, l_flag: false },
          algo: 0,
          prefix_sid: 7,
        }],
      },
      flags: { n_flag: true, dn_flag: true, p_flag: false, la_flag: true, nu_flag: true },
    });
    const isis = record(3, ISIS, value)["prefix_attr_tlvs"] as Record<string, object>;
    assert.deepEqual(isis["flags"], { x_flag: false, r_flag: false, n_flag: true });
    assert.deepEqual((isis["range"] as Record<string, object>)["flags"], {
      f_flag: true,
      m_flag: false,
      s_flag: false,
      d_flag: false,
      a_flag: false,
    });
  });

  it("IGP flags have RFC 9552's bits (B29); the forwarding address is there (B11)", () => {
    const data = record(3, ISIS, tlv(1152, "90") + tlv(1156, "0a000001"));
    assert.deepEqual(data["igp_flags"], {
      d_flag: true,
      n_flag: false,
      l_flag: false,
      p_flag: true,
    });
    assert.equal(data["ospf_fwd_addr"], "10.0.0.1");
  });

  it("SIDs of BGP peers belong to links of BGP; the AS of an SRv6 one is at its place (B10)", () => {
    const value = tlv(1101, "c0 02 0000 003e81") + tlv(1102, "0003 0000 00000005") +
      tlv(1103, "2000 0000 00000006") + tlv(1251, "8004 0000 0000fdeb 0a000002");
    const flags = { v_flag: false, l_flag: false, b_flag: false, p_flag: false };
    const data = record(2, BGP, value);
    assert.deepEqual(data["peer_node_sid"], {
      flags: { ...flags, v_flag: true, l_flag: true },
      weight: 2,
      sid: 16001,
    });
    assert.deepEqual(data["peer_adj_sid"], { flags, weight: 3, sid: 5 });
    assert.deepEqual(data["peer_set_sid"], {
      flags: { ...flags, b_flag: true },
      weight: 0,
      sid: 6,
    });
    assert.deepEqual(data["srv6_bgp_peer_node_sid"], {
      flags: { b_flag: true, s_flag: false, p_flag: false },
      weight: 4,
      peer_asn: 65003,
      peer_id: "CgAAAg==",
    });
    assert.equal(record(2, ISIS, value)["peer_node_sid"], undefined);
  });

  it("bandwidths are numbers (B21), exact however large; those that are none are left out", () => {
    const value = tlv(1089, "7f7fffff") + tlv(1118, "4e9502f9") + tlv(1119, "7f800000") +
      tlv(1120, "5f7fffff") + tlv(1091, `${"4cee6b28".repeat(7)}7fc00000`);
    const data = record(2, ISIS, value);
    assert.equal(data["max_link_bw_kbps"], undefined);
    assert.equal(data["unidir_residual_bw"], 1250000000);
    assert.equal(data["unidir_available_bw"], undefined);
    assert.equal(data["unidir_bw_utilization"], 18446742974197923840);
    assert.deepEqual(data["unresv_bw_kbps"], [...new Array(7).fill(1000000), 0]);
  });

  it("repeated TLVs: lists have all of them, single fields the first that is sound", () => {
    const value = tlv(1096, "00000001") + tlv(1096, "00000002") + tlv(1095, "") + tlv(1095, "0a") +
      tlv(1095, "0b") + tlv(1097, "aa") + tlv(1097, "bb");
    const [link, error, ...rest] = announce(nlri(2, ISIS), value);
    assert.deepEqual(rest, []);
    assert.deepEqual(link!.data["srlg"], [1, 2]);
    assert.equal(link!.data["igp_metric"], 10);
    assert.deepEqual(link!.data["opaque_link_attribute"], ["aa", "bb"]);
    assert.equal(error!.type, DECODE_ERROR);
    assert.equal(error!.data["code"], "ls-tlv-value-length");
    assert.equal(error!.data["outcome"], "field-ignored");
    assert.match(String(error!.data["error"]), /^in BGP-LS TLV 1095 \(IGP Metric\): /);
  });

  it("an attribute whose borders are lost costs itself, and is reported once", () => {
    const [node, error, ...rest] = announce(nlri(1, ISIS), `${tlv(1026, "72")}0400 0002 80`);
    assert.deepEqual(rest, []);
    assert.equal(node!.data["name"], undefined);
    assert.equal(error!.data["code"], "ls-tlv-length");
    assert.equal(error!.data["outcome"], "attribute-discard");
  });

  it("objects of one list share the attribute, each in the names of its protocol", () => {
    const value = tlv(1026, "72") + tlv(1034, "80 00 000064 0489 0003 003e80");
    const list = nlri(1, ISIS) + nlri(1, OSPFV2) + nlri(1, ISIS);
    const records = announce(list, value);
    assert.deepEqual(records.map(({ data }) => data["name"]), ["r", "r", "r"]);
    const isis = { flags: { i_flag: true, v_flag: false } };
    const blocks = { sr_capability_subtlv: [{ range: 100, sid: 16000 }] };
    assert.deepEqual(records.map(({ data }) => data["ls_sr_capabilities"]), [
      { ...isis, ...blocks },
      { flags: { flags: 128 }, ...blocks },
      { ...isis, ...blocks },
    ]);
  });

  it("what no field shows is in bgp_ls", () => {
    const { base_attrs: base } = record(6, ISIS, tlv(1250, "0039 00 80") + tlv(60000, "ab"));
    assert.deepEqual((base as Record<string, unknown>)["bgp_ls"], [
      {
        type: 1250,
        name: "SRv6 Endpoint Behavior",
        value: { endpoint_behavior: 57, flags: 0, algorithm: 128 },
      },
      { type: 60000, hex: "ab" },
    ]);
  });
});
