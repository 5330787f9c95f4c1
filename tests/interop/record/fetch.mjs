// fetch.mjs FOLDER [PEER]...: installs what peers.mjs takes from the npm registry, each version in a folder of its own.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { peers } from './peers.mjs';

const [folder, ...wanted] = process.argv.slice(2);
for (const [name, { from, executable }] of Object.entries(peers)) {
  const place = path.resolve(folder, name);
  if (!from || (wanted.length && !wanted.includes(name)) || fs.existsSync(path.join(place, 'complete'))) continue;
  fs.mkdirSync(place, { recursive: true });
  fs.writeFileSync(path.join(place, 'package.json'), '{"private": true}\n');
  execFileSync('npm', ['install', '--prefix', place, '--no-audit', '--no-fund', '--ignore-scripts', from.join('@')], { stdio: 'inherit' });
  if (executable) {
    // A browser, packed: its package unpacks it into the folder for temporary files.
    process.env.TMPDIR = place;
    process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x'; // so that the libraries it needs come along
    const module = await import(pathToFileURL(createRequire(path.join(place, 'package.json')).resolve(from[0])));
    console.log(await (module.default.executablePath ?? module.executablePath).call(module.default));
  }
  fs.writeFileSync(path.join(place, 'complete'), '');
}
