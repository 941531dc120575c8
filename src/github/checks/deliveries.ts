import { ok, skipped, type Verdict, wrong } from '../../core/check.js';
import type { Delivery } from './look.js';

/**
 * Judges a webhook's recent deliveries, newest first. Failures after the last success are wrong; older ones are only
 * mentioned, since the poll has made up for them. While no replica runs (`replicas` is 0), none could have answered.
 */
export function deliveriesVerdict(
  deliveries: readonly Delivery[],
  { replicas, now }: { replicas: number | null; now: number },
): Verdict {
  const ours = deliveries.filter(({ event }) => event === 'workflow_run' || event === 'workflow_job');
  const [newest] = ours;
  if (!newest) return ok('none yet');
  const arrived = (one: Delivery) => one.status_code >= 200 && one.status_code < 300;
  const failed = ours.filter((one) => !arrived(one));
  const last = failed[0];
  if (!last) return ok(`the last ${ours.length} arrived, the newest ${ago(newest, now)}`);
  const words = `${last.status_code || ''} ${last.status}`.trim();
  if (arrived(newest))
    return ok(
      `the newest arrived; ${failed.length} of the last ${ours.length} failed, the latest ${ago(last, now)} with ${words}`,
    );
  const unanswered = last.status_code === 0 || last.status_code >= 500;
  if (unanswered && replicas === 0)
    return skipped(`the newest failed (${words}), and Pushbutton is not running: start it, then press Redeliver`);
  const sinceLast = ours.findIndex(arrived);
  const count = sinceLast < 0 ? ours.length : sinceLast;
  return wrong(
    `${count === 1 ? 'the newest' : `the newest ${count}`} failed, ${ago(last, now)} with ${words}`,
    mendOf(last.status_code),
  );
}

function mendOf(status: number): string {
  if (status === 401) return 'Put the same secret into the webhook and GITHUB_WEBHOOK_SECRET, and restart Pushbutton.';
  if (status === 400) return "Set the webhook's content type to application/json.";
  if (status === 404 || status === 405)
    return 'Point the webhook to Pushbutton, with a URL that ends in /github/webhooks.';
  if (status === 413) return 'Let the proxy in front of Pushbutton pass bodies of up to 25 MB, as GitHub sends them.';
  if (status === 503) return 'Pushbutton could not save it: see the database above.';
  if (status >= 300 && status < 400) return 'GitHub follows no redirects: put the final address into the webhook.';
  return 'Make sure that GitHub can reach Pushbutton: it must be running, at that address, with a valid TLS certificate.';
}

function ago({ delivered_at }: Delivery, now: number): string {
  const minutes = Math.round((now - Date.parse(delivered_at)) / 60_000);
  if (Number.isNaN(minutes) || minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1_440)} days ago`;
}
