// The browser guide leaves the signaling channel to the page. This one is a WebSocket whose messages are JSON texts.
export class SignalingChannel {
  constructor(url) {
    this.listeners = [];
    this.socket = new WebSocket(url);
    this.opened = new Promise((resolve) => this.socket.addEventListener('open', resolve));
    this.socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      for (const listener of this.listeners) listener(message);
    });
  }
  addEventListener(type, listener) {
    if (type === 'message') this.listeners.push(listener);
  }
  async send(message) {
    await this.opened;
    this.socket.send(JSON.stringify(message));
  }
}
