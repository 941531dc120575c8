import type { RequiredResult } from '../../core/change/results.js';
import type { Asks } from '../../core/deployment/asks.js';
import type { StagePlan } from '../../core/stages/stage.js';

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
    /** What people are asked, if anything. */
    readonly asks?: Asks;
  };
  /** What else than the push run must be green. */
  readonly requires?: readonly RequiredResult[];
  /** Of production, in order; none: production is one. */
  readonly stages: readonly Pick<StagePlan, 'name' | 'workflow' | 'inputs'>[];
  readonly approvals: { readonly required: number; readonly authors: boolean };
}
