/**
 * Secrets: each has two flags, one for its value and one for a file that holds it.
 *
 * The value is taken from the environment and from our configuration file, not from the command line, which everybody on the machine
 * can read. Where neither is given, a systemd credential with the flag's name is the file.
 */
import {
  anyText,
  environmentName,
  type Flag,
  FlagError,
  type FlagSource,
  nameAndKey,
} from "./flag.ts";

export interface SecretFlags {
  readonly value: Flag<string>;
  readonly file: Flag<string>;
}

/** Where a secret is: its value, or else the path of a file; both empty: nowhere. */
export interface Secret {
  readonly value: string;
  readonly path: string;
}

/**
 * The flags of one secret.
 *
 * @param name e.g. `kafka-sasl-password`; `-file` behind it makes the other flag, and it is the credential's name
 * @param key e.g. `sinks[].sasl_password`; `_file` behind it makes the other key
 * @param help what the secret is, e.g. `Password for PLAIN and SCRAM`
 */
export function secretFlags(name: string, key: string, help: string): SecretFlags {
  const value: Flag<string> = {
    name,
    key,
    placeholder: "TEXT",
    default: "",
    secret: true,
    help: `${help}; a file is safer: --${name}-file`,
    parse: anyText,
  };
  const file: Flag<string> = {
    name: `${name}-file`,
    key: `${key}_file`,
    placeholder: "PATH",
    default: "",
    credential: name,
    insteadOf: value,
    help:
      `${help}: the file that holds it, read whenever it is needed. Default: the credential ${name} of systemd's`,
    parse: anyText,
  };
  return { value, file };
}

/** Where the secret is. @throws {FlagError} when both flags are given */
export function secretOf(values: FlagSource, { value, file }: SecretFlags): Secret {
  const secret = { value: values.get(value), path: values.get(file) };
  if (secret.value === "" || secret.path === "") return secret;
  throw new FlagError(
    `found both ${environmentName(value)} (${keyName(value)}) and --${file.name} (${
      keyName(file)
    }), expected one of them`,
  );
}

/** For messages: how to give one that is missing. */
export function askFor({ value, file }: SecretFlags): string {
  return `${nameAndKey(file)} or ${environmentName(value)}`;
}

function keyName({ key = "" }: Flag): string {
  return key.split(".").at(-1)!;
}

export function isGiven({ value, path }: Secret): boolean {
  return value !== "" || path !== "";
}
