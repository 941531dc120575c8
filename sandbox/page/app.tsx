import { useCallback, useMemo, useState } from 'react';
import type { Shown } from '../demo/shown.js';
import { post } from './act.js';
import { Behind } from './behind.js';
import { Conversation } from './conversation.js';
import { useKeepFocus } from './focus.js';
import { useLive } from './live.js';
import { Modal } from './modal.js';
import { PageProvider, type Side } from './page-context.js';
import { useWhereabouts } from './remembered.js';
import { Sidebar } from './sidebar.js';
import { Thread } from './thread.js';
import { TopBar } from './top-bar.js';
import { Tour, useTour } from './tour.js';
import { Trouble, useToast } from './trouble.js';

/** The whole page: a workspace on the left, what happens behind it on the right, the tour above both. */
export function App() {
  const { user, place, be, go } = useWhereabouts();
  const { seen, answers } = useLive(
    user,
    useCallback(() => be('U0ALICE'), [be]),
  );
  const toast = useToast();
  if (!seen) return <Waiting answers={answers} />;
  return (
    <Workspace key={seen.shown.demo} shown={seen.shown} user={seen.user} place={place} be={be} go={go} toast={toast}>
      <Trouble answers={answers} words={toast.words} />
    </Workspace>
  );
}

function Workspace(props: {
  shown: Shown;
  user: string;
  place: string;
  be: (user: string) => void;
  go: (place: string) => void;
  toast: ReturnType<typeof useToast>;
  children: React.ReactNode;
}) {
  const { shown, user, be, go } = props;
  const { tell } = props.toast;
  const [side, setSide] = useState<Side>('slack');
  const [thread, openThread] = useState<string | null>(null);
  const [pushesTo, pushTo] = useState('');
  const place = props.place === 'home' ? 'home' : channelOf(shown, props.place);
  const me = shown.people.find((one) => one.id === user) ?? shown.people[0];
  const goTo = useCallback(
    (next: string) => {
      openThread(null);
      setSide('slack');
      go(next);
    },
    [go],
  );
  const closeThread = (ts: string) => {
    openThread(null);
    document.querySelector<HTMLElement>(`[data-ts="${ts}"] .replies`)?.focus();
  };
  const act = useCallback(
    async (action: string, body: object) => {
      const wrong = await post(action, body);
      if (wrong) tell(wrong);
      return wrong === null;
    },
    [tell],
  );
  const page = useMemo(
    () => (me ? { shown, me, place, go: goTo, act, tell, pushesTo, pushTo, openThread } : null),
    [shown, me, place, goTo, act, tell, pushesTo],
  );
  const tour = useTour(shown, { be, go: goTo, setSide, pushTo });
  useKeepFocus(shown);
  if (!page) return <Waiting answers={true} />;
  return (
    <PageProvider value={page}>
      <div className="frame" data-side={side}>
        <TopBar be={be} restartTour={tour.start} />
        <Sidebar />
        <main>
          <Conversation />
          {thread ? <Thread ts={thread} close={() => closeThread(thread)} /> : null}
          <Behind tab={tour.tab} openTab={tour.openTab} />
        </main>
        <Sides side={side} setSide={setSide} />
      </div>
      <Modal />
      <Tour tour={tour} />
      {props.children}
    </PageProvider>
  );
}

const channelOf = (shown: Shown, id: string): string =>
  (shown.channels.find((one) => one.id === id) ?? shown.channels[0])?.id ?? 'home';

function Sides({ side, setSide }: { side: Side; setSide: (side: Side) => void }) {
  const choice = (one: Side, words: string) => (
    <button type="button" aria-current={side === one ? 'page' : undefined} onClick={() => setSide(one)}>
      {words}
    </button>
  );
  return (
    <nav className="sides" aria-label="Parts of the page">
      {choice('slack', 'Slack')}
      {choice('behind', 'Behind the scenes')}
    </nav>
  );
}

function Waiting({ answers }: { answers: boolean }) {
  return (
    <main className="no-demo" aria-live="polite">
      <h1>Pushbutton demo</h1>
      <p>{answers ? 'Starting. It takes a few seconds.' : 'The demo does not answer. Is it still running?'}</p>
    </main>
  );
}
