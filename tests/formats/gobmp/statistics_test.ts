import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RecordLine } from "../../corpus/records.ts";
import { bmp, peerUp, perPeer, tlv, uint } from "../../building.ts";
import { playerWith } from "./sessions.ts";

function report(...tlvs: readonly string[]): string {
  return bmp(1, perPeer() + uint(tlvs.length, 4) + tlvs.join(""));
}

function play(...tlvs: readonly string[]): RecordLine {
  return playerWith([peerUp()]).frame(report(...tlvs))[0]!;
}

/** goBMP's counters and gauges by type; those of 64 bits are told apart. */
const SINGLE: readonly (readonly [type: number, bytes: 4 | 8, field: string])[] = [
  [0, 4, "prefixes_rejected_inbound"],
  [1, 4, "duplicate_prefix"],
  [2, 4, "duplicate_withdraws"],
  [3, 4, "invalidated_due_cluster"],
  [4, 4, "invalidated_due_aspath"],
  [5, 4, "invalidated_due_originator_id"],
  [6, 4, "invalidated_due_asconfed"],
  [7, 8, "ads_rib_in"],
  [8, 8, "local_rib"],
  [11, 4, "updates_as_withdraw"],
  [12, 4, "prefixes_as_withdraw"],
  [13, 4, "duplicate_updates"],
  [14, 8, "pre_policy_adj_rib_out"],
  [15, 8, "post_policy_adj_rib_out"],
];
const PER_FAMILY: readonly (readonly [type: number, field: string])[] = [
  [9, "per_afi_adj_ribs_in"],
  [10, "per_afi_loc_rib"],
  [16, "per_afi_pre_policy_adj_rib_out"],
  [17, "per_afi_post_policy_adj_rib_out"],
];

describe("statistics (contract 3.18)", () => {
  it("say of whom they are", () => {
    const { type, key, data } = play(tlv(1, "00000009"));
    assert.equal(type, 1);
    assert.equal(key, data["router_hash"]);
    const names = Object.keys(data);
    assert.deepEqual(names.slice(0, 9), [
      "router_hash",
      "router_ip",
      "peer_type",
      "remote_bgp_id",
      "remote_asn",
      "remote_ip",
      "peer_rd",
      "timestamp",
      "duplicate_prefix",
    ]);
    for (const absent of ["action", "hash", "is_adj_rib_out", "table_name"]) {
      assert.ok(!names.includes(absent));
    }
  });

  it("every counter and gauge in its member", () => {
    const tlvs = SINGLE.map(([type, bytes]) => tlv(type, uint(type + 100, bytes)));
    const { data } = play(...tlvs);
    for (const [type, , field] of SINGLE) assert.equal(data[field], type + 100, field);
    assert.equal(data["other_stats"], undefined);
  });

  it("gauges per family, several of one type", () => {
    for (const [type, field] of PER_FAMILY) {
      const { data } = play(
        tlv(type, `000101${uint(7, 8)}`),
        tlv(type, `001946${uint(8, 8)}`),
      );
      assert.deepEqual(data[field], [
        { afi: 1, safi: 1, count: 7 },
        { afi: 25, safi: 70, count: 8 },
      ]);
    }
  });

  it("64 bits are written exactly, as JSON numbers", () => {
    for (const value of [2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
      const hex = value.toString(16).padStart(16, "0");
      const player = playerWith([peerUp()]);
      player.frame(
        report(tlv(7, hex), tlv(9, `000101${hex}`), tlv(99, hex)),
      );
      const line = player.text.trim().split("\n").at(-1)!;
      assert.ok(line.includes(`"ads_rib_in":${value},`));
      assert.ok(line.includes(`"per_afi_adj_ribs_in":[{"afi":1,"safi":1,"count":${value}}]`));
      assert.match(line, new RegExp(`"other_stats":\\[\\{[^\\]]*"value":${value}[,}]`));
    }
  });

  it("zero is absent", () => {
    const { data } = play(tlv(1, "00000000"), tlv(7, uint(0, 8)));
    assert.equal("duplicate_prefix" in data, false);
    assert.equal("ads_rib_in" in data, false);
  });

  it("other types are listed, unknown and malformed ones as bytes", () => {
    const { data } = play(tlv(18, uint(5, 8)), tlv(4000, "aabbcc"), tlv(1, "00"));
    const others = data["other_stats"] as unknown as {
      type: number;
      value?: number;
      hex?: string;
    }[];
    assert.deepEqual(others.map(({ type, value, hex }) => [type, value, hex]), [
      [18, 5, undefined],
      [4000, undefined, "aabbcc"],
      [1, undefined, "00"],
    ]);
  });

  it("without extra fields other types are left out, and errors too", () => {
    const player = playerWith([peerUp()], { extraFields: false });
    const records = player.frame(report(tlv(18, uint(5, 8)), tlv(1, "00"), tlv(2, "00000003")));
    assert.equal(records.length, 1);
    assert.equal(records[0]!.data["duplicate_withdraws"], 3);
    assert.equal("other_stats" in records[0]!.data, false);
    assert.equal(player.counts()["decode_errors statistic-length"], 1);
  });

  it("a TLV past the end costs itself", () => {
    const frame = bmp(1, `${perPeer()}00000002${tlv(1, "00000009")}000200040000`);
    const [statistics, error] = playerWith([peerUp()]).frame(frame);
    assert.equal(statistics!.data["duplicate_prefix"], 9);
    assert.equal(error!.data["code"], "tlv-length");
    assert.equal(error!.data["outcome"], "field-ignored");
  });
});
