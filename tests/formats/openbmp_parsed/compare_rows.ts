/** Our rows beside openbmpd's, of one stream: paired in the order of both, column by column, apart from rules. */
import { ROW_TYPES, type RowType } from "../../../src/formats/openbmp_parsed/topics.ts";
import type { ParsedRecord } from "./player.ts";
import { Player, type PlayerOptions } from "./player.ts";

export type Row = readonly string[];

/** A row that one side alone has. */
export interface ExtraRule {
  readonly name: string;
  readonly reason: string;
  readonly side: "ours" | "theirs";
  readonly types: readonly RowType[];
  holds(row: Row, theirs: readonly Row[], ours: readonly Row[], stream: string): boolean;
}

/** Values that differ. Columns are counted from 1, as OpenBMP's schema has them. */
export interface ColumnRule {
  readonly name: string;
  readonly reason: string;
  readonly columns: Readonly<Partial<Record<RowType, readonly number[]>>>;
  holds(theirs: string, ours: string, theirRow: Row, ourRow: Row, type: RowType): boolean;
}

/** collector rows say of the moment only when a router connects. */
export const ROW_TYPES_COMPARED: readonly RowType[] = ROW_TYPES.filter((type) =>
  type !== "collector"
);

/** Columns by which rows of the two are paired, in the order of both. */
const IDENTITY: Readonly<Partial<Record<RowType, readonly number[]>>> = {
  router: [1, 4],
  peer: [1, 9, 10, 27, 28, 29],
  base_attribute: [7, 8, 10, 20],
  unicast_prefix: [1, 8, 9, 13, 30, 31],
  l3vpn: [1, 8, 9, 11, 12, 30, 31, 32],
  evpn: [1, 8, 28],
  bmp_stat: [6, 7, 8],
};

function identityOf(type: RowType, row: Row): string {
  return (IDENTITY[type] ?? []).map((column) => row[column - 1]).join("|");
}

/** What we write for a stream that comes on one connection, as openbmpd got it. */
export function playStream(
  bytes: Uint8Array,
  source: string,
  options: PlayerOptions,
): ParsedRecord[] {
  const player = new Player({ resendMs: 0, ...options });
  const records = player.open(1, { source });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start + 6 <= bytes.length;) {
    const end = start + view.getUint32(start + 1);
    if (end > bytes.length) break;
    records.push(...player.bytes(bytes.slice(start, end)));
    start = end;
  }
  return [...records, ...player.close()];
}

export class RowComparison {
  readonly #extraRules: readonly ExtraRule[];
  readonly #columnRules: readonly ColumnRule[];
  readonly #used = new Map<string, number>();

  constructor(extraRules: readonly ExtraRule[], columnRules: readonly ColumnRule[]) {
    this.#extraRules = extraRules;
    this.#columnRules = columnRules;
  }

  /** How often each rule was needed. */
  uses(): { name: string; reason: string; count: number }[] {
    return [...this.#extraRules, ...this.#columnRules].map(({ name, reason }) => ({
      name,
      reason,
      count: this.#used.get(name) ?? 0,
    }));
  }

  /** What no rule explains. */
  compare(
    stream: string,
    type: RowType,
    theirs: readonly Row[],
    allOurs: readonly Row[],
  ): string[] {
    const unexplained: string[] = [];
    const drop = (side: "ours" | "theirs", row: Row) => {
      const rule = this.#extraRules.find((rule) =>
        rule.side === side && rule.types.includes(type) &&
        rule.holds(row, theirs, allOurs, stream)
      );
      if (rule === undefined) unexplained.push(`only ${side}: ${type} ${row.join("|")}`);
      else this.#use(rule.name);
    };
    // Those that pair with nothing must not take another's place.
    const isAlone = (row: Row) =>
      type === "base_attribute" && row[13] === "0.0.0.0" && row[10] !== "";
    allOurs.filter(isAlone).forEach((row) => drop("ours", row));
    const ours = allOurs.filter((row) => !isAlone(row));
    let i = 0;
    let j = 0;
    while (i < theirs.length || j < ours.length) {
      const [their, our] = [theirs[i], ours[j]];
      if (their !== undefined && our !== undefined) {
        if (identityOf(type, their) === identityOf(type, our)) {
          this.#compareColumns(type, their, our, unexplained);
          i++;
          j++;
          continue;
        }
      }
      // The one that the other side has later is next.
      const isTheirsLater = their !== undefined &&
        ours.slice(j).some((row) => identityOf(type, row) === identityOf(type, their));
      if (our !== undefined && (their === undefined || isTheirsLater)) drop("ours", ours[j++]!);
      else drop("theirs", theirs[i++]!);
    }
    return unexplained;
  }

  #compareColumns(type: RowType, their: Row, our: Row, unexplained: string[]): void {
    for (let column = 1; column <= our.length; column++) {
      const [theirValue, ourValue] = [their[column - 1], our[column - 1]!];
      if (theirValue === ourValue) continue;
      const rule = this.#columnRules.find((rule) =>
        rule.columns[type]?.includes(column) &&
        rule.holds(theirValue ?? "", ourValue, their, our, type)
      );
      if (rule !== undefined) this.#use(rule.name);
      else {
        unexplained.push(
          `${type} column ${column}: theirs "${theirValue}", ours "${ourValue}", in ${
            our.join("|")
          }`,
        );
      }
    }
  }

  #use(name: string): void {
    this.#used.set(name, (this.#used.get(name) ?? 0) + 1);
  }
}
