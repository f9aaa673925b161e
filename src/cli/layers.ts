/** Where the value of a flag can come from: flag, environment `EDGEBMP_*`, file, default. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { logLevelFlag, verbosityFlag, verbosityLevel } from "../ops/flags.ts";
import type { LogLevel } from "../ops/log.ts";
import type { ConfigFile, ListItem } from "./config_file.ts";
import { defaultOf, type Flag, type FlagSource, type FlagValues, type Origin } from "./flag.ts";

/** Strongest first. */
export class Layers implements FlagSource {
  constructor(
    readonly flags: FlagValues,
    readonly environment: FlagValues,
    readonly file: ConfigFile | undefined,
    /** Directory of systemd's credentials; empty: there is none. */
    readonly credentials: string = "",
  ) {}

  /** The value from the command line or the environment; undefined if neither names the flag. */
  outside<T>(flag: Flag<T>): T | undefined {
    if (this.flags.given(flag)) return this.flags.get(flag);
    return this.environment.given(flag) ? this.environment.get(flag) : undefined;
  }

  get<T>(flag: Flag<T>): T {
    return this.outside(flag) ?? this.#fallback(flag, this.file?.values);
  }

  /** What the file says; a path that nobody gives may be a credential's. */
  #fallback<T>(flag: Flag<T>, values: FlagValues | undefined): T {
    if (values?.given(flag)) return values.get(flag);
    const path = this.credentialOf(flag, values);
    return path === undefined ? defaultOf(flag) : flag.parse(path);
  }

  /** The file of systemd's that stands for a flag that is not given. */
  credentialOf({ credential, insteadOf }: Flag, values?: FlagValues): string | undefined {
    if (credential === undefined || this.credentials === "") return undefined;
    if (insteadOf !== undefined) {
      if (this.outside(insteadOf) !== undefined || values?.given(insteadOf)) return undefined;
    }
    const path = join(this.credentials, credential);
    return existsSync(path) ? path : undefined;
  }

  /** Where its value comes from; undefined: it is the default. */
  origin(flag: Flag): Origin | undefined {
    for (const layer of [this.flags, this.environment, this.file?.values]) {
      if (layer?.given(flag)) return layer.origin(flag);
    }
    const path = this.credentialOf(flag, this.file?.values);
    return path === undefined ? undefined : { text: path, place: "systemd credential" };
  }

  given(flag: Flag): boolean {
    return this.outside(flag) !== undefined || this.file?.values.given(flag) === true;
  }

  /** The values of one entry of a list: a flag holds for all entries. */
  item({ values }: ListItem): FlagSource {
    return {
      get: (flag) => this.outside(flag) ?? this.#fallback(flag, values),
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
