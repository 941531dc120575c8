import { useCallback, useState } from 'react';

/** Who I am and where, kept in the address, so that a reload or a copied address leads back; who, in the browser too. */
export function useWhereabouts(): {
  user: string;
  place: string;
  be: (user: string) => void;
  go: (place: string) => void;
} {
  const [at, setAt] = useState(() => {
    const asked = new URLSearchParams(location.search);
    return { user: asked.get('user') ?? kept('who') ?? 'U0ALICE', place: asked.get('at') ?? 'C0SHOP' };
  });
  const change = useCallback((next: Partial<typeof at>) => {
    setAt((before) => {
      const after = { ...before, ...next };
      history.replaceState(null, '', `?${new URLSearchParams({ user: after.user, at: after.place })}`);
      return after;
    });
    if (next.user) keep('who', next.user);
  }, []);
  return {
    ...at,
    be: useCallback((user: string) => change({ user }), [change]),
    go: useCallback((place: string) => change({ place }), [change]),
  };
}

/** A value kept in this browser; null if there is none, or if the browser keeps nothing. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`pushbutton ${name}`);
  } catch {
    return null;
  }
}

/** Keeps a value in this browser, if it allows that. */
export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`pushbutton ${name}`, value);
  } catch {
    // A browser that keeps nothing starts afresh with each visit; nothing else is lost.
  }
}
