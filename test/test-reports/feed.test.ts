import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { createFeed } from '../../src/test-reports/feed.js';

/** What reports are made of, whole and broken. */
const PARTS = [
  ...[
    '<suite>',
    '</suite>',
    '<case name="a &gt; b > c" file=\'x"y\'>',
    '</case>',
    '</case >',
    '<case/>',
    '<out a=">">',
  ],
  ...[
    '<!-- a > b -->',
    '<!-- & -->',
    '<![CDATA[ <case> & > ]]>',
    '<?xml version="1.0"?>',
    '<!DOCTYPE x [ <!ENTITY a ">"> ]>',
  ],
  ...[
    '&lt;',
    '&amp;',
    '&#65;',
    '&#x41;',
    '&nothing;',
    '&',
    '& b;',
    '&am',
    'p;',
    '&;',
    '&#;',
    '<',
    '< ',
    '>',
    '"',
    ']]>',
    '</',
  ],
  ...['some words\n', ' ', 'a text that is longer than what is read with the tags around it\n', '\ufeff', 'é', '😀'],
];
const report = fc.array(fc.constantFrom(...PARTS), { maxLength: 30 }).map((parts) => parts.join(''));

/** All events in their order, with texts that follow one another put together; texts only inside what `listens` names. */
function eventsOf(listens: string, give: (parser: Parser, wanted: () => ((text: string) => void) | null) => void) {
  const events: string[][] = [];
  const open: string[] = [];
  const take = (text: string) => {
    const last = events.at(-1);
    if (last?.[0] === 'text') last[1] += text;
    else events.push(['text', text]);
  };
  const wanted = () => (listens.includes(open.at(-1) ?? 'nothing') ? take : null);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        open.push(name);
        events.push(['open', name, JSON.stringify(attributes)]);
      },
      onclosetag: (name) => {
        open.pop();
        events.push(['close', name]);
      },
      oncomment: (text) => void events.push(['comment', text]),
      ontext: (text) => wanted()?.(text),
    },
    { xmlMode: true },
  );
  give(parser, wanted);
  return events;
}

test.each(['suite case out', 'out', 'none'])(
  'what is passed over changes nothing of what is heard: texts of %s',
  (listens) => {
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 });
    fc.assert(
      fc.property(report, cuts, (text, sizes) => {
        const whole = `<suite>${text}<end/>`;
        const direct = eventsOf(listens, (parser) => parser.write(whole));
        const fed = eventsOf(listens, (parser, wanted) => {
          const feed = createFeed(parser, wanted);
          for (let at = 0, n = 0; at < whole.length; n += 1) {
            const size = sizes[n % sizes.length] as number;
            feed(whole.slice(at, at + size));
            at += size;
          }
        });
        expect(fed).toEqual(direct);
      }),
      { numRuns: 3_000 },
    );
  },
);
