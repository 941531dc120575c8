import type { Auth } from './auth.js';
import { installationOf } from './installations.js';
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
  /** Changes the webhook; events that it does not name are no longer sent. */
  setHook(settings: HookSettings): void;
  /** Removes the App from a repository. */
  uninstall(repository: string): void;
  /** Removes the App from an organisation, with its tokens there; returns what installs it again, under another id. */
  takeAppOff(owner?: string): () => void;
  /** Suspends the App in an organisation; returns what ends that. */
  suspendApp(owner: string): () => void;
  archive(repository: string): void;
  /** Gives a repository another `owner/name`; the old one redirects to it until somebody else takes it. */
  rename(repository: string, to: string): void;
  /** Makes it a GitHub Enterprise Server of this version. `told: false`: a proxy drops the header that says so. */
  enterprise(version: string, told?: boolean): void;
  /** Gives a workflow file another text on one branch or tag; null removes it there. */
  setFile(repository: string, ref: string, file: string, source: string | null): void;
}

export function settingUp(world: World, auth: Auth): SettingUp {
  const installed = (owner: string) => {
    const found = installationOf(world, owner);
    if (!found) throw new Error(`${owner} has no App`);
    return found;
  };
  return {
    setHook: ({ events, ...settings }) => {
      Object.assign(world.hook, settings);
      if (!events) return;
      world.hook.events.clear();
      for (const event of events) world.hook.events.add(event);
    },
    uninstall: (name) => void world.app?.without.add(repositoryOf(world, name).id),
    takeAppOff: (owner = 'acme') => {
      const { app } = world;
      const installation = installed(owner);
      app?.installations.set(owner.toLowerCase(), null);
      auth.revokeInstallation(installation.id);
      return () => void app?.installations.delete(owner.toLowerCase());
    },
    suspendApp: (owner) => {
      const installation = installed(owner);
      installation.suspendedAt = world.now();
      return () => {
        installation.suspendedAt = null;
      };
    },
    rename: (name, to) => {
      const repository = repositoryOf(world, name);
      const [owner = '', called = ''] = to.split('/');
      world.repositories.delete(name.toLowerCase());
      world.moved.set(name.toLowerCase(), repository);
      Object.assign(repository, { owner, name: called, fullName: to });
      world.repositories.set(to.toLowerCase(), repository);
    },
    archive: (name) => {
      repositoryOf(world, name).archived = true;
    },
    enterprise: (version, told = true) => {
      world.enterprise = { version, told };
    },
    setFile: (name, ref, file, source) => void repositoryOf(world, name).files.set(`${ref}:${file}`, source),
  };
}
