import { Breaks } from './breaks.js';
import { Ledger } from './ledger.js';
import { usePage } from './page-context.js';
import { Push } from './push.js';
import { Commits, Runs } from './runs.js';

export type Tab = 'github' | 'breaks';

/** What happens behind the workspace, and what a visitor can trigger there. */
export function Behind({ tab, openTab }: { tab: Tab; openTab: (tab: Tab) => void }) {
  const { faults, bot } = usePage().shown;
  const on = faults.filter((fault) => fault.on).length + bot.replicas.filter((one) => one.state === 'killed').length;
  const choice = (one: Tab, words: string, count = 0) => (
    <button
      type="button"
      role="tab"
      id={`tab-${one}`}
      aria-selected={tab === one}
      aria-controls="behind-tab"
      tabIndex={tab === one ? 0 : -1}
      onClick={() => openTab(one)}
      onKeyDown={({ key, currentTarget }) => {
        if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
        const other = currentTarget.nextElementSibling ?? currentTarget.previousElementSibling;
        if (other instanceof HTMLElement) other.focus();
        openTab(one === 'github' ? 'breaks' : 'github');
      }}
    >
      {words}
      {count > 0 ? (
        <span className="badge">
          {count}
          <span className="aside"> on</span>
        </span>
      ) : null}
    </button>
  );
  return (
    <section className="behind" aria-label="Behind the scenes">
      <Push />
      <div className="tabs" role="tablist" aria-label="Behind the scenes">
        {choice('github', 'GitHub')}
        {choice('breaks', 'Break it', on)}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <div className="scrolls" id="behind-tab" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === 'github' ? (
          <>
            <Runs />
            <Commits />
          </>
        ) : (
          <Breaks />
        )}
      </div>
      <Ledger />
    </section>
  );
}
