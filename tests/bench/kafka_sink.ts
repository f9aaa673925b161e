/**
 * Ready records to Kafka by this collector's sink alone: kafka_sink.ts PORT BROKER FILE COUNT.
 *
 * Does what `librdkafka.py` does, with the same records: those of FILE, which are lines of --dump=file. When there is a connection to PORT, of which
 * nothing is read, COUNT records are delivered, those of the file over and over, in batches as the pipeline makes them.
 */
import { readFileSync } from "node:fs";
import net from "node:net";
import process from "node:process";
import { Output } from "../../src/formats/output.ts";
import { IN_FLIGHT_BYTES_MAX_DEFAULT } from "../../src/pipeline/deliveries.ts";
import { Client, ROUTES } from "../integration/kafka/client.ts";

const BATCH_BYTES = 256 * 1024;
const DATA = ',"msg_data":';

/** Batches of the records in the file. */
function readBatches(path: string): Output[] {
  const batches: Output[] = [];
  let batch: Output | undefined;
  for (const line of readFileSync(path, "latin1").split("\n")) {
    const start = line.indexOf(DATA);
    if (start < 0) continue;
    if (batch === undefined || batch.full) batches.push(batch = new Output(BATCH_BYTES, false));
    batch.begin(ROUTES, /^.*"msg_hash":"(\w*)"/.exec(line.slice(0, start))?.[1] ?? "");
    batch.ascii(line.slice(start + DATA.length, -1));
    batch.end();
  }
  return batches;
}

async function deliverAll(
  { sink }: Client,
  batches: readonly Output[],
  count: number,
): Promise<void> {
  let bytesUnderWay = 0;
  const underWay: Promise<void>[] = [];
  let records = 0;
  for (let i = 0; records < count; i = (i + 1) % batches.length) {
    const batch = batches[i]!;
    const { count: batchCount, pos: bytes } = batch;
    if (records + batchCount > count) batch.count = count - records;
    records += batchCount;
    while (
      underWay.length >= sink.inFlightMax || bytesUnderWay + bytes > IN_FLIGHT_BYTES_MAX_DEFAULT
    ) {
      await underWay.shift();
    }
    bytesUnderWay += bytes;
    underWay.push(sink.deliver(batch).then(() => void (bytesUnderWay -= bytes)));
  }
  await Promise.all(underWay);
}

async function main([port, broker, path, count]: readonly string[]): Promise<void> {
  const batches = readBatches(path!);
  const client = await Client.open("", {
    "kafka-server": broker!,
    "kafka-topic-partitions": "1",
  });
  net.createServer()
    .once("connection", () => void deliverAll(client, batches, Number(count)))
    .listen(Number(port), "127.0.0.1");
}

await main(process.argv.slice(2));
