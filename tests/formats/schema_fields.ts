/** Which fields a JSON Schema describes, and which of them a valid value has; both named `definition/field/field inside it`. */

/** The keywords that the schema of records uses, as far as they matter here. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

/** All fields of all definitions. */
export function describedFields(schema: Schema): Set<string> {
  const fields = new Set<string>();
  for (const [name, definition] of Object.entries(schema.$defs ?? {})) {
    addFields(definition, name, fields);
  }
  return fields;
}

function addFields(node: Schema, path: string, fields: Set<string>): void {
  for (const [name, inner] of Object.entries(node.properties ?? {})) {
    fields.add(`${path}/${name}`);
    addFields(inner, `${path}/${name}`, fields);
  }
  for (const inner of partsOf(node)) addFields(inner, pathOf(inner, path), fields);
}

/** The fields that a valid line of output has. */
export class SeenFields {
  readonly seen = new Set<string>();
  readonly #schema: Schema;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** Adds those of a line. */
  add(line: { readonly msg_type: unknown; readonly msg_data: unknown }): void {
    const branch = this.#schema.allOf!.find((it) =>
      it.if!.properties!["msg_type"]!.const === line.msg_type
    );
    this.#note(branch!.then!.properties!["msg_data"]!, "", line.msg_data);
  }

  #note(node: Schema, path: string, value: unknown): void {
    if (node.$ref !== undefined) {
      const name = node.$ref.split("/").at(-1)!;
      this.#note(this.#schema.$defs![name]!, name, value);
    }
    if (Array.isArray(value)) {
      for (const item of value) if (node.items !== undefined) this.#note(node.items, path, item);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    for (const part of [...node.allOf ?? [], ...node.anyOf ?? [], ...node.oneOf ?? []]) {
      const kind = kindOf(part);
      if (kind === undefined || kind === value["kind" as never]) {
        this.#note(part, pathOf(part, path), value);
      }
    }
    for (const [name, inner] of Object.entries(value)) {
      const described = node.properties?.[name];
      if (described !== undefined) {
        this.seen.add(`${path}/${name}`);
        this.#note(described, `${path}/${name}`, inner);
      }
      for (const pattern of Object.values(node.patternProperties ?? {})) {
        this.#note(pattern, path, inner);
      }
    }
  }
}

/** Subschemas that describe the same value or its items; `if`, `then` and `else` only restrict. */
function partsOf(node: Schema): Schema[] {
  return [
    ...node.allOf ?? [],
    ...node.anyOf ?? [],
    ...node.oneOf ?? [],
    ...Object.values(node.patternProperties ?? {}),
    ...(node.items === undefined ? [] : [node.items]),
  ];
}

/** One of several kinds has fields of its own. */
function pathOf(node: Schema, path: string): string {
  const kind = kindOf(node);
  return kind === undefined ? path : `${path}/${kind}`;
}

function kindOf(node: Schema): string | undefined {
  return node.properties?.["kind"]?.const as string | undefined;
}
