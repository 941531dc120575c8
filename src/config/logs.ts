import { z } from 'zod';

/** `logs`, for all services or for one, which then decides. */
export const logsKey = (whose: string, otherwise = '') =>
  z
    .boolean({ error: 'true or false' })
    .optional()
    .meta({
      description: `Whether ${whose} may show in Slack what GitHub says of a failed job: its annotations and the lines of its log that say why. See failures.md.${otherwise}`,
    });

export const logsOf = (own: boolean | undefined, ofAll: boolean | undefined): boolean => own ?? ofAll ?? true;
