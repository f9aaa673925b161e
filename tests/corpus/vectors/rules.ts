/** How the vectors of other projects read: the first rule that fits tells. */
import type { Reader } from "./reading.ts";

/** Why a vector is none of a decoder's inputs. */
export interface NoInput {
  readonly reason: string;
}

export interface Rule {
  readonly where: RegExp;
  /** Bytes that the vector has to have beside. */
  readonly hex: RegExp;
  readonly as: Reader | NoInput;
}

export function rule(where: RegExp, as: Reader | NoInput, hex = /^/): Rule {
  return { where, as, hex };
}

export const piece: NoInput = {
  reason: "a piece that the test puts into its input, or compares with",
};
export const headerAlone: NoInput = {
  reason: "the header of a BGP message without its body",
};
export const otherProtocol: NoInput = {
  reason: "of another protocol, or of the project's own API",
};
