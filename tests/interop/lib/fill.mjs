// Contents that every peer can make and the runner can predict.
import { createHash } from 'node:crypto';

/// The upper byte of x = 1664525 x + 1013904223 modulo 2^32, folded to a..z for text.
export function fill({ kind, size, seed }) {
  const bytes = Buffer.alloc(size);
  for (let i = 0, x = seed >>> 0; i < size; ++i) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    bytes[i] = kind === 'text' ? 97 + ((x >>> 24) % 26) : x >>> 24;
  }
  return bytes;
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
