/** Sockets that a service manager has opened and hands over (sd_listen_fds(3)): variables of the environment say how many, and their names. */
import process from "node:process";
import type { Environment } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import type { ListenConfig } from "./session_config.ts";

export interface InheritedSocket {
  readonly fd: number;
  /** `FileDescriptorName=` of its unit. */
  readonly name: string;
}

const FIRST_FD = 3;
const COUNT_MAX = 64;

/** @throws {ConfigError} if the variables are for this process and wrong */
export function inheritedSockets(
  environment: Environment,
  pid: number = process.pid,
): InheritedSocket[] {
  const { LISTEN_PID: owner, LISTEN_FDS: digits, LISTEN_FDNAMES: names = "" } = environment;
  // Those of another process, which has passed its environment on.
  if (owner !== String(pid) || digits === undefined) return [];
  const count = Number(digits);
  if (!/^[0-9]+$/.test(digits) || count > COUNT_MAX) {
    throw new ConfigError(
      `Cannot read environment variable "LISTEN_FDS": found "${digits}", expected a count up to ${COUNT_MAX}`,
    );
  }
  const each = names.split(":");
  return Array.from({ length: count }, (_, i) => ({ fd: FIRST_FD + i, name: each[i] ?? "" }));
}

/**
 * The listeners, where sockets are handed over: each such socket has the settings of the listener that names it (`socket`), else those
 * of the first plain one. They take the place of all plain listeners; those for TLS, which have another port, stay.
 */
export function withSockets(
  listeners: readonly ListenConfig[],
  sockets: readonly InheritedSocket[],
): ListenConfig[] {
  if (sockets.length === 0) return [...listeners];
  const isTaken = (listener: ListenConfig) => sockets.some(({ name }) => name === listener.socket);
  const plain = listeners.find((listener) => listener.tls === undefined && !isTaken(listener));
  const bound = sockets.map(({ fd, name }) => {
    const settings = listeners.find(({ socket }) => socket === name) ?? plain;
    return {
      parallel: false,
      ...settings,
      address: "",
      port: 0,
      // Also of a socket without a name, for messages.
      socket: name || `descriptor ${fd}`,
      fd,
    };
  });
  return [
    ...bound,
    ...listeners.filter((listener) => listener.tls !== undefined && !isTaken(listener)),
  ];
}
