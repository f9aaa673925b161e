/**
 * The JSON Schema (draft 7, which editors know best) of our configuration file, for completion and checks while one writes.
 *
 * It is as strict as the loader about names, and knows the usual forms of values; what a value means, only the loader checks.
 */
import type { Variants } from "./config_file.ts";
import { type Accepts, defaultOf, type Flag } from "./flag.ts";
import { keyTree, type Section } from "./key_tree.ts";

export interface JsonSchema {
  readonly [name: string]: unknown;
}

/** The schema of a file of these settings. */
export function configSchema(settings: readonly Flag[], variants: readonly Variants[]): JsonSchema {
  const root = sectionSchema(keyTree(settings), variants, "");
  const { properties, ...rest } = root as { properties: JsonSchema };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Configuration of edgebmp",
    ...rest,
    required: ["version"],
    properties: {
      version: { const: 1, description: "Version of the file's format" },
      ...properties,
    },
  };
}

function sectionSchema(
  { flags, sections, lists }: Section,
  variants: readonly Variants[],
  path: string,
): JsonSchema {
  const properties: Record<string, unknown> = {};
  for (const [name, flag] of flags) properties[name] = flagSchema(flag);
  for (const [name, section] of sections) properties[name] = sectionSchema(section, [], "");
  for (const [name, section] of lists) {
    const items = sectionSchema(section, variants.filter(({ list }) => list === name), name);
    properties[name] = { type: "array", minItems: 1, items };
  }
  const rules = variants.flatMap((each) => variantRules(each, properties, path));
  return {
    type: ["object", "null"],
    additionalProperties: false,
    properties,
    ...(rules.length > 0 && { allOf: rules }),
  };
}

/**
 * Rules by the value of a deciding key. A key of variants stands among the properties as allowed, and each variant says what it is there:
 * its schema, or nothing at all.
 */
function variantRules(
  { list, flag, flags }: Variants,
  properties: Record<string, unknown>,
  path: string,
): JsonSchema[] {
  const inList = (flag: Flag) => flag.key!.slice(`${list}[].`.length).split(".");
  const names = new Set([...flags.values()].flat().map((flag) => inList(flag)[0]!));
  for (const name of names) properties[name] = true;
  const [decider] = inList(flag) as [string];
  return [...flags].map(([value, own]) => {
    const tree = keyTree(own).lists.get(path);
    const of = (tree === undefined ? {} : sectionSchema(tree, [], "").properties) as JsonSchema;
    const chosen = { properties: { [decider]: { const: value } } };
    return {
      if: value === defaultOf(flag) ? chosen : { ...chosen, required: [decider] },
      then: { properties: Object.fromEntries([...names].map((name) => [name, of[name] ?? false])) },
    };
  });
}

function flagSchema({ help, default: text, list, parse, secret }: Flag): JsonSchema {
  const { accepts } = parse;
  const one = valueSchema(accepts);
  const schema = list ? { anyOf: [{ type: "array", items: one }, one] } : one;
  const value = text === "" || secret ? undefined : defaultValue(text, accepts);
  return { description: help, ...schema, ...(value !== undefined && { default: value }) };
}

function valueSchema(accepts: Accepts | undefined): JsonSchema {
  switch (accepts?.kind) {
    case undefined:
      return { type: ["string", "number", "boolean"] };
    case "boolean":
      return { enum: [true, false, "true", "false"] };
    case "words":
      // Unquoted, a version is a number.
      return {
        enum: accepts.words.flatMap((word) => /^[\d.]+$/.test(word) ? [word, +word] : word),
      };
    case "integer":
      return { type: "integer", minimum: accepts.min, maximum: accepts.max };
    case "size":
      return {
        anyOf: [
          { type: "integer", minimum: accepts.min, maximum: accepts.max },
          { type: "string", pattern: "^[0-9][0-9_]*([KMG]iB)?$" },
        ],
      };
  }
}

function defaultValue(text: string, accepts: Accepts | undefined): unknown {
  if (accepts?.kind === "boolean") return text === "true";
  if (accepts?.kind !== "integer" && accepts?.kind !== "size") return text;
  return /^-?\d+$/.test(text) ? Number(text) : text;
}
