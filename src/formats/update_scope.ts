/** What decides how the attributes of an UPDATE read, beside their own bytes. */
import type { AttributeScope } from "../bgp/attributes/spec.ts";
import { PeerFlag, PeerHeader, RibView } from "../bmp/peer_header.ts";
import type { Peer } from "../bmp/peer_table.ts";

/**
 * Sets the width of AS numbers that the bytes bear out, and whether the peer is external, for the UPDATE that the scope's layout describes;
 * the per-peer header is at `header`. Returns whether the bytes contradict the header.
 */
export function readScope(
  scope: AttributeScope,
  peer: Peer,
  ribView: RibView,
  bytes: Uint8Array,
  view: DataView,
  header: number,
): boolean {
  const isTwoOctet = ribView !== RibView.locRib &&
    (bytes[header + PeerHeader.flags]! & PeerFlag.twoOctetAs) !== 0;
  scope.asWidth = peer.chooseAsWidth(ribView, isTwoOctet, scope.layout, bytes, view);
  const { localAs } = peer;
  scope.external = localAs !== -1 && localAs !== view.getUint32(header + PeerHeader.as) &&
    ribView <= RibView.adjRibInPost;
  return scope.asWidth !== (isTwoOctet ? 2 : 4);
}
