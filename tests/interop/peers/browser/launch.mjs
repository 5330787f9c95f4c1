// Starts a headless browser with an empty profile. No camera or microphone permission is granted, so its host candidates carry
// mDNS names; with PARLEY_FAKE_CAMERA in the environment it has both, of its own making, and nobody is asked.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

/// Loads a driver from the folder where the build installed package.json.
const driver = (name) => createRequire(path.join(process.env.PARLEY_INTEROP_MODULES, 'package.json'))(name);

const launchers = {
  async chromium(profile) {
    const context = await driver('playwright-core').chromium.launchPersistentContext(profile, {
      executablePath: process.env.PARLEY_CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required',
        ...(process.env.PARLEY_FAKE_CAMERA ? ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] : []),
        ...(process.env.PARLEY_BLINK_FEATURES ? [`--enable-blink-features=${process.env.PARLEY_BLINK_FEATURES}`] : []),
        ...(process.env.PARLEY_FIELD_TRIALS ? [`--force-fieldtrials=${process.env.PARLEY_FIELD_TRIALS}`] : [])],
    });
    return {
      version: `Chromium ${context.browser()?.version() ?? ''}`,
      newPage: () => context.newPage(),
      close: () => context.close(),
    };
  },
  /// Over WebDriver BiDi.
  async firefox(profile) {
    const browser = await driver('puppeteer-core').launch({
      browser: 'firefox',
      executablePath: process.env.PARLEY_FIREFOX ?? '/usr/bin/firefox-esr',
      headless: true,
      userDataDir: profile,
      extraPrefsFirefox: {
        'media.autoplay.default': 0, 'media.autoplay.blocking_policy': 0,
        ...(process.env.PARLEY_FAKE_CAMERA ? {
          'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true, 'media.navigator.audio.fake_frequency': 600,
        } : {}),
      },
      timeout: 90_000,
    });
    return {
      version: await browser.version(),
      newPage: () => browser.newPage({ type: 'window' }), // pictures stop in pages that are not in front of their window
      close: () => browser.close(),
    };
  },
};

/// `name` is chromium or firefox. The result: {version, newPage(), close()}; what both drivers' pages have in common is what
/// their callers use.
export async function launch(name) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-interop-'));
  const { version, newPage, close } = await launchers[name](profile);
  return {
    version,
    newPage,
    async close() {
      await close();
      fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
