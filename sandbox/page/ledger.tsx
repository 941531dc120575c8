import type { LedgerLine } from '../demo/shown.js';
import { usePage } from './page-context.js';

/** The ledger as it grows: each line carries the hash of the one before, drawn as a chain. */
export function Ledger() {
  const { ledger } = usePage().shown;
  return (
    <section className="ledger" aria-labelledby="ledger-title" data-tour="ledger">
      <h2 id="ledger-title">
        Ledger <span className="aside">each line is sealed with the hash of the one before</span>
      </h2>
      {ledger.length === 0 ? <p className="none">Nothing was decided yet.</p> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <ol className="scrolls" aria-labelledby="ledger-title" tabIndex={0}>
        {ledger.map((line, index) => (
          <Line key={line.seq} line={line} previous={ledger[index + 1]?.hash} />
        ))}
      </ol>
    </section>
  );
}

function Line({ line, previous }: { line: LedgerLine; previous: string | undefined }) {
  const { shown } = usePage();
  const { seq, at, actor, kind, service, sha, reason, hash } = line;
  const when = new Date(at).toLocaleTimeString([], { hourCycle: 'h23' });
  return (
    <li data-kind={kind}>
      <span className="seq">{seq}</span>
      <div>
        <p className="title">
          <strong>{kind}</strong> {[service, sha?.slice(0, 7)].filter(Boolean).join(' ')}
        </p>
        <p className="aside">
          by {nameOf(actor, shown.names)} · {when}
          {reason ? ` · ${reason}` : ''}
        </p>
      </div>
      <p className="hashes">
        <code title={`hash ${hash}`}>{hash.slice(0, 7)}</code>
        <code className="previous">{previous ? `← ${previous.slice(0, 7)}` : seq === 1 ? 'the first' : ''}</code>
      </p>
    </li>
  );
}

const nameOf = (actor: string, names: Readonly<Record<string, string>>) =>
  names[actor] ?? (actor === 'pushbutton' ? 'Pushbutton' : actor.replace(/^github:(.*)$/, '$1 on GitHub'));
