/**
 * TLVs that Peer Up and, for the Loc-RIB, Peer Down carry (RFC 9736 section 3, RFC 8671 section 6.3.1, RFC 9069 section 5.3).
 *
 * Types 1 and 2 mean nothing here: RFC 9736 took this namespace away from that of the Initiation.
 */
import type { InformationTypes } from "./tlv.ts";

export const STRING = 0;
export const TABLE_NAME = 3;
export const ADMIN_LABEL = 4;

export const TABLE_TLV_TYPES: InformationTypes = {
  [STRING]: { name: "String", isText: true },
  [TABLE_NAME]: { name: "VRF/Table Name", isText: true },
  [ADMIN_LABEL]: { name: "Admin Label", isText: true },
};
