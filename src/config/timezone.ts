import { closest, distance } from 'fastest-levenshtein';

/**
 * The names of the tz database without a slash; no new ones are added (theory.html, "Timezone identifiers"). Node (ICU)
 * knows more, such as BST for Dhaka and AST for Anchorage, which are in no other program.
 * https://data.iana.org/time-zones/tzdb/backward
 */
const PLAIN = new Set(
  (
    'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran ' +
    'Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK ' +
    'Singapore Turkey UCT UTC Universal W-SU WET Zulu'
  )
    .toLowerCase()
    .split(' '),
);
const AREAS = new Set(
  'Africa America Antarctica Arctic Asia Atlantic Australia Brazil Canada Chile Etc Europe Indian Mexico Pacific US'
    .toLowerCase()
    .split(' '),
);
/** Names that the tz database has dropped and ICU has kept. */
const DROPPED = new Set(['us/pacific-new', 'canada/east-saskatchewan']);

/** What people mean by an abbreviation; many mean more than one zone. */
const MEANT: Readonly<Record<string, string>> = {
  ACST: 'Australia/Adelaide',
  ACT: 'Australia/Darwin or America/Rio_Branco',
  AEDT: 'Australia/Sydney',
  AEST: 'Australia/Sydney or Australia/Brisbane',
  AET: 'Australia/Sydney',
  AGT: 'America/Argentina/Buenos_Aires',
  ART: 'America/Argentina/Buenos_Aires',
  AST: 'America/Halifax or Asia/Riyadh',
  AWST: 'Australia/Perth',
  BET: 'America/Sao_Paulo',
  BRT: 'America/Sao_Paulo',
  BST: 'Europe/London',
  CAT: 'Africa/Maputo',
  CDT: 'America/Chicago',
  CEST: 'Europe/Berlin',
  CNT: 'America/St_Johns',
  CST: 'America/Chicago or Asia/Shanghai',
  CTT: 'Asia/Shanghai',
  EAT: 'Africa/Nairobi',
  ECT: 'America/Guayaquil or Europe/Paris',
  EDT: 'America/New_York',
  EEST: 'Europe/Athens',
  ET: 'America/New_York',
  HKT: 'Asia/Hong_Kong',
  IET: 'America/Indiana/Indianapolis',
  IST: 'Asia/Kolkata, Europe/Dublin or Asia/Jerusalem',
  JST: 'Asia/Tokyo',
  KST: 'Asia/Seoul',
  MDT: 'America/Denver',
  MIT: 'Pacific/Apia',
  MSK: 'Europe/Moscow',
  NET: 'Asia/Yerevan',
  NST: 'America/St_Johns',
  NZDT: 'Pacific/Auckland',
  NZST: 'Pacific/Auckland',
  PDT: 'America/Los_Angeles',
  PKT: 'Asia/Karachi',
  PLT: 'Asia/Karachi',
  PNT: 'America/Phoenix',
  PRT: 'America/Puerto_Rico',
  PST: 'America/Los_Angeles or Asia/Manila',
  PT: 'America/Los_Angeles',
  SAST: 'Africa/Johannesburg',
  SGT: 'Asia/Singapore',
  SST: 'Pacific/Pago_Pago or Pacific/Guadalcanal',
  VST: 'Asia/Ho_Chi_Minh',
  WAT: 'Africa/Lagos',
  WEST: 'Europe/Lisbon',
};

/** Whether Node and the tz database both have this name, links of older names included. Case is ignored, as Node does. */
export function isTimezone(name: string): boolean {
  const lower = name.toLowerCase();
  const [area = ''] = lower.split('/');
  if (lower.includes('/') ? !AREAS.has(area) || DROPPED.has(lower) : !PLAIN.has(lower)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** What is expected instead of a name that is no time zone, with the zone that was probably meant. */
export function expectedTimezone(name: string): string {
  const meant = MEANT[name.trim().toUpperCase()] ?? nearest(name);
  return meant
    ? `a time zone from the IANA list; ${meant} was probably meant`
    : 'a time zone from the IANA list, such as Europe/Berlin';
}

/** The zone of a city, or one whose name differs by two characters at most. */
function nearest(name: string): string | null {
  const known = new Map(Intl.supportedValuesOf('timeZone').map((one) => [one.toLowerCase(), one]));
  const lower = name.trim().toLowerCase().replaceAll(' ', '_');
  const near = [...known.keys()].find((one) => one.endsWith(`/${lower}`)) ?? closest(lower, [...known.keys()]);
  return near.endsWith(`/${lower}`) || distance(lower, near) <= 2 ? (known.get(near) ?? null) : null;
}
