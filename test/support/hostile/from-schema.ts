/** Values of a contract's shape, every text in them a stranger's. A field that is added later is among them. */
import fc from "fast-check";
import type { z } from "zod";
import { hostileText } from "./words.ts";

type Schema = z.core.$ZodType;
type Definition = z.core.$ZodTypes["_zod"]["def"];

/** Whatever a text is held to is left out: what is printed must not rest upon it. */
export function hostile(schema: Schema): fc.Arbitrary<unknown> {
  const definition = (schema as z.core.$ZodTypes)._zod.def as Definition;
  switch (definition.type) {
    case "string":
      return hostileText;
    case "unknown":
    case "any":
      return fc.oneof(
        hostileText,
        fc.array(hostileText, { maxLength: 2 }),
        fc.record({ inner: hostileText }),
      );
    case "number":
      return fc.nat({ max: 2 ** 31 - 1 });
    case "boolean":
      return fc.boolean();
    case "literal":
      return fc.constantFrom(...definition.values);
    case "enum":
      return fc.constantFrom(...Object.values(definition.entries));
    case "null":
      return fc.constant(null);
    case "object":
      return fc.record(
        Object.fromEntries(Object.entries(definition.shape).map(([name, inner]) => [name, hostile(inner)])),
      );
    case "array":
      return fc.array(hostile(definition.element), { minLength: 1, maxLength: 2 });
    case "record":
      return fc.dictionary(hostileText, hostile(definition.valueType), { minKeys: 1, maxKeys: 2 });
    case "union":
      return fc.oneof(...definition.options.map(hostile));
    case "nullable":
      return fc.option(hostile(definition.innerType), { freq: 4 });
    case "optional":
      return fc.option(hostile(definition.innerType), { freq: 4, nil: undefined });
    case "default":
    case "nonoptional":
    case "readonly":
    case "catch":
      return hostile(definition.innerType);
    case "pipe":
      return hostile(definition.in);
    default:
      throw new Error(`What a stranger puts into a ${definition.type} is not known: add it here.`);
  }
}
