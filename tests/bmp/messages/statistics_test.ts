import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeStatistics, type StatisticsReport } from "../../../src/bmp/messages/statistics.ts";
import { STATISTIC_TYPES } from "../../../src/bmp/statistic_types.ts";
import {
  checkMutations,
  checkNoise,
  checkTruncations,
  type Decode,
  decodeHex,
  faultList,
  rangeHex,
  thrownFault,
} from "../../decoding.ts";

const decodeV3: Decode<StatisticsReport> = (bytes, view, start, end) =>
  decodeStatistics(bytes, view, start, end, 3);
const decodeV4: Decode<StatisticsReport> = (bytes, view, start, end) =>
  decodeStatistics(bytes, view, start, end, 4);

/** Every type that the contract's vector has. */
const VECTOR = `00000010
  0001 0004 00000001 0002 0004 00000002 0003 0004 00000003 0004 0004 00000004 0005 0004 00000005 0006 0004 00000006
  0008 0008 0000000000000008 000a 000b 0002 01 0000000000000011 000b 0004 0000000b 000c 0004 0000000c 000d 0004 0000000d
  000e 0008 000000000000000e 000f 0008 000000000000000f 0010 000b 0001 01 0000000000000012 0011 000b 0001 01 0000000000000013`;

describe("Statistics Report", () => {
  it("decodes counters, gauges and gauges per family", () => {
    const report = decodeHex(decodeV3, VECTOR.replace("00000010", "0000000f"));
    assert.deepEqual(
      report.statistics.map(({ type, afi, safi, value }) => [type, afi, safi, value]),
      [
        [1, undefined, undefined, 1],
        [2, undefined, undefined, 2],
        [3, undefined, undefined, 3],
        [4, undefined, undefined, 4],
        [5, undefined, undefined, 5],
        [6, undefined, undefined, 6],
        [8, undefined, undefined, 8],
        [10, 2, 1, 17],
        [11, undefined, undefined, 11],
        [12, undefined, undefined, 12],
        [13, undefined, undefined, 13],
        [14, undefined, undefined, 14],
        [15, undefined, undefined, 15],
        [16, 1, 1, 18],
        [17, 1, 1, 19],
      ],
    );
    assert.deepEqual(report.faults, []);
    assert.equal(report.statistics[0]!.name, "Number of (known) duplicate prefix advertisements");
  });

  it("believes the TLVs, not the count, and says so", () => {
    const report = decodeHex(decodeV3, VECTOR);
    assert.equal(report.declaredCount, 16);
    assert.equal(report.statistics.length, 15);
    assert.deepEqual(faultList(report.faults), ["statistics-count@0"]);
  });

  it("keeps 64-bit values exact", () => {
    const values = ["001fffffffffffff", "0020000000000001", "ffffffffffffffff"];
    for (const value of values) {
      const report = decodeHex(decodeV3, `00000001 0007 0008 ${value}`);
      assert.equal(String(report.statistics[0]!.value), BigInt(`0x${value}`).toString());
    }
    assert.equal(
      decodeHex(decodeV3, "00000001 0000 0004 ffffffff").statistics[0]!.value,
      4294967295,
    );
  });

  for (const [code, { kind, name }] of Object.entries(STATISTIC_TYPES)) {
    it(`decodes type ${code}`, () => {
      const type = Number(code).toString(16).padStart(4, "0");
      const value = { counter32: "00000005", gauge64: "0000000000000005" };
      const hex = kind === "family-gauge64"
        ? `000b 0019 46 ${value.gauge64}`
        : kind === "gauge64"
        ? `0008 ${value.gauge64}`
        : `0004 ${value.counter32}`;
      const input = `00000001 ${type} ${hex}`;
      const { start, end, ...statistic } = decodeHex(decodeV3, input).statistics[0]!;
      assert.equal(rangeHex(input, { start, end }), hex.replace(/\s/g, "").slice(4));
      const isPerFamily = kind === "family-gauge64";
      assert.deepEqual(statistic, {
        type: Number(code),
        name,
        afi: isPerFamily ? 25 : undefined,
        safi: isPerFamily ? 70 : undefined,
        value: 5,
        hex: undefined,
      });
      const wrong = decodeHex(decodeV3, `00000001 ${type} 0001 05`);
      assert.equal(wrong.statistics[0]!.hex, "05");
      assert.equal(wrong.statistics[0]!.value, undefined);
      assert.deepEqual(faultList(wrong.faults), ["statistic-length@8"]);
    });
  }

  it("reads an unknown type by its length", () => {
    const hex = `00000004 fffb 0004 00000007 fffb 0008 0000000000000007
      0018 000b 0001 01 0000000000000007 0018 0003 aabbcc`;
    const report = decodeHex(decodeV3, hex);
    assert.deepEqual(
      report.statistics.map(({ name, afi, value, hex }) => [name, afi, value, hex]),
      [
        [undefined, undefined, 7, undefined],
        [undefined, undefined, 7, undefined],
        [undefined, 1, 7, undefined],
        [undefined, undefined, undefined, "aabbcc"],
      ],
    );
    assert.deepEqual(report.faults, []);
  });

  it("keeps what stands before a TLV that runs past the end", () => {
    const hex = "00000002 0000 0004 00000001 0001 0004 0000";
    const report = decodeHex(decodeV3, hex);
    assert.equal(report.statistics.length, 1);
    assert.equal(rangeHex(hex, report.malformed), "000100040000");
    assert.deepEqual(faultList(report.faults), ["tlv-length@14"]);
  });

  it("looks into the container of version 4 and keeps what follows", () => {
    const hex = "0001 000c 00000001 0000 0004 00000001 0002 0001 aa";
    const report = decodeHex(decodeV4, hex);
    assert.equal(report.declaredCount, 1);
    assert.equal(report.statistics[0]!.value, 1);
    assert.deepEqual(report.tlvs.map((tlv) => rangeHex(hex, tlv)), ["aa"]);
    assert.deepEqual(report.faults, []);
  });

  it("takes version 4 without the container, and an enterprise's value as it is", () => {
    const report = decodeHex(decodeV4, "00000002 0000 0004 00000001 8001 0008 000007db00000001");
    assert.equal(report.statistics[0]!.value, 1);
    assert.equal(report.statistics[1]!.hex, "000007db00000001");
    assert.deepEqual(report.faults, []);
  });

  it("refuses to have no count", () => {
    assert.equal(thrownFault(decodeV3, "000000"), "statistics-length@0");
  });

  it("survives cuts, mutations and noise", () => {
    checkTruncations(decodeV3, VECTOR);
    checkMutations(decodeV3, VECTOR);
    checkNoise(decodeV3);
    const container = "0001 000c 00000001 0000 0004 00000001 0002 0001 aa";
    checkTruncations(decodeV4, container);
    checkMutations(decodeV4, container);
    checkNoise(decodeV4);
  });
});
