import { memo } from 'react';
import { Message as Renderer } from 'slack-blocks-to-jsx';
import type { Json } from '../demo/shown.js';
import { type BlockButton, Buttons } from './buttons.js';
import { literal } from './literal.js';
import { usePage } from './page-context.js';
import { clock, day } from './times.js';

type Rendered = React.ComponentProps<typeof Renderer>;

/** What a button is called where it is pressed: its action id, and its value where several have the same. */
const named = (blocks: Json[], { action_id: id, value }: BlockButton): string => {
  const same = blocks.flatMap((block) => (block.elements ?? []) as BlockButton[]).filter((one) => one.action_id === id);
  return same.length > 1 ? `${id}:${value}` : id;
};

/**
 * Block Kit as Slack draws it. `press` gets what a button is called once it is pressed and, if it asks, confirmed.
 * The renderer has no callbacks, so buttons are drawn here; headers too, since it reads them as markup.
 */
export const Blocks = memo(
  function Blocks({ blocks, press: pressed }: { blocks: Json[]; press: (button: string) => Promise<unknown> }) {
    const press = (button: BlockButton) => pressed(named(blocks, button));
    return (
      <div className="blocks">
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block has no other name, and its place is what it is
          <Block key={index} block={block} press={press} />
        ))}
      </div>
    );
  },
  (before, after) => JSON.stringify(before.blocks) === JSON.stringify(after.blocks),
);

function Block({ block, press }: { block: Json; press: (button: BlockButton) => Promise<unknown> }) {
  const beside = block.accessory as BlockButton | undefined;
  switch (block.type) {
    case 'actions':
      return <Buttons elements={block.elements as BlockButton[]} press={press} />;
    case 'header':
      return <h3>{(block.text as { text: string }).text}</h3>;
    case 'divider':
      return <hr />;
    case 'section':
      if (beside?.type !== 'button') return <Drawn block={block} />;
      return (
        <div className="beside">
          <Drawn block={{ ...block, accessory: undefined }} />
          <Buttons elements={[beside]} press={press} />
        </div>
      );
    default:
      return <Drawn block={block} />;
  }
}

function Drawn({ block }: { block: Json }) {
  const { shown, go } = usePage();
  const { names, githubUrl, clock: demo } = shown;
  return (
    <Renderer
      blocks={literal(block) as unknown as Rendered['blocks']}
      name=""
      logo=""
      unstyled
      withoutWrapper
      data={namesOf(names)}
      hooks={{
        link: ({ href, children, className }) => {
          const channel = /\/archives\/(\w+)\/p\d+/.exec(href)?.[1];
          if (channel) return <InSlack open={() => go(channel)}>{children}</InSlack>;
          return (
            <a href={address(href, githubUrl)} target="_blank" rel="noreferrer" className={className}>
              {children}
            </a>
          );
        },
        date: ({ timestamp, format }) => moment(new Date(Number(timestamp) * 1_000), format, Date.now() + demo.movedMs),
      }}
    />
  );
}

/** A link to a message, which Slack opens itself. */
function InSlack({ open, children }: { open: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className="in-slack" onClick={open}>
      {children}
    </button>
  );
}

function namesOf(names: Readonly<Record<string, string>>) {
  const of = (letters: string) =>
    Object.entries(names)
      .filter(([id]) => letters.includes(id.charAt(0)))
      .map(([id, name]) => ({ id, name }));
  return { users: of('UW'), channels: of('CG'), user_groups: of('S') };
}

/** GitHub addresses lead to a page of the demo that says what would be there. */
function address(written: string, githubUrl: string): string {
  if (!/^https?:/i.test(written) || !URL.canParse(written)) return '#';
  const { origin, host, pathname, href } = new URL(written);
  const standIn = origin === new URL(githubUrl).origin || host === 'github.com';
  return standIn ? `/github?path=${encodeURIComponent(pathname)}` : href;
}

function moment(at: Date, format: string, now: number) {
  const words = format
    .replace(/\{date(_short|_long)?(_pretty)?\}/g, day(at, now))
    .replace(/\{time(_secs)?\}/g, clock(at));
  return (
    <time dateTime={at.toISOString()} title={at.toLocaleString()}>
      {words}
    </time>
  );
}
