/** What a GitHub state means at a glance. */
function kindOf(state: string): 'good' | 'bad' | 'moving' | 'waiting' | 'ended' {
  if (state === 'success') return 'good';
  if (['failure', 'timed_out', 'startup_failure'].includes(state)) return 'bad';
  if (state === 'in_progress') return 'moving';
  return ['cancelled', 'skipped', 'neutral', 'stale'].includes(state) ? 'ended' : 'waiting';
}

const paths = {
  good: 'M4.5 8.3 7 10.8 11.5 5.6',
  bad: 'M5.3 5.3 10.7 10.7M10.7 5.3 5.3 10.7',
  ended: 'M5 8H11',
  moving: 'M8 1.5A6.5 6.5 0 0 1 14.5 8',
  waiting: '',
};

/** A round mark for a state, with words for those who do not see it. */
export function Mark({ state }: { state: string }) {
  const kind = kindOf(state);
  return (
    <svg className={`mark ${kind}`} viewBox="0 0 16 16" width="16" height="16" role="img" aria-label={spoken(state)}>
      <circle cx="8" cy="8" r="6.5" />
      <path d={paths[kind]} />
    </svg>
  );
}

/** GitHub's word without its underscores. */
export const spoken = (state: string): string => state.replaceAll('_', ' ');
