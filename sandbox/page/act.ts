interface Answer {
  error?: string;
  failedWith?: string;
}

const meanings: Readonly<Record<string, string>> = {
  operation_timeout: 'Pushbutton did not answer Slack in time. Try again.',
  dispatch_failed: 'Slack could not reach Pushbutton. Try again.',
};

/** Posts one action to the demo. Returns null when it is done, else a sentence for the person. */
export async function post(action: string, body: object): Promise<string | null> {
  let answer: Response;
  try {
    answer = await fetch(`/api/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    return 'The demo does not answer. Is it still running?';
  }
  const said = (await answer.json().catch(() => ({}))) as Answer;
  if (!answer.ok) return sentence(said.error ?? `the demo answered ${answer.status}`);
  if (!said.failedWith) return null;
  return meanings[said.failedWith] ?? `Slack shows: ${said.failedWith}`;
}

const sentence = (words: string) =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.?!]$/.test(words) ? '' : '.'}`;
