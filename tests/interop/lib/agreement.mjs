// What the two sides of a connection believe to have agreed on, compared (the answer to the command `agreement`).
import assert from 'node:assert/strict';

/// The m= sections of a description: what must be the same at both sides. The mid of a rejected one means nothing.
export function sectionsOf(sdp) {
  return sdp.split(/^m=/m).slice(1).map((section) => {
    const [, kind, port] = section.match(/^(\w+) (\d+) /);
    if (port === '0' && !/^a=bundle-only/m.test(section)) return { kind, rejected: true };
    return { kind, mid: section.match(/^a=mid:(.*?)\r?$/m)?.[1] ?? '', rejected: false };
  });
}

export const mirrored = (direction) => ({ sendonly: 'recvonly', recvonly: 'sendonly' }[direction] ?? direction);
export const sends = (direction) => direction === 'sendrecv' || direction === 'sendonly';

/// Nothing is under way at this side.
export function isSettled({ signalingState, connectionState, local, channels, open }) {
  const connects = sectionsOf(local).some((section) => !section.rejected);
  return signalingState === 'stable' && open === channels && (!connects || connectionState === 'connected');
}

/// Both have agreed, and on what both want.
export function expectAgreement(one, other) {
  for (const view of [one, other]) {
    assert.equal(view.signalingState, 'stable');
    assert.equal(view.open, view.channels, 'channels are not open');
    assert.deepEqual(sectionsOf(view.local), sectionsOf(view.remote));
  }
  assert.deepEqual(sectionsOf(one.local), sectionsOf(other.local));
  assert.equal(one.transceivers.length, other.transceivers.length);
  for (const mine of one.transceivers) {
    const yours = other.transceivers.find((each) => each.mid === mine.mid);
    assert.ok(mine.mid !== null && yours, `the transceiver ${mine.mid} is at one side only`);
    assert.equal(mine.kind, yours.kind);
    assert.equal(mine.currentDirection, mirrored(yours.currentDirection), `directions of ${mine.mid}`);
    assert.equal(sends(mine.currentDirection), sends(mine.direction) && sends(mirrored(yours.direction)));
    assert.equal(sends(yours.currentDirection), sends(yours.direction) && sends(mirrored(mine.direction)));
  }
}
