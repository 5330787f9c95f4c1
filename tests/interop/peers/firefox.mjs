// Firefox as an interop peer, driven over WebDriver BiDi. No camera or microphone permission is granted, so its host candidates
// carry mDNS names.
import { driver, host } from './browser/host.mjs';

const puppeteer = driver('puppeteer-core');

await host(async (profile) => {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.PARLEY_FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    userDataDir: profile,
    timeout: 90_000,
  });
  return { page: await browser.newPage(), version: await browser.version(), close: () => browser.close() };
});
