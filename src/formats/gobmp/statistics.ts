/** Statistics Report (message type 1; RFC 7854 section 4.8). */
import {
  decodeStatistics,
  type Statistic,
  type StatisticsReport,
} from "../../bmp/messages/statistics.ts";
import { PEER_HEADER_BYTES, PeerHeader, writePeerHeaderTime } from "../../bmp/peer_header.ts";
import { faultWithin } from "../../wire/fault.ts";
import { ipv4Text } from "../../wire/strings.ts";
import { ByteWriter } from "../../wire/writer.ts";
import type { DecodeErrors } from "./decode_error.ts";
import { tlvsAsHex } from "./own.ts";
import { putPeerRd } from "./peer_view.ts";
import { type Field, type FieldValue, NOTHING_ASSUMED, type Records } from "./records.ts";
import { STATISTICS } from "./topics.ts";

const ASCII = new TextDecoder();

/** goBMP's field of each statistics type, in its order of output; the spelling is its own. */
const FIELDS: readonly (readonly [type: number, field: string])[] = [
  [1, "duplicate_prefix"],
  [2, "duplicate_withdraws"],
  [3, "invalidated_due_cluster"],
  [4, "invalidated_due_aspath"],
  [5, "invalidated_due_originator_id"],
  [6, "invalidated_due_asconfed"],
  [7, "ads_rib_in"],
  [8, "local_rib"],
  [11, "updates_as_withdraw"],
  [12, "prefixes_as_withdraw"],
  [0, "prefixes_rejected_inbound"],
  [9, "per_afi_adj_ribs_in"],
  [10, "per_afi_loc_rib"],
  [13, "duplicate_updates"],
  [14, "pre_policy_adj_rib_out"],
  [15, "post_policy_adj_rib_out"],
  [16, "per_afi_pre_policy_adj_rib_out"],
  [17, "per_afi_post_policy_adj_rib_out"],
];
const HAS_FIELD: ReadonlySet<number> = new Set(FIELDS.map(([type]) => type));

export class StatisticsFormatter {
  readonly #errors: DecodeErrors;
  readonly #timestamp = new ByteWriter(32);

  constructor(errors: DecodeErrors) {
    this.#errors = errors;
  }

  write(
    records: Records,
    bytes: Uint8Array,
    view: DataView,
    header: number,
    end: number,
    version: number,
  ): void {
    const errors = this.#errors;
    errors.start(header);
    const timestamp = this.#timestamp;
    writePeerHeaderTime(timestamp, view, header);
    const peerView = records.session.viewOf(bytes, view, header);
    let report: StatisticsReport;
    try {
      report = decodeStatistics(bytes, view, header + PEER_HEADER_BYTES, end, version);
    } catch (error) {
      errors.note(faultWithin(error, "in Statistics Report"), "message-dropped");
      errors.write(records, bytes, end, { view: peerView, timestamp });
      return;
    }
    if (records.wantsNext()) {
      const { out } = records;
      const remoteIp = new ByteWriter(39);
      peerView.putAddress(remoteIp, bytes, header);
      const peerRd = new ByteWriter(24);
      putPeerRd(peerRd, bytes, view, header);
      out.begin(STATISTICS, peerView.router.hash);
      out.byte(0x7b);
      out.raw(peerView.router.fields);
      records.putFields([
        ["peer_type!", bytes[header + PeerHeader.type]],
        ["remote_bgp_id", ipv4Text(bytes, header + PeerHeader.bgpId)],
        ["remote_asn", view.getUint32(header + PeerHeader.as)],
        ["remote_ip", ASCII.decode(remoteIp.written())],
        ["peer_rd", ASCII.decode(peerRd.written())],
        ["timestamp", ASCII.decode(timestamp.written())],
      ]);
      records.putFields(statisticFields(report.statistics));
      if (records.extraFields) {
        records.putFields([
          ["peer_hash", peerView.peerHash],
          ["other_stats", otherStatistics(report.statistics)],
          ["unknown_tlvs", tlvsAsHex(report.tlvs, bytes)],
        ]);
      }
      records.putOwnFields(NOTHING_ASSUMED);
      records.finish();
    }
    for (const fault of report.faults) errors.note(fault, "field-ignored");
    errors.write(records, bytes, end, { view: peerView, timestamp });
  }
}

/** Statistics that goBMP's record has no place for: of an unknown type, without a value, a second one of its type. */
function otherStatistics(statistics: readonly Statistic[]): object[] {
  const placed = new Set<number>();
  return statistics.filter(({ type, afi, value }) => {
    if (!HAS_FIELD.has(type) || value === undefined) return true;
    if (afi !== undefined) return false;
    const isSecond = placed.has(type);
    placed.add(type);
    return isSecond;
  }).map(otherStatistic);
}

function otherStatistic({ type, name, afi, safi, value, hex }: Statistic): object {
  return { type, name, afi, safi, value, hex };
}

/** The first value of each type; all of those that are per family. */
function statisticFields(statistics: readonly Statistic[]): Field[] {
  return FIELDS.map(([type, field]) => {
    const found = statistics.filter((it) => it.type === type && it.value !== undefined);
    const value: FieldValue = found[0]?.afi === undefined
      ? found[0]?.value
      : found.map(({ afi, safi, value }) => ({ afi, safi, count: value }));
    return [field, value];
  });
}
