import { usePage } from './page-context.js';

/** Changes for the main branch of a service, as the team would push them. */
export function Push() {
  const { shown, act, pushesTo, pushTo } = usePage();
  const service = pushesTo || (shown.services[0]?.name ?? '');
  const push = (outcome: 'passes' | 'fails', count = 1) => act('push', { service, outcome, count });
  return (
    <section className="push" aria-labelledby="push-title">
      <div className="line">
        <h2 id="push-title">Push to main of</h2>
        <div className="segments" role="radiogroup" aria-labelledby="push-title">
          {shown.services.map(({ name }) => (
            <label key={name}>
              <input type="radio" name="service" checked={name === service} onChange={() => pushTo(name)} />
              {name}
            </label>
          ))}
        </div>
      </div>
      <div className="buttons">
        <button type="button" className="primary" data-tour="push" onClick={() => push('passes')}>
          Push a change
        </button>
        <button type="button" onClick={() => push('fails')}>
          One that fails
        </button>
        <button type="button" onClick={() => push('passes', 3)}>
          Three in a row
        </button>
      </div>
    </section>
  );
}
