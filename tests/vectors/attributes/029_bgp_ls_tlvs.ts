import { TLV_BY_CODE } from "../../../src/bgp/link_state/attribute_registry.ts";

/** A TLV of `bgp_ls`: its type and its value; `raw`: the members that stand in the value's place. */
type ExpectedTlv = readonly [type: number, value: unknown, raw?: "raw"];

/** The list that these TLVs come to. */
export function tlvs(...list: readonly ExpectedTlv[]): object[] {
  return list.map(([type, value, raw]) => {
    const name = TLV_BY_CODE.get(type)?.name;
    return {
      type,
      ...(name === undefined ? {} : { name }),
      ...(raw === undefined ? { value } : value as object),
    };
  });
}
