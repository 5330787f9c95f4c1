// The guide leaves the signaling channel to the page. This one is a WebSocket whose messages are JSON texts.
export class SignalingChannel {
  constructor(url) {
    this.listeners = { message: [], close: [] };
    this.socket = new WebSocket(url);
    this.opened = new Promise((resolve) => this.socket.addEventListener('open', resolve));
    this.socket.addEventListener('message', ({ data }) => this.tell('message', JSON.parse(data)));
    this.socket.addEventListener('close', () => this.tell('close'));
  }
  addEventListener(type, listener) {
    this.listeners[type].push(listener);
  }
  tell(type, message) {
    for (const listener of this.listeners[type]) listener(message);
  }
  close() {
    this.socket.close();
  }
  async send(message) {
    await this.opened;
    this.socket.send(JSON.stringify(message));
  }
}
