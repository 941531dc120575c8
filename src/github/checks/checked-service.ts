/** What the checks need to know about a service in the config. */
export interface CheckedService {
  readonly name: string;
  /** owner/name */
  readonly repository: string;
  readonly branch: string;
  readonly paths?: readonly string[];
  readonly staging: { readonly workflow: string };
  readonly production: {
    readonly workflow: string;
    readonly ref: string;
    readonly inputs: Readonly<Record<string, string>>;
  };
  readonly approvals: { readonly required: number; readonly authors: boolean };
}
