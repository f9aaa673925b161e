/** Where the value of a flag can come from: flag, environment `EDGEBMP_*`, file, default. */
import { logLevelFlag, verbosityFlag, verbosityLevel } from "../ops/flags.ts";
import type { LogLevel } from "../ops/log.ts";
import type { ConfigFile, ListItem } from "./config_file.ts";
import { defaultOf, type Flag, type FlagSource, type FlagValues } from "./flag.ts";

/** Strongest first. */
export class Layers implements FlagSource {
  constructor(
    readonly flags: FlagValues,
    readonly environment: FlagValues,
    readonly file: ConfigFile | undefined,
  ) {}

  /** The value from the command line or the environment; undefined if neither names the flag. */
  outside<T>(flag: Flag<T>): T | undefined {
    if (this.flags.given(flag)) return this.flags.get(flag);
    return this.environment.given(flag) ? this.environment.get(flag) : undefined;
  }

  get<T>(flag: Flag<T>): T {
    return this.outside(flag) ?? this.file?.values.get(flag) ?? defaultOf(flag);
  }

  given(flag: Flag): boolean {
    return this.outside(flag) !== undefined || this.file?.values.given(flag) === true;
  }

  /** The values of one entry of a list: a flag holds for all entries. */
  item({ values }: ListItem): FlagSource {
    return {
      get: (flag) => this.outside(flag) ?? values.get(flag),
      given: (flag) => this.outside(flag) !== undefined || values.given(flag),
    };
  }

  /** `--log-level` wins over `--v` where both stand in the same place. */
  logLevel(): LogLevel {
    for (const layer of [this.flags, this.environment]) {
      if (layer.given(logLevelFlag)) return layer.get(logLevelFlag);
      const verbosity = layer.get(verbosityFlag);
      if (verbosity !== undefined) return verbosityLevel(verbosity);
    }
    return this.get(logLevelFlag);
  }
}
