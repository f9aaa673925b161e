/** Reads a stream back, by JetStream's API and a consumer of its own. */
import { Buffer } from "node:buffer";
import type { NatsLink } from "../../../src/sinks/nats/link.ts";

export interface Stored {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

interface StreamInfo {
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: {
    readonly messages: number;
    readonly first_seq: number;
    readonly last_seq: number;
  };
}

/** Calls the API. @throws on an error of it */
export async function api<T>(link: NatsLink, name: string, body: object = {}): Promise<T> {
  const answer = JSON.parse(await link.request(`$JS.API.${name}`, JSON.stringify(body), 5_000));
  if (answer.error !== undefined) throw new Error(`${name}: ${answer.error.description}`);
  return answer;
}

export async function streamInfo(link: NatsLink, stream = "goBMP"): Promise<StreamInfo> {
  return await api<StreamInfo>(link, `STREAM.INFO.${stream}`);
}

let reads = 0;

/** All messages of a stream, in its order: values by a consumer that needs no acknowledgement. */
export async function readStream(link: NatsLink, stream = "goBMP"): Promise<[string, string][]> {
  const { state } = await streamInfo(link, stream);
  const received: [string, string][] = [];
  if (state.messages === 0) return received;
  // Of its own: the consumer of an earlier call goes on delivering to its.
  const subject = `${link.inbox}.read${reads++}`;
  let done = () => {};
  const end = link.subscribe(subject, (name, data) => {
    received.push([name, Buffer.from(data).toString()]);
    if (received.length === state.messages) done();
  });
  const complete = new Promise<void>((resolve) => done = resolve);
  await api(link, `CONSUMER.CREATE.${stream}`, {
    stream_name: stream,
    config: { deliver_subject: subject, deliver_policy: "all", ack_policy: "none" },
  });
  await complete;
  end();
  return received;
}

/** One message with its headers. */
export async function readMessage(link: NatsLink, seq: number, stream = "goBMP"): Promise<Stored> {
  const { message } = await api<{ message: { subject: string; hdrs: string; data: string } }>(
    link,
    `STREAM.MSG.GET.${stream}`,
    { seq },
  );
  const lines = Buffer.from(message.hdrs, "base64").toString().trimEnd().split("\r\n").slice(1);
  const headers = Object.fromEntries(lines.map((line) => line.split(/: ?(.*)/, 2)));
  return {
    subject: message.subject,
    headers: headers as Record<string, string>,
    value: Buffer.from(message.data ?? "", "base64").toString(),
  };
}
