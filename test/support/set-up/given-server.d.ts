/** What is wrong with the server at this address, in one line without the password; undefined if the tests can use it. */
export function problemOfServer(url: string): Promise<string | undefined>;
