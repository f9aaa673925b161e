/** What stands in Kafka's log, by Fetch requests and a decoder of its own; and what the brokers say of topics. */
import {
  compressionsAlgorithms,
  Connection,
  createAclsV2,
  createTopicsV5,
  deleteTopicsV4,
  describeConfigsV1,
  listOffsetsV1,
  metadataV9,
  type Reader,
  Writer,
} from "@platformatic/kafka";
import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Decode,
  readReferenceBatch,
  type ReferenceBatch,
  type ReferenceRecord,
  unpack,
} from "../../sinks/kafka/reference_batch.ts";

const FETCH = 1;
const FETCH_VERSION = 4;
const FETCH_BYTES = 8 * 1024 * 1024;
const WAIT_MS = 10;
const TOPIC_RESOURCE = 2 as const;
const LITERAL = 3 as const;
const DENY = 2 as const;
/** https://kafka.apache.org/protocol, AclOperation. */
const OPERATIONS = { write: 4, create: 5 } as const;

/** Reads over the plain listeners. */
export class LogReader {
  readonly #ports: readonly number[];
  readonly #decode: Decode | undefined;
  readonly #connections = new Map<number, Connection>();

  /** @param decode text of keys and values, where it is not UTF-8 */
  constructor(ports: readonly number[], decode?: Decode) {
    this.#ports = ports;
    this.#decode = decode;
  }

  /** All batches of a partition, once it holds `count` records. @throws when it does not, or holds more */
  async batches(topic: string, partition: number, count: number): Promise<ReferenceBatch[]> {
    const batches: ReferenceBatch[] = [];
    let offset = 0n;
    let found = 0;
    const deadline = Date.now() + 20_000;
    while (found < count) {
      if (Date.now() > deadline) throw new Error(`Cannot read ${count} records: found ${found}`);
      const bytes = await this.#fetch(topic, partition, offset).catch(() => new Uint8Array(0));
      for (let pos = 0; pos + 12 <= bytes.length;) {
        const length = 12 + new DataView(bytes.buffer, bytes.byteOffset + pos).getInt32(8);
        // The last one may be cut off.
        if (pos + length > bytes.length) break;
        const batch = readReferenceBatch(
          bytes.subarray(pos, pos + length),
          false,
          decompress,
          this.#decode,
        );
        pos += length;
        offset = batch.baseOffset + BigInt(batch.records.length);
        batches.push(batch);
        found += batch.records.length;
      }
      if (found < count) await sleep(50);
    }
    // Whatever is there beyond what was expected.
    const rest = await this.#fetch(topic, partition, offset);
    if (rest.length > 0) {
      throw new Error(`Cannot accept more than ${count} records: found ${rest.length} bytes`);
    }
    return batches;
  }

  async records(topic: string, partition: number, count: number): Promise<ReferenceRecord[]> {
    return (await this.batches(topic, partition, count)).flatMap((batch) => batch.records);
  }

  /** What a partition holds now. */
  async all(topic: string, partition: number): Promise<ReferenceRecord[]> {
    const ends = await this.#ends([topic]);
    return await this.records(topic, partition, ends[partition]!);
  }

  /** How many records a topic holds now. */
  async count(topic: string): Promise<number> {
    return (await this.#ends([topic])).reduce((sum, end) => sum + end, 0);
  }

  /** Leaders by partition. */
  async leaders(topic: string): Promise<number[]> {
    const { topics } = await metadataV9.api.async(await this.#any(), [topic], false);
    return topics[0]!.partitions
      .sort((a, b) => a.partitionIndex - b.partitionIndex).map((each) => each.leaderId);
  }

  /** Records of each partition of topics, of all if none is named. */
  async ends(names: string[] | null = null): Promise<number[]> {
    // A topic that was just made has no leader for a moment.
    for (const deadline = Date.now() + 10_000;; await sleep(100)) {
      try {
        return await this.#ends(names);
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  async #ends(names: string[] | null): Promise<number[]> {
    const connection = await this.#any();
    const { topics } = await metadataV9.api.async(connection, names, false);
    const response = await listOffsetsV1.api.async(
      connection,
      -1,
      0,
      topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({
          partitionIndex,
          currentLeaderEpoch: -1,
          timestamp: -1n,
        })),
      })),
    );
    return response.topics.flatMap(({ partitions }) =>
      partitions.sort((a, b) => a.partitionIndex - b.partitionIndex)
        .map((partition) => Number(partition.offset))
    );
  }

  async config(topic: string, key: string): Promise<string | null | undefined> {
    const resource = {
      resourceType: TOPIC_RESOURCE,
      resourceName: topic,
      configurationKeys: [key],
    };
    const response = await describeConfigsV1.api.async(await this.#any(), [resource]);
    return response.results[0]?.configs[0]?.value;
  }

  async createTopic(name: string, partitions: number): Promise<void> {
    const topic = {
      name,
      numPartitions: partitions,
      replicationFactor: -1,
      assignments: [],
      configs: [],
    };
    await createTopicsV5.api.async(await this.#any(), [topic], 5000, false);
  }

  async deleteTopic(name: string): Promise<void> {
    await deleteTopicsV4.api.async(await this.#any(), [{ name }], 5000);
  }

  /** Forbids a user one operation on a topic. */
  async forbid(user: string, operation: "write" | "create", topic: string): Promise<void> {
    const acl = {
      resourceType: TOPIC_RESOURCE,
      resourceName: topic,
      resourcePatternType: LITERAL,
      principal: `User:${user}`,
      host: "*",
      operation: OPERATIONS[operation],
      permissionType: DENY,
    };
    await createAclsV2.api.async(await this.#any(), [acl]);
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.values()) await connection.close();
  }

  async #any(): Promise<Connection> {
    for (const [i] of this.#ports.entries()) {
      try {
        return await this.#connect(i + 1);
      } catch {
        // Perhaps the next one.
      }
    }
    throw new Error("Cannot connect to any broker");
  }

  async #connect(node: number): Promise<Connection> {
    const known = this.#connections.get(node);
    if (known?.isConnected()) return known;
    const connection = new Connection("reader", { connectTimeout: 2000, requestTimeout: 5000 });
    connection.on("error", () => {});
    await connection.connect("127.0.0.1", this.#ports[node - 1]!);
    this.#connections.set(node, connection);
    return connection;
  }

  async #fetch(topic: string, partition: number, offset: bigint): Promise<Uint8Array> {
    const leader = (await this.leaders(topic))[partition]!;
    const connection = await this.#connect(leader);
    const create = () =>
      Writer.create()
        .appendInt32(-1)
        .appendInt32(WAIT_MS)
        .appendInt32(1)
        .appendInt32(FETCH_BYTES)
        .appendInt8(0)
        .appendInt32(1)
        .appendString(topic, false)
        .appendInt32(1)
        .appendInt32(partition)
        .appendInt64(offset)
        .appendInt32(FETCH_BYTES);
    return await new Promise((resolve, reject) => {
      connection.send(
        FETCH,
        FETCH_VERSION,
        create,
        parseFetch,
        false,
        false,
        (error, bytes) => error === null ? resolve(bytes!) : reject(error),
      );
    });
  }
}

function parseFetch(_id: number, _key: number, _version: number, reader: Reader): Uint8Array {
  reader.readInt32();
  reader.readInt32();
  reader.readString(false);
  reader.readInt32();
  reader.readInt32();
  const code = reader.readInt16();
  if (code !== 0) throw new Error(`Cannot fetch: code ${code}`);
  // High watermark, last stable offset.
  reader.skip(2 * 8);
  for (let aborted = reader.readInt32(); aborted > 0; aborted--) reader.skip(2 * 8);
  return Uint8Array.from(reader.readBytes(false));
}

function decompress(compression: number, bytes: Uint8Array): Uint8Array {
  const { snappy, lz4 } = compressionsAlgorithms;
  switch (compression) {
    case snappy.bitmask:
      return snappy.decompressSync(Buffer.from(bytes));
    case lz4.bitmask:
      return lz4.decompressSync(Buffer.from(bytes));
  }
  return unpack(compression, bytes);
}
