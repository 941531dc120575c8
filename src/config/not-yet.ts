import { type Problem, shown } from './problems.js';
import { at, rawServices } from './raw.js';

const isAboveZero = (value: unknown) => typeof value === 'number' && value > 0;
const isFilled = (value: unknown) => Array.isArray(value) && value.length > 0;

/**
 * Settings of a service that are understood but not carried out yet, with the values that ask for it. To ignore one in
 * silence would be the worst answer: a deploy that nobody approved. So each ends the start, until its line is deleted
 * together with the work that carries it out.
 */
export const notYet: { setting: string; asks: (value: unknown) => boolean }[] = [
  { setting: 'approvals.required', asks: isAboveZero },
  { setting: 'mode', asks: (value) => value === 'continuous' },
  { setting: 'freezes', asks: isFilled },
  { setting: 'override', asks: isFilled },
  { setting: 'rollback.approvals', asks: isAboveZero },
  { setting: 'max_changes', asks: (value) => value !== undefined },
];

/** A problem for each setting of the file that this version would have to ignore. Takes the file as it was written. */
export function notCarriedOut(file: unknown): Problem[] {
  return rawServices(file).flatMap((service, index) =>
    notYet.flatMap(({ setting, asks }) => {
      const value = at(service, ...setting.split('.'));
      if (!asks(value)) return [];
      return {
        setting: `services[${index}].${setting}`,
        found: shown(value),
        expected: 'nothing: it is not carried out by this version; remove it',
      };
    }),
  );
}
