/**
 * Connections to brokers by `@platformatic/kafka`: TCP, TLS, SASL, and all requests but Produce. The only file that imports the
 * package; it is loaded when a Kafka sink opens.
 *
 * Request versions are fixed, and known to brokers from Kafka 2.4 (2019) to 4.x.
 */
import { Buffer } from "node:buffer";
import process from "node:process";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Reader, Writer } from "@platformatic/kafka";
import type {
  Address,
  Broker,
  Dialer,
  KafkaProblem,
  Metadata,
  NewTopic,
  PartitionMetadata,
  ProduceAnswer,
} from "./broker.ts";
import { KafkaError, NONE, TOPIC_ALREADY_EXISTS } from "./errors.ts";
import type { Codec, Compression, ProducerIdentity } from "./record_batch.ts";
import { type RequestKind, RequestStream } from "./request_stream.ts";

type Library = typeof import("@platformatic/kafka");

export interface Credentials {
  readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512" | "OAUTHBEARER";
  readonly username: string;
  /** For OAUTHBEARER the token. */
  readonly password: string;
}

export interface ClientOptions {
  readonly clientId: string;
  /** Undefined: plain TCP. */
  readonly tls: TlsOptions | undefined;
  /** Undefined: none. */
  readonly sasl: Credentials | undefined;
  /** An answer that takes longer closes the connection. */
  readonly requestTimeoutMs: number;
}

export interface KafkaLibrary {
  dialer(options: ClientOptions): Dialer;
  /** Undefined for `none`. */
  codec(compression: Compression): Codec | undefined;
}

const CONNECT_TIMEOUT_MS_MAX = 10_000;

const PRODUCE: RequestKind = { key: 0, version: 8, isFlexible: false };
const ACKS_ALL = -1;
/** Of the resource types of DescribeConfigs. */
const TOPIC_RESOURCE = 2 as const;

/** Loads the library, which takes about half a second. */
export async function loadLibrary(): Promise<KafkaLibrary> {
  // Its logger reads the names of all environment variables when it is loaded, which Deno's permission for single names does
  // not allow; it finds none instead.
  const { env } = process;
  let library: Library;
  process.env = {};
  try {
    library = await import("@platformatic/kafka");
  } finally {
    process.env = env;
  }
  return {
    dialer: (options) => ({ dial: (address) => dial(library, options, address) }),
    codec: (compression) => codecOf(library, compression),
  };
}

function codecOf(library: Library, compression: Compression): Codec | undefined {
  switch (compression) {
    case "none":
      return undefined;
    // Level 1: 700 MB/s and not 190, for a few percent more bytes.
    case "gzip":
      return { compress: (bytes) => gzipSync(bytes, { level: 1 }), decompress: gunzipSync };
    // Level 1: 0.9 to 1.0 GB/s and not 0.6 to 0.7, and our records get no larger (1/24). It costs what sending them whole does.
    case "zstd": {
      const params = { [constants.ZSTD_c_compressionLevel]: 1 };
      return {
        compress: (bytes) => zstdCompressSync(bytes, { params }),
        decompress: zstdDecompressSync,
      };
    }
    case "snappy":
    case "lz4": {
      const { compressSync, decompressSync } = library.compressionsAlgorithms[compression];
      return {
        compress: (bytes) => compressSync(bufferOf(bytes)),
        decompress: (bytes) => decompressSync(bufferOf(bytes)),
      };
    }
  }
}

async function dial(library: Library, options: ClientOptions, address: Address): Promise<Broker> {
  const { clientId, tls, sasl, requestTimeoutMs } = options;
  const connection = new library.Connection(clientId, {
    connectTimeout: Math.min(requestTimeoutMs, CONNECT_TIMEOUT_MS_MAX),
    requestTimeout: requestTimeoutMs,
    ...(tls && { tls }),
    ...(sasl && { sasl: { ...sasl, token: sasl.password } }),
  });
  // What goes wrong reaches the requests; an emitter without a listener would throw.
  connection.on("error", () => {});
  try {
    await connection.connect(address.host, address.port);
  } catch (error) {
    connection.socket?.destroy();
    throw error;
  }
  const stream = new RequestStream(connection.socket, clientId, requestTimeoutMs);
  return new LibraryBroker(library, stream, requestTimeoutMs);
}

/** What the library knows of one request in one version. */
interface Api<Arguments extends unknown[], Response> {
  readonly api: { readonly key: number; readonly version: number };
  createRequest(...args: Arguments): Writer;
  parseResponse(correlationId: number, key: number, version: number, reader: Reader): Response;
}

class LibraryBroker implements Broker {
  readonly #library: Library;
  readonly #stream: RequestStream;
  /** What the broker is told, shorter than the time after which the connection is given up. */
  readonly #brokerTimeoutMs: number;

  constructor(library: Library, stream: RequestStream, requestTimeoutMs: number) {
    this.#library = library;
    this.#stream = stream;
    this.#brokerTimeoutMs = Math.round(requestTimeoutMs * 2 / 3);
  }

  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  async produce(topic: string, partition: number, batch: Uint8Array): Promise<ProduceAnswer> {
    const { buffer } = this.#library.Writer.create()
      .appendString(null, false)
      .appendInt16(ACKS_ALL)
      .appendInt32(this.#brokerTimeoutMs)
      .appendInt32(1)
      .appendString(topic, false)
      .appendInt32(1)
      .appendInt32(partition)
      .appendInt32(batch.length);
    const answer = await this.#stream.send(PRODUCE, buffer, batch);
    return readProduceAnswer(this.#library.Reader.from(answer));
  }

  /** Answers with error codes in them are thrown by the library, with their good parts, which are returned here. */
  async #ask<Arguments extends unknown[], Response>(
    { api, createRequest, parseResponse }: Api<Arguments, Response>,
    isFlexible: boolean,
    ...args: Arguments
  ): Promise<Response> {
    const { key, version } = api;
    const request = createRequest(...args).buffer;
    const answer = await this.#stream.send({ key, version, isFlexible }, request);
    try {
      return parseResponse(0, key, version, this.#library.Reader.from(answer));
    } catch (error) {
      if (error instanceof Error && "response" in error && error.response !== undefined) {
        return error.response as Response;
      }
      throw error;
    }
  }

  async metadata(topics: readonly string[], create: boolean): Promise<Metadata> {
    const response = await this.#ask(this.#library.metadataV9, true, [...topics], create);
    return {
      brokers: new Map(response.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }])),
      controller: response.controllerId,
      topics: new Map(response.topics.map(({ name, errorCode, partitions }) => {
        const byNumber: (PartitionMetadata | undefined)[] = [];
        for (const { partitionIndex, leaderId } of partitions) {
          byNumber[partitionIndex] = { leader: leaderId };
        }
        return [name, { code: errorCode, partitions: byNumber }];
      })),
    };
  }

  async createTopics(topics: readonly NewTopic[]): Promise<Map<string, KafkaProblem>> {
    const response = await this.#ask(
      this.#library.createTopicsV5,
      true,
      topics.map(({ name, partitions, replicationFactor, retentionMs }) => ({
        name,
        numPartitions: partitions,
        replicationFactor,
        assignments: [],
        configs: [{ name: "retention.ms", value: String(retentionMs) }],
      })),
      this.#brokerTimeoutMs,
      false,
    );
    const problems = new Map<string, KafkaProblem>();
    for (const { name, errorCode, errorMessage } of response.topics) {
      if (errorCode === NONE || errorCode === TOPIC_ALREADY_EXISTS) continue;
      problems.set(name, { code: errorCode, message: errorMessage ?? null });
    }
    return problems;
  }

  async messageBytesMax(topics: readonly string[]): Promise<Map<string, number>> {
    const response = await this.#ask(
      this.#library.describeConfigsV1,
      false,
      topics.map((resourceName) => ({
        resourceType: TOPIC_RESOURCE,
        resourceName,
        configurationKeys: ["max.message.bytes"],
      })),
    );
    const sizes = new Map<string, number>();
    for (const { resourceName, configs } of response.results) {
      const size = Number(configs[0]?.value);
      if (size > 0) sizes.set(resourceName, size);
    }
    return sizes;
  }

  async newIdentity(): Promise<ProducerIdentity> {
    const timeoutMs = this.#brokerTimeoutMs;
    const response = await this.#ask(
      this.#library.initProducerIdV2,
      true,
      null,
      timeoutMs,
      -1n,
      -1,
    );
    if (response.errorCode !== NONE) throw new KafkaError(response.errorCode);
    return { id: response.producerId, epoch: response.producerEpoch };
  }

  close(): void {
    this.#stream.close();
  }
}

/** The answer to a Produce request of one batch, version 8. */
function readProduceAnswer(reader: Reader): ProduceAnswer {
  reader.readInt32();
  reader.readString(false);
  reader.readInt32();
  reader.readInt32();
  const code = reader.readInt16();
  // Base offset, time of the append, start of the log.
  reader.skip(3 * 8);
  const recordErrors: (string | null)[] = [];
  for (let count = reader.readInt32(); count > 0; count--) {
    reader.readInt32();
    recordErrors.push(reader.readNullableString(false));
  }
  const message = reader.readNullableString(false);
  return { code, message: recordErrors.find((text) => text) ?? message };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
