import { useEffect, useLayoutEffect, useRef } from 'react';

/**
 * Keeps a keyboard user's place: when a redrawn message takes away the button that had the focus, the message itself
 * gets it. Such a container is marked with `data-keeps-focus` and is focusable.
 */
export function useKeepFocus(drawn: unknown): void {
  const last = useRef<{ element: Element; container: HTMLElement | null } | null>(null);
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      if (!(target instanceof Element)) return;
      last.current = { element: target, container: target.closest<HTMLElement>('[data-keeps-focus]') };
    };
    document.addEventListener('focusin', remember);
    return () => document.removeEventListener('focusin', remember);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new drawing may have taken the focused button away
  useLayoutEffect(() => {
    const { element, container } = last.current ?? {};
    if (document.activeElement !== document.body || !element || element.isConnected) return;
    if (container?.isConnected) container.focus({ preventScroll: true });
    last.current = null;
  }, [drawn]);
}
