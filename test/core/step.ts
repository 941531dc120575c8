/** One step of a walk under rules: what happens, to which change and deployment, by whom, how it ends, and how long it takes. */
export interface Step {
  readonly kind: string;
  readonly n: number;
  readonly back: number;
  readonly by: string;
  readonly good: boolean;
  readonly minutes: number;
}
