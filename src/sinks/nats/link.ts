/** What the NATS sink needs of a connection, so that it can be tested without one. */
import type { PemTexts } from "../../runtime/types.ts";

/** Who we are to the server; at most one kind is given. */
export interface NatsCredentials {
  readonly user: string;
  readonly password: string;
  readonly token: string;
  /** Text of an nkey seed. */
  readonly nkeySeed: string;
  /** Contents of a `.creds` file: JWT and seed. */
  readonly creds: string;
}

export interface DialOptions {
  /** `nats`, `tls`, `ws` or `wss`, without user and password. */
  readonly url: string;
  /** Name of this client at the server. */
  readonly clientName: string;
  readonly credentials: NatsCredentials;
  /** Undefined: the system's authorities, and no certificate of our own. */
  readonly tls: PemTexts | undefined;
  readonly timeoutMs: number;
}

/** Takes a message: `status` is the number in its headers (503: nobody has taken the request), 0 if it has none. */
export type Receive = (subject: string, data: Uint8Array, status: number) => void;

/**
 * One connection. It is never restored: what was sent on it and not acknowledged may or may not have arrived, and only whoever
 * sent it can tell what to send again.
 */
export interface NatsLink {
  /** Bytes of headers and value that the server takes in one message. */
  readonly payloadBytesMax: number;
  /** A subject of our own that nobody else uses. */
  readonly inbox: string;
  /** Sends protocol lines (PUB, HPUB) with their payloads. The bytes are the link's from then on. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** Returns how to end the subscription. */
  subscribe(subject: string, receive: Receive): () => void;
  /** Rejects when nobody answers in time. */
  request(subject: string, body: string, timeoutMs: number): Promise<string>;
  /** Resolves when the server has read everything that was sent before. */
  flush(): Promise<void>;
  /** Called with what the server does not permit: a subject to publish to, and its words. */
  onRefusal(refused: (subject: string, reason: string) => void): void;
  /** Resolves when the connection is gone, with the reason if there is one. */
  readonly closed: Promise<Error | undefined>;
  /** Ends the connection, with what is not sent yet. */
  close(): Promise<void>;
}

/** Opens a connection and is logged in when it resolves. Errors hold no secrets. */
export type Dial = (options: DialOptions) => Promise<NatsLink>;
