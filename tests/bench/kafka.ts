/** Collectors that write to Kafka. */
import process from "node:process";
import { Brokers, findKafka } from "../integration/kafka/brokers.ts";
import { LogReader } from "../integration/kafka/reader.ts";
import type { Server } from "./servers.ts";

/** How to start a broker; undefined where Java is missing. */
export function kafkaServer(): ((port: number) => Promise<Server>) | undefined {
  if ("skip" in findKafka()) return undefined;
  // Started to last: with the optimising compiler.
  process.env.EDGEBMP_KAFKA_JVM = "-XX:+TieredCompilation";
  return async (port) => {
    const brokers = await Brokers.startAt(port);
    const reader = new LogReader([brokers.port()]);
    return {
      records: async () => {
        const ends = await reader.ends();
        return ends.length === 0 ? undefined : ends.reduce((sum, end) => sum + end, 0);
      },
      stop: async () => {
        await reader.close();
        await brokers.stop();
      },
    };
  };
}
