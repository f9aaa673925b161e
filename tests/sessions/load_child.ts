/**
 * Routers of the fairness test, in a process of their own: `PORT IDLE BUSY`. Idle ones say their Initiation and nothing more, busy ones
 * send as fast as they are read, and one quiet router sends a message each 50 ms whose last 8 bytes are the time.
 */
import net from "node:net";
import process from "node:process";
import { message } from "./messages.ts";

const [port, idle, busy] = process.argv.slice(2).map(Number) as [number, number, number];
const QUIET_INTERVAL_MS = 50;
const BATCH_MESSAGES = 200;

function dial(): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => resolve(socket));
    socket.setNoDelay(true);
    socket.on("error", reject);
    socket.on("close", () => process.exit(0));
  });
}

function sendWithoutEnd(socket: net.Socket, bytes: Uint8Array): void {
  const send = () => {
    while (socket.write(bytes));
  };
  socket.on("drain", send);
  send();
}

for (let i = 0; i < idle; i++) (await dial()).write(message(4));
const batch = new Uint8Array(110 * BATCH_MESSAGES);
for (let i = 0; i < BATCH_MESSAGES; i++) batch.set(message(0, 110), 110 * i);
for (let i = 0; i < busy; i++) {
  const socket = await dial();
  socket.write(message(4));
  sendWithoutEnd(socket, batch);
}
const quiet = await dial();
quiet.write(message(4, 11));
setInterval(() => {
  const bytes = message(5, 20);
  new DataView(bytes.buffer).setFloat64(12, Date.now());
  quiet.write(bytes);
}, QUIET_INTERVAL_MS);
