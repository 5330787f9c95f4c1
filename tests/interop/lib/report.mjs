// A report of getStats() that remembers which of its members somebody has looked at.
import assert from 'node:assert/strict';

/// What is the same kind of statistics at both sides.
const sortOf = ({ type, kind }) => (kind ? `${type} of ${kind}` : type);

export class Report {
  constructor(peer, stats) {
    this.peer = peer;
    this.looked = new Set(); // “inbound-rtp of video: jitter”
    this.members = new Set(); // all there are, likewise
    this.byId = Object.fromEntries(Object.entries(stats).map(([id, object]) => [id, this.#watched(object)]));
    for (const object of Object.values(stats)) for (const name of Object.keys(object)) this.members.add(`${sortOf(object)}: ${name}`);
  }

  #watched(object) {
    return new Proxy(object, { get: (target, name) => {
      if (name in target) this.looked.add(`${sortOf(target)}: ${name}`);
      return target[name];
    } });
  }

  get all() {
    return Object.values(this.byId);
  }

  /// The only object of that type, and kind if given.
  only(type, kind) {
    const found = this.all.filter((each) => each.type === type && (kind === undefined || each.kind === kind));
    assert.equal(found.length, 1, `${this.peer}: ${found.length} of ${type} ${kind ?? ''}`);
    return found[0];
  }
}

/// What both sides tell and nobody has looked at, at either; but for names and what refers to other objects.
export function overlooked(one, other) {
  const plain = (member) => !/: (id|type|kind|timestamp|trackIdentifier|\w+Id)$/.test(member);
  return [...one.members].filter((member) => plain(member) && other.members.has(member) && !one.looked.has(member) && !other.looked.has(member)).sort();
}
