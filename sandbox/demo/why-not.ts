/** Returns the reason why the demo cannot start or go on as one line for a person, whatever reported it. */
export function whyNot(error: unknown, folder: string): string {
  const said = error instanceof AggregateError ? error.errors.map(String).join('\n') : messageOf(error);
  if (/No space left on device|ENOSPC|EDQUOT|Disk quota exceeded|wrote only \d+ of \d+ bytes/.test(said)) {
    return `the disk of ${folder} is full; free about 100 MB there, or set PUSHBUTTON_DATA to a folder elsewhere`;
  }
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  // Of a program's long report, the line that says what went wrong is enough.
  const [first = 'it is not known why', ...rest] = lines;
  const wrong = rest.length > 1 ? rest.find((line) => /FATAL|PANIC|error:|could not/.test(line)) : undefined;
  const whole = wrong ? `${first.split(':')[0]}: ${wrong}` : lines.join(' ');
  // The demo has its own database and takes no other.
  const told = whole.replace(/[^.]*\bset DATABASE_URL[^.]*\.?$/i, '').trim();
  return told || whole;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
