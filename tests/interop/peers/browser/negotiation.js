// Perfect negotiation as webrtc-pc section 10.7 describes it, with what it does counted.

export class Negotiation {
  /// `send(message)` is the signaling channel.
  constructor(pc, polite, send) {
    Object.assign(this, { pc, polite, send, makingOffer: false, ignoreOffer: false, settingAnswer: false });
    this.collisions = 0; // offers that came while there was one of our own
    this.errors = [];
    pc.addEventListener('icecandidate', ({ candidate }) => send({ candidate }));
    pc.addEventListener('negotiationneeded', () => this.#offer().catch((e) => this.#note(e)));
  }

  async #offer() {
    try {
      this.makingOffer = true;
      await this.pc.setLocalDescription();
      this.send({ description: this.pc.localDescription });
    } finally {
      this.makingOffer = false;
    }
  }

  /// A message from the other side, as it comes: nobody waits until the one before it is done.
  take({ description, candidate }) {
    if (description) return this.#describe(description).catch((e) => this.#note(e));
    if (candidate) return this.#add(candidate);
  }

  async #describe(description) {
    const ready = !this.makingOffer && (this.pc.signalingState === 'stable' || this.settingAnswer);
    const collision = description.type === 'offer' && !ready;
    this.collisions += collision;
    this.ignoreOffer = !this.polite && collision;
    if (this.ignoreOffer) return;
    this.settingAnswer = description.type === 'answer';
    await this.pc.setRemoteDescription(description); // rolls back our own offer if there is one
    this.settingAnswer = false;
    if (description.type !== 'offer') return;
    await this.pc.setLocalDescription();
    this.send({ description: this.pc.localDescription });
  }

  /// The specification's code has a gap here: when a candidate of an ignored offer is refused, the next description may have
  /// come already, and nobody remembers. A page only logs it.
  async #add(candidate) {
    await this.pc.addIceCandidate(candidate).catch((e) => this.ignoreOffer || console.log(`candidate: ${e.message}`));
  }

  #note(error) {
    this.errors.push(`${error.name}: ${error.message}`);
  }
}
