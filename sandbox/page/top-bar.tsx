import type { Person } from '../demo/shown.js';
import { Avatar } from './avatar.js';
import { usePage } from './page-context.js';

/** What this page is, the tour, and who I am. */
export function TopBar({ be, restartTour }: { be: (user: string) => void; restartTour: () => void }) {
  return (
    <header className="top">
      <h1>
        <span className="push-mark" aria-hidden="true" /> Pushbutton
      </h1>
      <p>The real bot, between a stand-in Slack and a stand-in GitHub on your machine</p>
      <button type="button" className="quiet" onClick={restartTour}>
        Tour
      </button>
      <WhoIAm be={be} />
    </header>
  );
}

function WhoIAm({ be }: { be: (user: string) => void }) {
  const { me, shown } = usePage();
  return (
    <>
      <button type="button" className="quiet who" popoverTarget="people">
        <Avatar name={me.name} id={me.id} />
        <span>
          <span className="more">You are </span>
          <strong>{me.name}</strong>, {me.role}
        </span>
        <span className="caret" aria-hidden="true" />
      </button>
      <div id="people" popover="auto" role="dialog" aria-label="Who are you?">
        <p>Be somebody else and press the same buttons.</p>
        <ul>
          {shown.people.map((person) => (
            <li key={person.id}>
              <Choice person={person} chosen={person.id === me.id} be={be} />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

function Choice({ person, chosen, be }: { person: Person; chosen: boolean; be: (user: string) => void }) {
  const { id, name, role, may } = person;
  return (
    <button
      type="button"
      aria-current={chosen ? 'true' : undefined}
      popoverTarget="people"
      popoverTargetAction="hide"
      onClick={() => be(id)}
    >
      <Avatar name={name} id={id} />
      <span>
        <strong>{name}</strong> · {role}
        <small>{may}</small>
      </span>
    </button>
  );
}
