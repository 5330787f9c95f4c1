// Chromium as an interop peer.
import { host } from './browser/host.mjs';

await host('chromium');
