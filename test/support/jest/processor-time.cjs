// Processor time, in ms. On Linux it includes children that have ended; elsewhere it is that of this process only.
const { readFileSync, readdirSync } = require('node:fs');

/** /proc counts in hundredths of a second. */
const MS_OF_A_TICK = 10;

/** What this process and its ended children have used so far. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + (statOf('self')?.children ?? 0);
}

/** What a process and all its descendants have used; 0 if that cannot be read. */
function processorTimeOfTree(pid) {
  const running = processes().map(statOf).filter(Boolean);
  const sum = (of) =>
    running.filter(({ parent }) => parent === of.pid).reduce((all, one) => all + sum(one), of.own + of.children);
  const root = statOf(pid);
  return root ? sum(root) : 0;
}

function processes() {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** The name may contain anything. The fields after it have the numbers of proc(5), from 3 on. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number) => Number(fields[number - 3]);
    return {
      pid: Number.parseInt(text, 10),
      parent: field(4),
      own: (field(14) + field(15)) * MS_OF_A_TICK,
      children: (field(16) + field(17)) * MS_OF_A_TICK,
    };
  } catch {
    return undefined;
  }
}

module.exports = { processorTime, processorTimeOfTree };
