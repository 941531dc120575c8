import { useCallback, useLayoutEffect, useRef, useState } from 'react';

const shownMs = 7_000;

/** What the person is told for a while, such as why a press was not possible. */
export function useToast(): { words: string; tell: (words: string) => void } {
  const [words, setWords] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = useCallback((next: string) => {
    clearTimeout(timer.current);
    setWords(next);
    timer.current = setTimeout(() => setWords(''), shownMs);
  }, []);
  return { words, tell };
}

/** Says that the demo does not answer, else the last message; above a dialog too. */
export function Trouble({ answers, words }: { answers: boolean; words: string }) {
  const shown = answers ? words : 'The demo does not answer. Is it still running? This page goes on when it is back.';
  const note = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (shown === '') return;
    const drawn = note.current;
    drawn?.showPopover();
    return () => drawn?.hidePopover();
  }, [shown]);
  return (
    <div className="trouble" role="alert" popover="manual" ref={note}>
      {shown}
    </div>
  );
}
