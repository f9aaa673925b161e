/** A configuration that cannot work: exit code 1. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
