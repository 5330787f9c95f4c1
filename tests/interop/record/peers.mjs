// Who is recorded, and how each of them is started. Libraries and browsers of the npm registry are installed by fetch.mjs.
import path from 'node:path';

const here = import.meta.dirname;

/// `from`: a package of the npm registry and its version.
const inNode = (kind, from) => ({ from, command: ({ node, folder }) => [node, path.join(here, 'node.mjs'), kind, folder] });
const browser = (name) => ({ command: ({ node }) => [node, path.join(here, 'browser.mjs'), name] });
const headless = (version) => ({ from: ['@sparticuz/chromium', version], executable: 'chromium', ...browser('chromium') });
const versions = (kind, name, list) => Object.fromEntries(list.map((version) => [`${kind}-${version}`, inNode(kind, [name, version])]));

export const peers = {
  chromium: browser('chromium'),
  firefox: browser('firefox'),
  aiortc: { command: ({ python }) => [python, '-u', path.join(here, 'aiortc_peer.py')] },
  // Its answers take sections apart that Chromium has offered with one pair of credentials, which parley would not offer.
  gstreamer: { notWithChromium: true, command: ({ python }) => [python, '-u', path.join(here, 'gstreamer_peer.py')] },
  pion: { command: ({ pion }) => [pion] },
  parley: { command: ({ parley }) => [parley] },
  ...versions('wrtc', '@roamhq/wrtc', ['0.5.2', '0.8.0', '0.10.0']),
  ...versions('werift', 'werift', ['0.15.11', '0.19.9', '0.22.9', '0.24.4']),
  ...versions('datachannel', 'node-datachannel', ['0.33.4']),
  ...Object.fromEntries(['119.0.2', '131.0.1', '143.0.4'].map((version) => [`headless-${version}`, headless(version)])),
};
