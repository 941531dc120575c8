import { type Document, isAlias, isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { z } from 'zod';

/** A scalar as it stands in the file, where YAML would read a number, a truth value, a date or `null`. */
export const written = ({ source, value }: Scalar): unknown => {
  if (typeof value === 'string') return value;
  // Nothing at all, and its sign, are a value that is left out.
  return value === null && (!source || source === '~') ? null : (source ?? value);
};

/**
 * The value of a YAML document with each scalar as its place in the schema wants it: the text that was written where
 * text is accepted (a service may be called 007), otherwise what YAML reads. `value` is `document.toJS()`.
 */
export function asWritten(document: Document, value: unknown, schema: z.ZodType): unknown {
  return readAs(document.contents, value, [schema]);

  function readAs(at: unknown, value: unknown, schemas: readonly z.ZodType[]): unknown {
    const node = isAlias(at) ? at.resolve(document) : at;
    const wanted = schemas.flatMap(plainSchemas);
    if (isScalar(node)) return wanted.some(isText) ? written(node) : value;
    if (isSeq(node) && Array.isArray(value)) {
      const inside = wanted.flatMap((one) => (one instanceof z.ZodArray ? [one.element as z.ZodType] : []));
      return value.map((item, index) => readAs(node.items[index], item, inside));
    }
    if (isMap(node) && typeof value === 'object' && value !== null) {
      const nodes = new Map(node.items.map((pair) => [String(isScalar(pair.key) ? pair.key.value : pair.key), pair]));
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key, readAs(nodes.get(key)?.value, one, under(wanted, key))]),
      );
    }
    return value;
  }
}

/** What may stand below a key. */
const under = (schemas: readonly z.ZodType[], key: string): z.ZodType[] =>
  schemas.flatMap((one) => {
    if (one instanceof z.ZodRecord) return [one.valueType as z.ZodType];
    const of = one instanceof z.ZodObject && Object.hasOwn(one.shape, key) ? one.shape[key] : undefined;
    return of ? [of as z.ZodType] : [];
  });

/** The schema without its defaults, or those of which one has to fit. */
function plainSchemas(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return plainSchemas(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as readonly z.ZodType[]).flatMap(plainSchemas);
  return [schema];
}

const isText = (schema: z.ZodType): boolean => schema instanceof z.ZodString || schema instanceof z.ZodEnum;
