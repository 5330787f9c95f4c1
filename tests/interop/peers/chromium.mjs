// Chromium as an interop peer. No camera or microphone permission is granted, so its host candidates carry mDNS names.
import { driver, host } from './browser/host.mjs';

const { chromium } = driver('playwright-core');

await host(async (profile) => {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.PARLEY_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  return {
    page: context.pages()[0] ?? (await context.newPage()),
    version: `Chromium ${context.browser()?.version() ?? ''}`,
    close: () => context.close(),
  };
});
