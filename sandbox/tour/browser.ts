import { accessSync, constants } from 'node:fs';
import type { Browser } from 'playwright-core';

const flags = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** This machine's Chromium: `CHROMIUM`, else Debian's. Throws a sentence if there is none. */
export function findChromium(): string {
  const named = process.env.CHROMIUM?.trim() || '/usr/bin/chromium';
  try {
    accessSync(named, constants.X_OK);
    return named;
  } catch {
    throw new Error(`there is no Chromium at ${named}; install one, or name it in the environment variable CHROMIUM`);
  }
}

/** Starts it headless. Its own sandbox does not work for root. */
export async function startChromium(executablePath: string): Promise<Browser> {
  const { chromium } = await import('playwright-core').catch(() => {
    throw new Error('playwright-core is missing: it comes with npm ci');
  });
  return chromium.launch({ executablePath, args: [...flags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] });
}
