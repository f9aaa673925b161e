/**
 * ATOMIC_AGGREGATE (RFC 4271 section 5.1.6): the path may lack ASes of an aggregate. No value.
 *
 * `is_atomic_agg` is in every `base_attrs`, so {@linkcode writeAttributes} writes it from the attribute's presence.
 */
import { fail } from "../../wire/fault.ts";
import { type AttributeSpec, Outcome, WELL_KNOWN } from "./spec.ts";

export const ATOMIC_AGGREGATE_CODE = 6;

export const ATOMIC_AGGREGATE: AttributeSpec = {
  code: ATOMIC_AGGREGATE_CODE,
  name: "ATOMIC_AGGREGATE",
  reference: "RFC 4271 section 5.1.6",
  flags: WELL_KNOWN,
  malformed: Outcome.attributeDiscard, // RFC 7606 section 7.6
  write(_out, _bytes, _view, start, end) {
    if (start !== end) fail("atomic-aggregate-length", start, "length 0");
  },
};
