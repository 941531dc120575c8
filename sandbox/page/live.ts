import { useEffect, useState } from 'react';
import type { Shown } from '../demo/shown.js';

const againMs = 1_000;

/** What a person saw last, and who that is. */
export interface Seen {
  user: string;
  shown: Shown;
}

/**
 * What this person sees, as the demo tells it, and whether the demo answers. What was seen last stays while it does not, and
 * until the demo has told what a new person sees. `gone` is called when the demo knows no such person.
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
        // The browser tries again by itself after a broken line, but never after an answer that is no stream.
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
