/** WebSockets of Bun, whose certificates are an option of its own. */
import type { PemTexts } from "./types.ts";

/** Bun's WebSocket takes the options of TLS as its second argument. */
const WebSocketWithTls = WebSocket as unknown as new (
  url: string,
  options: { tls: { ca?: string; cert?: string; key?: string } },
) => WebSocket;

/** See `Runtime.openWebSocket`. */
export function openWebSocket(url: string, tls: PemTexts | undefined): WebSocket {
  if (tls === undefined) return new WebSocket(url);
  const { ca, cert, key } = tls;
  return new WebSocketWithTls(url, {
    tls: { ...(ca === "" ? {} : { ca }), ...(cert === "" ? {} : { cert, key }) },
  });
}
