/** The page with the picture of these sources, `[path, text]` each, between its two marks. */
export function withPicture(page: string, sources: readonly (readonly [file: string, text: string])[]): string;
