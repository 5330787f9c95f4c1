// How numbers of two sides, or of one, may differ.
import assert from 'node:assert/strict';

/// Both numbers are there and differ by no more than a share and a few.
export function close(what, one, other, share, few = 2) {
  assert.ok(Number.isFinite(one) && Number.isFinite(other), `${what}: ${one} and ${other}`);
  assert.ok(Math.abs(one - other) <= Math.max(one, other) * share + few, `${what}: ${one} and ${other}`);
}

export const between = (what, value, low, high) => assert.ok(value >= low && value <= high, `${what}: ${value} is not from ${low} to ${high}`);

/// The same, where both tell it.
export const same = (what, one, other) => { if (one !== undefined && other !== undefined) assert.equal(one, other, what); };

/// Within bounds, where it is told.
export const bounded = (what, value, low, high) => { if (value !== undefined) between(what, value, low, high); };
