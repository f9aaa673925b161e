/** A router's session that is long enough to be cut anywhere. */
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { initiation, MANDATORY, peerUp, routeMonitoring, uint } from "../building.ts";
import { fromHex } from "../decoding.ts";

const MESSAGES = 4000;
/** So many are sent at once, then a pause: a kill meets any state. */
const BURST = 40;
const SECOND = { address: "c0000203", as: 65009, bgpId: "c0000203" };

export const ROUTER = "127.0.0.1";
/** Its peers, as records name them. */
export const PEERS = ["192.0.2.2", "192.0.2.3"];

/** Its messages in order: Initiation, two Peer Ups, routes of both peers. */
export const FRAMES: readonly Uint8Array[] = [
  initiation("r1"),
  peerUp(),
  peerUp(SECOND),
  ...Array.from({ length: MESSAGES }, (_, i) =>
    routeMonitoring(
      { attributes: MANDATORY, nlri: `18${uint(i + 1, 3)}18${uint(i + 0x100000, 3)}` },
      i % 2 === 0 ? {} : SECOND,
    )),
].map(fromHex);

/** A connection that sends {@linkcode FRAMES}. */
export class LongSession {
  /** Resolves with whether it was connected. */
  readonly connected: Promise<boolean>;
  readonly closed: Promise<void>;
  readonly #socket: net.Socket;
  #isLost = false;

  constructor(port: number) {
    const socket = net.connect(port, ROUTER);
    this.#socket = socket;
    this.closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    this.connected = Promise.race([
      new Promise<boolean>((resolve) => socket.once("connect", () => resolve(true))),
      this.closed.then(() => false),
    ]);
    socket.on("error", () => this.#isLost = true);
    void this.closed.then(() => this.#isLost = true);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Sends `[start, end)` of the messages, until the connection is lost. */
  async send(start = 0, end: number = FRAMES.length): Promise<void> {
    for (let i = start; i < end && !this.#isLost; i += BURST) {
      this.#socket.write(Buffer.concat(FRAMES.slice(i, Math.min(end, i + BURST))));
      await delay(1);
    }
  }

  async end(): Promise<void> {
    this.#socket.end();
    await this.closed;
  }
}
