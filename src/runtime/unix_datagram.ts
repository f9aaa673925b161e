/** Datagrams to a Unix socket by the C library: neither runtime has them for sockets with abstract names, and one has none at all. */

/** The C library's calls. */
export interface SocketCalls {
  socket(domain: number, type: number, protocol: number): number;
  sendto(
    fd: number,
    bytes: Uint8Array<ArrayBuffer>,
    length: bigint,
    flags: number,
    address: Uint8Array<ArrayBuffer>,
    addressLength: number,
  ): number | bigint;
}

const AF_UNIX = 1;
/** `SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC` of Linux, which alone has service managers that ask for datagrams. */
const DATAGRAM_SOCKET = 2 | 0o4000 | 0o2000000;
/** Length of `sun_path`. */
const PATH_BYTES_MAX = 108;

/**
 * Opens a socket whose datagrams go to `path`; `@name` is an abstract name. What comes back sends a text and returns whether the
 * kernel has taken it; it never waits.
 *
 * @throws when the path is too long or there is no socket to be had
 */
export function datagramSender(calls: SocketCalls, path: string): (text: string) => boolean {
  const name = new TextEncoder().encode(path.startsWith("@") ? `\0${path.slice(1)}` : path);
  if (name.length === 0 || name.length > PATH_BYTES_MAX) {
    throw new Error(
      `Cannot send to socket "${path}": found a name of ${name.length} bytes, expected 1 to ${PATH_BYTES_MAX}`,
    );
  }
  const address = new Uint8Array(2 + name.length);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  const fd = calls.socket(AF_UNIX, DATAGRAM_SOCKET, 0);
  if (fd < 0) throw new Error(`Cannot send to socket "${path}": the system gives no socket`);
  return (text) => {
    const bytes = new TextEncoder().encode(text);
    const sent = calls.sendto(fd, bytes, BigInt(bytes.length), 0, address, address.length);
    return Number(sent) === bytes.length;
  };
}
