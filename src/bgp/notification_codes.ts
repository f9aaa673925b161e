/**
 * Names of NOTIFICATION error codes and subcodes (RFC 4271 section 4.5 and the RFCs named in the rows).
 */

/** One error code: its name, and the names of its subcodes. */
export interface NotificationCode {
  readonly name: string;
  readonly subcodes: Readonly<Record<number, string>>;
}

export const NOTIFICATION_CODES: Readonly<Record<number, NotificationCode>> = {
  1: {
    name: "Message Header Error", // RFC 4271
    subcodes: {
      0: "Unspecific", // RFC 4271 erratum 4493
      1: "Connection Not Synchronized", // RFC 4271
      2: "Bad Message Length", // RFC 4271
      3: "Bad Message Type", // RFC 4271
    },
  },
  2: {
    name: "OPEN Message Error", // RFC 4271
    subcodes: {
      0: "Unspecific", // RFC 4271
      1: "Unsupported Version Number", // RFC 4271
      2: "Bad Peer AS", // RFC 4271
      3: "Bad BGP Identifier", // RFC 4271, RFC 6286
      4: "Unsupported Optional Parameter", // RFC 4271
      5: "[Deprecated] (Authentication Failure)", // RFC 4271
      6: "Unacceptable Hold Time", // RFC 4271
      7: "Unsupported Capability", // RFC 5492
      8: "Deprecated", // RFC 9234
      9: "Deprecated", // RFC 9234
      10: "Deprecated", // RFC 9234
      11: "Role Mismatch", // RFC 9234
    },
  },
  3: {
    name: "UPDATE Message Error", // RFC 4271
    subcodes: {
      0: "Unspecific", // RFC 4271
      1: "Malformed Attribute List", // RFC 4271
      2: "Unrecognized Well-known Attribute", // RFC 4271
      3: "Missing Well-known Attribute", // RFC 4271
      4: "Attribute Flags Error", // RFC 4271
      5: "Attribute Length Error", // RFC 4271
      6: "Invalid ORIGIN Attribute", // RFC 4271
      7: "[Deprecated] (AS Routing Loop)", // RFC 4271
      8: "Invalid NEXT_HOP Attribute", // RFC 4271
      9: "Optional Attribute Error", // RFC 4271
      10: "Invalid Network Field", // RFC 4271
      11: "Malformed AS_PATH", // RFC 4271
    },
  },
  4: {
    name: "Hold Timer Expired", // RFC 4271
    subcodes: {
      0: "Unspecific", // RFC 4271
    },
  },
  5: {
    name: "Finite State Machine Error", // RFC 4271
    subcodes: {
      0: "Unspecified Error", // RFC 6608
      1: "Receive Unexpected Message in OpenSent State", // RFC 6608
      2: "Receive Unexpected Message in OpenConfirm State", // RFC 6608
      3: "Receive Unexpected Message in Established State", // RFC 6608
    },
  },
  6: {
    name: "Cease", // RFC 4271
    subcodes: {
      0: "Reserved", // RFC 4486
      1: "Maximum Number of Prefixes Reached", // RFC 4486
      2: "Administrative Shutdown", // RFC 4486, RFC 9003
      3: "Peer De-configured", // RFC 4486
      4: "Administrative Reset", // RFC 4486, RFC 9003
      5: "Connection Rejected", // RFC 4486
      6: "Other Configuration Change", // RFC 4486
      7: "Connection Collision Resolution", // RFC 4486
      8: "Out of Resources", // RFC 4486
      9: "Hard Reset", // RFC 8538
      10: "BFD Down", // RFC 9384
    },
  },
  7: {
    name: "ROUTE-REFRESH Message Error", // RFC 7313
    subcodes: {
      0: "Reserved", // RFC 7313
      1: "Invalid Message Length", // RFC 7313
    },
  },
  8: {
    name: "Send Hold Timer Expired", // RFC 9687
    subcodes: {
      0: "Send Hold Timer Expired", // RFC 9687
    },
  },
  9: {
    name: "Loss of LSDB Synchronization", // RFC 9815
    subcodes: {
      0: "Loss of LSDB Synchronization", // RFC 9815
    },
  },
};
