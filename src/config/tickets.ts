import { z } from 'zod';
import { pageOf } from '../tickets/find.js';
import { compiled } from '../tickets/pattern.js';
import { id, list, mapping } from './forms.js';

const expectedPattern = 'a regular expression in RE2 syntax for the id of a ticket, such as "[A-Z]{2,}-\\\\d+"';
const expectedUrl = 'an http or https URL with {id} after its host, such as https://acme.atlassian.net/browse/{id}';

const ticket = mapping({
  pattern: id(/^.{1,200}$/, `${expectedPattern}, of at most 200 characters`)
    .refine((written) => faultOf(written) === null, {
      error: ({ input }) => `${expectedPattern}; this one has a fault: ${faultOf(String(input))}`,
    })
    .meta({
      description:
        'A regular expression in RE2 syntax for the id; with a group, the id is what the first group matches.',
    }),
  url: id(/^.{1,300}$/, `${expectedUrl}, of at most 300 characters`)
    .refine(isPage, { error: expectedUrl })
    .meta({ description: 'The page of a ticket; {id} stands for its id.' }),
});

/** How changes name tickets, in one way or in several. */
export const tickets = z.union([ticket, list(ticket, 'a list of mappings').max(20, { error: 'at most 20 of them' })], {
  error: 'a mapping with pattern and url, or a list of them',
});

function faultOf(written: string): string | null {
  const pattern = compiled(written);
  return 'fault' in pattern ? pattern.fault : null;
}

/** An id that somebody wrote into a title must not choose the host. */
function isPage(url: string): boolean {
  const [one, other] = [pageOf(url, 'a'), pageOf(url, 'b')];
  if (one === other || !URL.canParse(one) || !URL.canParse(other)) return false;
  const { protocol, origin, username, password } = new URL(one);
  return /^https?:$/.test(protocol) && origin === new URL(other).origin && username === '' && password === '';
}
