import { arrow, autoUpdate, flip, offset, shift, useFloating } from '@floating-ui/react-dom';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Shown } from '../demo/shown.js';
import type { Tab } from './behind.js';
import type { Side } from './page-context.js';
import { keep, kept } from './remembered.js';
import { beginning, channelOf, type Memory, MOMENTS, type Moment, next, SERVICE } from './tour-moments.js';

/** Offered to a first-time visitor; then at a moment, or over. */
type State = 'offered' | 'over' | Memory;

/** Where the tour is. It advances by itself, even after a reload, and turns the page to where it points. */
export function useTour(
  shown: Shown,
  page: {
    be: (user: string) => void;
    go: (place: string) => void;
    setSide: (side: Side) => void;
    pushTo: (service: string) => void;
  },
) {
  const [state, setState] = useState<State>(() => remembered(shown.demo));
  const [tab, openTab] = useState<Tab>('github');
  const { be, go, setSide, pushTo } = page;
  const memory = typeof state === 'object' ? state : null;
  const moment = memory ? MOMENTS[memory.at] : undefined;
  useEffect(() => keep('tour', JSON.stringify(state)), [state]);
  useEffect(() => {
    const further = memory && next(shown, memory);
    if (further) setState(further);
  }, [shown, memory]);
  const channel = memory ? channelOf(shown, memory.second ?? memory.first) : null;
  useEffect(() => {
    if (!moment) return;
    if (moment.side === 'slack' && channel) go(channel);
    setSide(moment.side);
    pushTo(SERVICE);
    if (moment.tab) openTab(moment.tab);
  }, [moment, channel, go, setSide, pushTo]);
  return {
    tab,
    openTab,
    memory,
    moment,
    offered: state === 'offered',
    start: useCallback(() => {
      be('U0ALICE');
      go('C0SHOP');
      setState(beginning(shown));
    }, [be, go, shown]),
    end: useCallback(() => setState('over'), []),
  };
}

/** A tour begun in another start of the demo is offered again; one that was taken or skipped is over. */
function remembered(demo: string): State {
  try {
    const state = JSON.parse(kept('tour') ?? '"offered"') as State;
    return typeof state === 'string' || (MOMENTS[state.at] && state.demo === demo) ? state : 'offered';
  } catch {
    return 'offered';
  }
}

/** The coach: a small card beside what it is about. It blocks nothing, and waits while a dialog asks. */
export function Tour({ tour }: { tour: ReturnType<typeof useTour> }) {
  const { memory, moment, offered, start, end } = tour;
  if (offered) return <Offer start={start} end={end} />;
  if (!memory || !moment) return null;
  const last = memory.at === MOMENTS.length - 1;
  return (
    <Coach key={moment.id} selector={moment.target(memory)} moment={moment}>
      <p className="steps" aria-hidden="true">
        {[1, 2, 3, 4, 5].map((step) => (
          <span key={step} data-done={step < moment.step || last} data-now={step === moment.step && !last} />
        ))}
      </p>
      <h2>
        <span className="aside">{last ? 'Done' : `Step ${moment.step} of 5`}</span> {moment.title}
      </h2>
      <p>{moment.words}</p>
      <div className="ends">
        <button type="button" className="quiet" onClick={end}>
          {last ? 'Close' : 'Skip the tour'}
        </button>
      </div>
    </Coach>
  );
}

function Offer({ start, end }: { start: () => void; end: () => void }) {
  return (
    <section className="coach offer" aria-label="Tour">
      <h2>Release a change by a button</h2>
      <p>
        This is the whole product on your machine. Push a change, press its Deploy button in Slack, and watch what
        happens behind. The tour takes a minute.
      </p>
      <div className="ends">
        <button type="button" className="quiet" onClick={end}>
          Look around
        </button>
        <button type="button" className="primary" onClick={start}>
          Take the tour
        </button>
      </div>
    </section>
  );
}

function Coach({ selector, moment, children }: { selector: string; moment: Moment; children: React.ReactNode }) {
  const target = useTarget(selector);
  const reference = useMemo(() => (target ? besideOf(target) : null), [target]);
  const tip = useRef<HTMLSpanElement>(null);
  const { refs, floatingStyles, middlewareData, placement } = useFloating({
    strategy: 'fixed',
    placement: target?.closest('[data-card]') ? 'top' : 'left',
    elements: { reference },
    whileElementsMounted: autoUpdate,
    middleware: [
      offset(14),
      flip({ fallbackPlacements: moment.below ? ['bottom', 'top'] : ['top', 'bottom'], padding: 8 }),
      shift({ padding: 8 }),
      arrow({ element: tip, padding: 12 }),
    ],
  });
  useLayoutEffect(() => {
    target?.setAttribute('data-pointed-at', '');
    target?.scrollIntoView({ block: 'nearest' });
    return () => target?.removeAttribute('data-pointed-at');
  }, [target]);
  const { x, y } = middlewareData.arrow ?? {};
  return (
    <section
      className={target ? 'coach' : 'coach adrift'}
      aria-label="Tour"
      aria-live="polite"
      data-moment={moment.id}
      data-does={moment.does}
      ref={refs.setFloating}
      style={target ? floatingStyles : undefined}
    >
      {children}
      {target ? <span className={`tip ${placement}`} ref={tip} style={{ left: x, top: y }} aria-hidden="true" /> : null}
    </section>
  );
}

/**
 * What the coach stands beside: the whole card, so that its text stays readable while its button is marked; and on the
 * right side of the page at that side's edge, so that nothing there is covered.
 */
function besideOf(target: Element) {
  const card = target.closest('[data-card]');
  if (card) return card;
  const edge = target.closest('.behind') ?? target;
  return {
    contextElement: target,
    getBoundingClientRect: () => {
      const { y, right, height } = target.getBoundingClientRect();
      const { left } = edge.getBoundingClientRect();
      return new DOMRect(left, y, right - left, height);
    },
  };
}

/** The element pointed at now; the page may redraw it at any time. */
function useTarget(selector: string): Element | null {
  const [target, setTarget] = useState<Element | null>(null);
  useEffect(() => {
    const look = () => setTarget(visible(selector));
    look();
    const observer = new MutationObserver(look);
    observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['data-side'] });
    return () => observer.disconnect();
  }, [selector]);
  return target;
}

const visible = (selector: string): Element | null => {
  const found = document.querySelector(selector);
  return found?.checkVisibility() ? found : null;
};
