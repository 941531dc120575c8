import { useEffect, useState } from 'react';
import type { Shown } from '../demo/shown.js';

const againMs = 1_000;

/** What a person saw last, and who they are. */
export interface Seen {
  user: string;
  shown: Shown;
}

/**
 * What this person sees, as the demo reports it, and whether the demo answers. The last state stays while it does not,
 * and until the demo has sent the state of a new person. `gone` is called when the demo knows no such person.
 */
export function useLive(user: string, gone: () => void): { seen: Seen | null; answers: boolean } {
  const [seen, setSeen] = useState<Seen | null>(null);
  const [answers, setAnswers] = useState(true);
  useEffect(() => {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(`/api/events?user=${encodeURIComponent(user)}`);
      source.onmessage = ({ data }) => {
        setSeen({ user, shown: JSON.parse(data) as Shown });
        setAnswers(true);
      };
      source.onerror = () => {
        // The browser reconnects after a broken connection, but never after an answer that is not a stream.
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(again, againMs);
        else setAnswers(false);
      };
    };
    const again = () =>
      fetch(`/api/state?user=${encodeURIComponent(user)}`).then(
        ({ status }) => (status === 409 ? gone() : open()),
        () => {
          setAnswers(false);
          timer = setTimeout(again, againMs);
        },
      );
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [user, gone]);
  return { seen, answers };
}
