// What happened, in order, for the reader of a failure.
export class Transcript {
  constructor() {
    this.lines = [];
    this.start = performance.now();
  }

  note(text) {
    const seconds = ((performance.now() - this.start) / 1000).toFixed(3).padStart(8);
    this.lines.push(`${seconds} ${text}`);
  }

  /// Session descriptions are written out line by line, everything else on one line of bounded length.
  message(arrow, message) {
    const { offer, answer, description } = message.message ?? {};
    const sdp = (offer ?? answer ?? description)?.sdp;
    if (message.result?.transceivers) message = { ...message, result: '(an agreement)' };
    const text = JSON.stringify(message, (key, value) => (key === 'sdp' ? '(below)' : value));
    this.note(`${arrow} ${text.length > 600 ? `${text.slice(0, 600)}… (${text.length} characters)` : text}`);
    if (sdp) for (const line of sdp.trimEnd().split(/\r?\n/)) this.lines.push(`             | ${line}`);
  }

  toString() {
    return this.lines.join('\n') + '\n';
  }
}
