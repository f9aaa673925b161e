/** BMP messages as tshark reads them now. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BMP_PORT, ip, onLink, pcap } from "../capture/packets.ts";
import type { JsonObject } from "./corpus.ts";

const OUTPUT_BYTES_MAX = 1 << 28;

/** tshark's dissection of each message (its layer `bmp`); undefined where it saw none. Each is sent by a router of its own. */
export function dissect(
  tshark: string,
  messages: readonly Uint8Array[],
): (JsonObject | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), "edgebmp-dissection-"));
  try {
    const path = join(folder, "messages.pcap");
    const packets = messages.map((data, i) => {
      const from = (0x0a000000 + i).toString(16).padStart(8, "0");
      return { packet: onLink("ethernet", ip({ from, data })) };
    });
    writeFileSync(path, pcap(packets));
    const text = execFileSync(tshark, [
      ...["-r", path, "-d", `tcp.port==${BMP_PORT},bmp`],
      ...["-T", "json", "--no-duplicate-keys", "-J", "bmp bgp"],
    ], { encoding: "utf8", maxBuffer: OUTPUT_BYTES_MAX, stdio: ["ignore", "pipe", "ignore"] });
    return (JSON.parse(text) as Packet[]).map((it) => it._source.layers.bmp);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Packet {
  readonly _source: { readonly layers: { readonly bmp?: JsonObject } };
}
