import { usePage } from './page-context.js';
import { clock, useNow } from './times.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The demo's time, which can be moved forward: an hour of waiting takes a moment. */
export function Clock() {
  const { act } = usePage();
  const now = useNow(true);
  const at = new Date(now);
  const move = (byMs: number) => act('clock', { byMs });
  return (
    <section aria-labelledby="clock-title" className="clock">
      <h2 id="clock-title">Clock</h2>
      <p>
        <time dateTime={at.toISOString()}>
          {at.toLocaleDateString([], { weekday: 'short', day: 'numeric', month: 'short' })} <strong>{clock(at)}</strong>
        </time>
      </p>
      <div className="buttons">
        <button type="button" aria-describedby="about-clock" onClick={() => move(5 * MINUTE_MS)}>
          5 min on
        </button>
        <button type="button" aria-describedby="about-clock" onClick={() => move(HOUR_MS)}>
          1 h on
        </button>
        <button type="button" aria-describedby="about-clock" onClick={() => move(toNextMorning(now))}>
          Next day 09:00
        </button>
      </div>
      <p className="aside" id="about-clock">
        It goes forward only. Deadlines and the daily digest at 09:00 follow it; runs take as long as they take.
      </p>
    </section>
  );
}

/** Milliseconds until 09:00 on the day after this moment, in the reader's own zone. */
function toNextMorning(now: number): number {
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  return morning.setHours(9, 0, 0, 0) - now;
}
