/** Differences from openbmpd's rows of generated sessions that are accepted, each with its reason. */
import type { ColumnRule, ExtraRule, Row } from "../../formats/openbmp_parsed/compare_rows.ts";
import { COLUMN_RULES } from "../../formats/openbmp_parsed/golden_rules.ts";

/** Those that recorded sessions have, too. */
const COMMON = ["number", "clock", "atomic", "rib-byte", "large-communities"];

const AS_TRANS = "23456";
const IP_PREFIX = "openbmpd does not know IP prefixes as EVPN routes (RFC 9136)";

/** It has no Ethernet tag in what it does not know. */
function isUnknown(evpnRow: Row): boolean {
  return evpnRow[31] === "";
}

export const GENERATED_EXTRA_RULES: readonly ExtraRule[] = [
  {
    name: "ip-prefix",
    reason: `${IP_PREFIX}, and reads on within them`,
    side: "theirs",
    types: ["evpn"],
    holds: isUnknown,
  },
];

export const GENERATED_COLUMN_RULES: readonly ColumnRule[] = [
  ...COLUMN_RULES.filter(({ name }) => COMMON.includes(name)),
  {
    name: "srlg",
    reason: "openbmpd never fills the column of shared risk link groups",
    columns: { ls_link: [35] },
    holds: (theirs, ours) => theirs === "" && ours !== "",
  },
  {
    name: "attributes-of-withdrawals",
    reason: "openbmpd names the attributes of an earlier route in rows that withdraw",
    columns: { evpn: [6], ls_node: [4], ls_link: [4], ls_prefix: [4] },
    holds: (_theirs, ours, their) => their[0] === "del" && ours === "",
  },
  {
    name: "numbers-of-withdrawals",
    reason: "openbmpd has LOCAL_PREF and MED 0 in link-state rows that withdraw; ours have none",
    columns: { ls_node: [21, 22], ls_link: [19, 20], ls_prefix: [19, 20] },
    holds: (theirs, ours, their) => their[0] === "del" && theirs === "0" && ours === "",
  },
  {
    name: "as4-path",
    reason: "openbmpd leaves AS_TRANS in paths of two-octet sessions; ours has AS4_PATH (RFC 6793)",
    columns: { base_attribute: [3, 11, 13], unicast_prefix: [6, 15, 17] },
    holds: (_theirs, _ours, their, _our, type) =>
      their[type === "base_attribute" ? 10 : 14]!.split(" ").includes(AS_TRANS),
  },
  {
    name: "ip-prefix",
    reason: IP_PREFIX,
    columns: { evpn: [3, 32, 33, 36, 37, 38] },
    holds: (_theirs, _ours, their) => isUnknown(their),
  },
  {
    name: "router-at-end",
    reason: "openbmpd forgets sysName at the end; of an end without a reason it has other words",
    columns: { router: [3, 8] },
    holds: (theirs, ours) =>
      theirs === "" ||
      (theirs === "Remote session administratively closed" && ours === "Administratively closed"),
  },
];
