const hues = [12, 152, 208, 262, 322, 42];

/** A square with the first letter of the name; the bot's is the push button. */
export function Avatar({ name, id, bot = false }: { name: string; id: string; bot?: boolean }) {
  if (bot) {
    return (
      <span className="avatar bot" aria-hidden="true">
        <span className="push-mark" />
      </span>
    );
  }
  const hue = hues[[...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % hues.length];
  return (
    <span className="avatar" aria-hidden="true" style={{ background: `hsl(${hue} 42% 38%)` }}>
      {name.charAt(0)}
    </span>
  );
}
