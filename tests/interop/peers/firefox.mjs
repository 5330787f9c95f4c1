// Firefox as an interop peer.
import { host } from './browser/host.mjs';

await host('firefox');
