/** What is wrong with the folder, in one line; undefined if it has that many MB left. */
export function problemOfRoom(neededMb: number, folder?: string): string | undefined;
