import type { Phrase } from './rich.js';

/** People and groups as mentions, which call them; for those from the config, or who took part in a deployment. */
export function mentions(ids: readonly string[]): Phrase {
  return ids.flatMap((id, index): Phrase => {
    const mention = id.startsWith('S')
      ? ({ type: 'usergroup', usergroup_id: id } as const)
      : ({ type: 'user', user_id: id } as const);
    return index === 0 ? [mention] : [' ', mention];
  });
}
