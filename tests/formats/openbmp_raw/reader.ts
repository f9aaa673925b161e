/** A reader of OpenBMP's binary messages, written from the document alone: it checks what the strictest of the known readers check. */
import assert from "node:assert/strict";
import { hexText, ipv4Text, ipv6Text } from "../../../src/wire/strings.ts";

export interface RawMessage {
  readonly seconds: number;
  readonly microseconds: number;
  readonly collectorHash: string;
  readonly adminId: string;
  readonly routerHash: string;
  readonly routerAddress: string;
  readonly routerGroup: string;
  readonly message: Uint8Array;
}

export function readRawMessage(record: Uint8Array): RawMessage {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  let pos = 0;
  const take = (count: number) => record.subarray(pos, pos += count);
  const text = (count: number) => new TextDecoder("utf-8", { fatal: true }).decode(take(count));
  const hex = (count: number) => hexText(take(count), 0, count);
  const u8 = () => view.getUint8(pos++);
  const u16 = () => view.getUint16((pos += 2) - 2);
  const u32 = () => view.getUint32((pos += 4) - 4);
  assert.equal(text(4), "OBMP");
  assert.deepEqual([u8(), u8()], [1, 7]);
  const headerLength = u16();
  const messageLength = u32();
  assert.equal(headerLength + messageLength, record.length);
  const flags = u8();
  assert.equal(flags & 0xbf, 0x80);
  assert.equal(u8(), 12);
  const seconds = u32();
  const microseconds = u32();
  assert.ok(microseconds < 1_000_000);
  const collectorHash = hex(16);
  const adminId = text(u16());
  const routerHash = hex(16);
  const address = take(16);
  const isIpv6 = (flags & 0x40) !== 0;
  const routerAddress = isIpv6 ? ipv6Text(address, 0) : ipv4Text(address, 0);
  if (!isIpv6) assert.deepEqual(address.subarray(4), new Uint8Array(12));
  const routerGroup = text(u16());
  assert.equal(u32(), 1, "rows");
  assert.equal(pos, headerLength);
  const message = record.slice(pos);
  return {
    seconds,
    microseconds,
    collectorHash,
    adminId,
    routerHash,
    routerAddress,
    routerGroup,
    message,
  };
}

/** The header of a text message, and the BMP message behind it. As the readers do: a value is what stands behind the first `: `. */
export function readTextMessage(
  record: Uint8Array,
): { readonly header: Record<string, string>; readonly message: Uint8Array } {
  const end = record.findIndex((octet, i) => octet === 0x0a && record[i + 1] === 0x0a);
  assert.ok(end > 0);
  const lines = new TextDecoder().decode(record.subarray(0, end)).split("\n");
  const header = Object.fromEntries(lines.map((line) => {
    const [, name, value] = /^([A-Z_]+): (.+)$/.exec(line)!;
    return [name, value];
  }));
  const message = record.slice(end + 2);
  assert.equal(Number(header["L"]), message.length);
  return { header, message };
}
