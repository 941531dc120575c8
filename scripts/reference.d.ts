/** The document with the reference of this schema between its two marks. */
export function withReference(document: string, schema: unknown): string;
