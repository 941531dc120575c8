import { repositoryOf, type World } from './world.js';

interface HookSettings {
  contentType?: 'json' | 'form';
  hasSecret?: boolean;
  insecureSsl?: '0' | '1';
  active?: boolean;
  events?: string[];
}

/** What an owner does in GitHub's settings. */
export interface SettingUp {
  /** Sets the webhook up otherwise; events that it does not name are not sent any more. */
  setHook(settings: HookSettings): void;
  /** Takes the App off a repository. */
  uninstall(repository: string): void;
  archive(repository: string): void;
  /** Gives a workflow file another text on one branch or tag; null takes it away there. */
  setFile(repository: string, ref: string, file: string, source: string | null): void;
}

export function settingUp(world: World): SettingUp {
  return {
    setHook: ({ events, ...settings }) => {
      Object.assign(world.hook, settings);
      if (!events) return;
      world.hook.events.clear();
      for (const event of events) world.hook.events.add(event);
    },
    uninstall: (name) => void world.app?.without.add(repositoryOf(world, name).id),
    archive: (name) => {
      repositoryOf(world, name).archived = true;
    },
    setFile: (name, ref, file, source) => void repositoryOf(world, name).files.set(`${ref}:${file}`, source),
  };
}
