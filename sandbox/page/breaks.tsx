import type { FaultSwitch, Replica } from '../demo/shown.js';
import { Clock } from './clock.js';
import { usePage } from './page-context.js';

/** The replicas, one of which can be killed; the clock; and what can be made to go wrong, each with what to look for. */
export function Breaks() {
  const { faults, bot } = usePage().shown;
  return (
    <>
      <section aria-labelledby="replicas-title">
        <h2 id="replicas-title">Two replicas of the bot, one database</h2>
        <ul className="replicas">
          {bot.replicas.map((replica) => (
            <OneReplica key={replica.name} replica={replica} />
          ))}
        </ul>
        <p className="none">
          Kill the one that is called in the middle of a deployment: the other goes on where it died, and there is still
          one run.
        </p>
      </section>
      <Clock />
      <section aria-labelledby="faults-title">
        <h2 id="faults-title">Switch a fault on, then press Deploy</h2>
        <ul className="faults">
          {faults.map((fault) => (
            <Fault key={fault.id} fault={fault} />
          ))}
        </ul>
      </section>
    </>
  );
}

function Fault({ fault }: { fault: FaultSwitch }) {
  const { act } = usePage();
  const { id, label, explains, on, kind, met } = fault;
  return (
    <li>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-describedby={`about-${id}`}
        data-tour={id}
        onClick={() => act('fault', { id, on: !on })}
      >
        <span className="track" aria-hidden="true" />
        {label}
        {kind === 'once' ? <span className="aside">once</span> : null}
      </button>
      <p className="aside" id={`about-${id}`}>
        {explains}
        {on && met ? <strong> Met {met === 1 ? 'once' : `${met} times`} so far.</strong> : null}
      </p>
    </li>
  );
}

function OneReplica({ replica }: { replica: Replica }) {
  const { act } = usePage();
  const { name, state, receives, pid } = replica;
  return (
    <li data-state={state}>
      <span className="dot" aria-hidden="true" />
      <p>
        <strong>{name}</strong> {state}
        <span className="aside">
          {[pid === null ? null : `pid ${pid}`, receives ? 'Slack and GitHub call it' : null]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </p>
      {receives && state === 'running' ? (
        <button type="button" className="danger" data-tour="kill" onClick={() => act('kill', { replica: name })}>
          Kill this replica
        </button>
      ) : null}
    </li>
  );
}
