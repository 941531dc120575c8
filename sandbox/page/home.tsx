import { useEffect } from 'react';
import { Blocks } from './blocks.js';
import { usePage } from './page-context.js';

/** The App Home tab: opening it tells the bot, which publishes what this person sees there. */
export function Home() {
  const { shown, me, act } = usePage();
  useEffect(() => {
    void act('home', { user: me.id });
  }, [act, me.id]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className="home scrolls" aria-label="Home of Pushbutton" tabIndex={0}>
      {shown.home ? (
        <Blocks blocks={shown.home.blocks} press={(button) => act('press', { viewId: shown.home?.id, button })} />
      ) : (
        <p className="nothing">Pushbutton has published nothing here yet.</p>
      )}
    </section>
  );
}
