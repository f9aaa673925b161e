/**
 * Software Version (draft-abraitis-bgp-version-capability): what the speaker runs.
 *
 * ```
 * revision 00           later revisions
 * 0  u8   length        0  ...  version, UTF-8
 * 1  ...  version
 * ```
 *
 * Both are in use. A first octet that equals the number of octets after it is a length: as a letter or digit it would stand
 * before at least 48 more, and versions are at most 64 octets long.
 */
import { utf8Text } from "../../wire/strings.ts";
import type { CapabilitySpec } from "./spec.ts";

/** Value of capability 75: the speaker's software. */
export interface SoftwareVersion {
  /** Tells which capability this is. */
  readonly kind: "software-version";
  /** Name and version as the speaker gives them. */
  readonly version: string;
}

export const SOFTWARE_VERSION: CapabilitySpec<SoftwareVersion> = {
  code: 75,
  name: "Software Version Capability",
  reference: "draft-abraitis-bgp-version-capability",
  description: "Unknown capability 75",
  decode(bytes, _view, start, end) {
    const hasLength = start < end && bytes[start] === end - start - 1;
    return {
      kind: "software-version",
      version: utf8Text(bytes, hasLength ? start + 1 : start, end),
    };
  },
};
