/** Made-up routers for the status page. */
import {
  bgp,
  bmp,
  MANDATORY,
  mpReach,
  mpUnreach,
  peerDown,
  type PeerOptions,
  peerUp,
  routeMonitoring,
  tlv,
  uint,
} from "../../building.ts";
import { fromHex } from "../../decoding.ts";

/** What a router can call itself. */
export const HOSTILE_NAME =
  `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>"'&\u202e`;

function hexOf(text: string): string {
  return new TextEncoder().encode(text).toHex();
}

function initiation(name: string): string {
  return bmp(4, tlv(1, hexOf(`${name} runs version 1.2`)) + tlv(2, hexOf(name)));
}

function peer(number: number): PeerOptions {
  const address = `c00002${uint(number, 1)}`;
  return { address, bgpId: address, as: 64500 + number };
}

/** Peers that are up; all but the last one's dumps are complete; then one that is down. */
export function busyRouter(name: string, peers: number): Uint8Array {
  const messages = [initiation(name)];
  for (let i = 1; i <= peers; i++) {
    messages.push(
      peerUp(peer(i)),
      routeMonitoring({ attributes: MANDATORY, nlri: "18c63364 18cb0071" }, peer(i)),
      routeMonitoring({ withdrawn: "18cb0071" }, peer(i)),
      routeMonitoring({
        attributes: MANDATORY + mpReach(2, 1, "20010db8".padEnd(32, "0"), "2020010db8"),
      }, peer(i)),
    );
    if (i === peers) continue;
    messages.push(
      routeMonitoring({}, peer(i)),
      routeMonitoring({ attributes: mpUnreach(2, 1, "") }, peer(i)),
    );
  }
  messages.push(peerUp(peer(250)), peerDown(peer(250), `03${bgp(3, "0602")}`));
  return fromHex(messages.join(""));
}

/** A peer that is up, and a message that is malformed. */
export function faultyRouter(name: string): Uint8Array {
  return fromHex([
    initiation(name),
    peerUp(peer(1)),
    routeMonitoring({ attributes: MANDATORY, nlri: "ff" }, peer(1)),
  ].join(""));
}

/** Routes of the first peer of a router, for the tail. */
export function routes(count: number): Uint8Array {
  const messages = [];
  for (let i = 0; i < count; i++) {
    messages.push(
      routeMonitoring({ attributes: MANDATORY, nlri: `18cb00${uint(i % 256, 1)}` }, peer(1)),
    );
  }
  return fromHex(messages.join(""));
}

export function quietRouter(name: string): Uint8Array {
  return fromHex(initiation(name) + peerUp(peer(1)));
}
