import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildCommit } from '../../bench/against.js';
import { packageRoot } from '../../src/package-root.js';

/** A compiler and a build of a whole program on a busy machine. */
const buildMs = 120_000;
const folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-against-test-'));
const place = process.env.TMPDIR;
beforeAll(() => {
  process.env.TMPDIR = folder;
});
afterAll(() => {
  if (place === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = place;
  rmSync(folder, { recursive: true, force: true });
});

/** A repository with the packages of this one and a program of one line; returns how to commit to it. */
function repository() {
  const root = path.join(folder, 'repository');
  const git = (...words: string[]): string => {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', [...who, ...words], { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  mkdirSync(path.join(root, 'src'), { recursive: true });
  const config = { compilerOptions: { outDir: 'dist', rootDir: '.', types: [], strict: true }, include: ['src'] };
  writeFileSync(path.join(root, 'tsconfig.build.json'), JSON.stringify(config));
  writeFileSync(path.join(root, '.gitignore'), 'node_modules\n');
  writeFileSync(path.join(root, 'package-lock.json'), '{}');
  symlinkSync(path.join(packageRoot(), 'node_modules'), path.join(root, 'node_modules'), 'junction');
  git('init', '--quiet');
  return {
    root,
    commit: (text: string): string => {
      writeFileSync(path.join(root, 'src', 'program.ts'), text);
      git('add', '.');
      git('commit', '--quiet', '-m', 'a commit');
      return git('rev-parse', 'HEAD');
    },
  };
}

test(
  'a commit is built once, as it was, with the packages that are there; what is none or does not build is one line',
  async () => {
    const { root, commit } = repository();
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const first = commit('export const version = 1;\n');
    const broken = commit('export const version: string = 2;\n');
    commit('export const version = 3;\n');

    const build = await buildCommit(root, first.slice(0, 12), log);
    expect(build.name).toBe(first.slice(0, 7));
    expect(readFileSync(path.join(build.root ?? '', 'dist', 'src', 'program.js'), 'utf8')).toContain('version = 1');
    expect(lines).toHaveLength(1);
    expect(await buildCommit(root, first, log)).toEqual(build);
    expect(lines).toHaveLength(1);

    await expect(buildCommit(root, broken, log)).rejects.toThrow(
      /^--against \w+: its build failed: src\/program\.ts.*$/,
    );
    for (const none of ['0123456789', '--help', 'HEAD~9', ''])
      await expect(buildCommit(root, none, log)).rejects.toThrow(/^--against .*: git has no such commit in .*$/);
    expect(existsSync(path.join(root, '.git', 'worktrees'))).toBe(false);
  },
  buildMs,
);

test('a copy without .git says so in one line', async () => {
  const copy = path.join(folder, 'copy');
  mkdirSync(copy);
  await expect(buildCommit(copy, 'a608499', () => {})).rejects.toThrow(
    /^--against a608499: git has no such commit in .*$/,
  );
});
