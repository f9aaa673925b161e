import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { Output, type RecordIdentity, type Topic } from "../../../src/formats/output.ts";
import {
  BATCH_HEADER_BYTES,
  NOT_IDEMPOTENT,
  RecordBatch,
} from "../../../src/sinks/kafka/record_batch.ts";
import { ByteWriter, utf8 } from "../../../src/wire/writer.ts";
import { readReferenceBatch } from "./reference_batch.ts";

const GZIP = { compress: (bytes: Uint8Array) => gzipSync(bytes), decompress: gunzipSync };
const TOPIC: Topic = { name: "topic", messageType: 1 };

interface Made {
  readonly key: string;
  readonly value: string;
  readonly identity: RecordIdentity | undefined;
}

const identity = fc.record({
  session: fc.stringMatching(/^[ -~]{0,40}$/),
  sequence: fc.maxSafeNat(),
  part: fc.nat(),
}, { noNullPrototype: true });
const made: fc.Arbitrary<Made> = fc.record({
  key: fc.stringMatching(/^[!-~]{0,70}$/),
  value: fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ minLength: 100, maxLength: 20_000 }),
  ),
  identity: fc.option(identity, { nil: undefined }),
}, { noNullPrototype: true });

function batchOf(records: readonly Made[]): RecordBatch {
  const batch = new RecordBatch(new ByteWriter(16), 1_700_000_000_123);
  for (const { key, value, identity } of records) {
    const bytes = utf8(`<${value}>`);
    batch.put(key, bytes, 1, bytes.length - 1, identity);
  }
  return batch;
}

function expected({ key, value, identity }: Made) {
  const headers = identity === undefined ? [] : [
    ["session", identity.session],
    ["sequence", String(identity.sequence)],
    ["part", String(identity.part)],
  ];
  return { key: key === "" ? null : key, value, headers };
}

describe("RecordBatch", () => {
  it("writes what the protocol guide describes", () => {
    fc.assert(
      fc.property(fc.array(made, { minLength: 1, maxLength: 20 }), fc.boolean(), (records, zip) => {
        const batch = batchOf(records);
        batch.seal(zip ? "gzip" : "none", zip ? GZIP : undefined);
        batch.stamp({ id: 2n ** 40n + 7n, epoch: 3 }, 0x7ffffff0);
        const read = readReferenceBatch(batch.wire());
        assert.equal(read.bytesLength, batch.bytesLength);
        assert.deepEqual([read.compression, read.timestampMs], [zip ? 1 : 0, 1_700_000_000_123]);
        assert.ok(read.hasOneTimestamp);
        assert.deepEqual(
          [read.producerId, read.producerEpoch, read.baseSequence],
          [2n ** 40n + 7n, 3, 0x7ffffff0],
        );
        assert.deepEqual(read.records, records.map(expected));
      }),
    );
  });

  it("numbers thousands of records", () => {
    const records = Array.from({ length: 20_000 }, (_, i) => ({
      key: "0123456789abcdef0123456789abcdef",
      value: String(i),
      identity: undefined,
    }));
    const batch = batchOf(records);
    batch.seal("none", undefined);
    batch.stamp(NOT_IDEMPOTENT, -1);
    const read = readReferenceBatch(batch.wire());
    assert.deepEqual(read.records.map((record) => record.value), records.map((each) => each.value));
    assert.deepEqual([read.producerId, read.producerEpoch, read.baseSequence], [-1n, -1, -1]);
  });

  it("changes id and sequence when it is stamped again, and nothing else", () => {
    const batch = batchOf([{ key: "k", value: "v", identity: undefined }]);
    batch.seal("none", undefined);
    batch.stamp({ id: 1n, epoch: 0 }, 5);
    const first = readReferenceBatch(batch.wire());
    batch.stamp({ id: 2n, epoch: 1 }, 0);
    const second = readReferenceBatch(batch.wire());
    assert.deepEqual(second, { ...first, producerId: 2n, producerEpoch: 1, baseSequence: 0 });
  });

  it("gives its records back, compressed or not", () => {
    fc.assert(
      fc.property(fc.array(made, { minLength: 1, maxLength: 10 }), fc.boolean(), (records, zip) => {
        const codec = zip ? GZIP : undefined;
        const batch = batchOf(records);
        batch.seal(zip ? "gzip" : "none", codec);
        const read = [...batch.records(codec)].map(({ key, bytes, start, end, identity }) => ({
          key,
          value: new TextDecoder().decode(bytes.subarray(start, end)),
          identity,
        }));
        assert.deepEqual(read, records);
      }),
    );
  });

  it("gives binary keys back", () => {
    const key = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    const batch = batchOf([{ key, value: "v", identity: undefined }]);
    batch.seal("none", undefined);
    assert.equal([...batch.records(undefined)][0]?.key, key);
  });

  it("has room for what fits, never for what does not", () => {
    fc.assert(
      fc.property(
        fc.array(made, { maxLength: 3 }),
        made,
        fc.integer({ min: 60, max: 700 }),
        (records, next, bytesMax) => {
          const batch = batchOf(records);
          const length = utf8(next.value).length;
          const hasRoom = batch.hasRoom(next.key, length, next.identity, bytesMax);
          const before = batch.bytesLength;
          batch.put(next.key, utf8(next.value), 0, length, next.identity);
          if (hasRoom) assert.ok(batch.bytesLength <= bytesMax);
          else assert.ok(batch.bytesLength > bytesMax - 80, `${batch.bytesLength}`);
          assert.ok(batch.bytesLength > before);
        },
      ),
    );
  });

  it("takes of a run what fits, the rest goes to the next ones in order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 30 }),
        fc.constantFrom("", "key"),
        fc.integer({ min: 60, max: 700 }),
        (lengths, key, bytesMax) => {
          const out = new Output(1024, false);
          const values = lengths.map((length, i) => String(i).padEnd(length, "."));
          for (const value of values) {
            out.begin(TOPIC, key);
            out.raw(utf8(value));
            out.end();
          }
          const read: string[] = [];
          for (let first = 0; first < out.count;) {
            const batch = new RecordBatch(new ByteWriter(64), 0);
            const next = batch.putRun(key, out, first, out.count, bytesMax);
            assert.equal(batch.count, next - first);
            assert.ok(batch.count === 1 || batch.bytesLength <= bytesMax);
            batch.seal("none", undefined);
            batch.stamp(NOT_IDEMPOTENT, -1);
            const { records } = readReferenceBatch(batch.wire());
            for (const record of records) {
              assert.equal(record.key, key === "" ? null : key);
              read.push(record.value!);
            }
            first = next;
          }
          assert.deepEqual(read, values);
        },
      ),
    );
  });

  it("begins anew in the writer of another batch", () => {
    const first = batchOf([{ key: "k", value: "a long first value", identity: undefined }]);
    const second = new RecordBatch(first.release(), 0);
    assert.equal(second.bytesLength, BATCH_HEADER_BYTES);
    second.put("", utf8("v"), 0, 1, undefined);
    second.seal("none", undefined);
    second.stamp(NOT_IDEMPOTENT, -1);
    assert.deepEqual(readReferenceBatch(second.wire()).records, [
      { key: null, value: "v", headers: [] },
    ]);
  });
});
