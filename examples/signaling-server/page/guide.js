// Caller and callee as in the browser's guide to peer connections, with a data channel to talk on. `log` shows the user a line.
const configuration = { iceServers: [] };

export async function makeCall(signalingChannel, log) {
  const peerConnection = new RTCPeerConnection(configuration);
  exchangeCandidates(peerConnection, signalingChannel, log);
  watch(peerConnection, log);
  signalingChannel.addEventListener('message', async (message) => {
    if (message.answer) {
      log('answer received');
      const remoteDesc = new RTCSessionDescription(message.answer);
      await peerConnection.setRemoteDescription(remoteDesc);
    }
  });
  ping(peerConnection, signalingChannel, log);
  const offer = await peerConnection.createOffer();
  await peerConnection.setLocalDescription(offer);
  signalingChannel.send({ offer });
  log('offer sent');
}

export function answerCall(signalingChannel, log) {
  const peerConnection = new RTCPeerConnection(configuration);
  exchangeCandidates(peerConnection, signalingChannel, log);
  watch(peerConnection, log);
  pong(peerConnection, log);
  signalingChannel.addEventListener('message', async (message) => {
    if (message.offer) {
      log('offer received');
      peerConnection.setRemoteDescription(new RTCSessionDescription(message.offer));
      const answer = await peerConnection.createAnswer();
      await peerConnection.setLocalDescription(answer);
      signalingChannel.send({ answer });
      log('answer sent');
    }
  });
}

function exchangeCandidates(peerConnection, signalingChannel, log) {
  // Listen for local ICE candidates on the local RTCPeerConnection
  peerConnection.addEventListener('icecandidate', (event) => {
    if (event.candidate) {
      signalingChannel.send({ 'new-ice-candidate': event.candidate });
    }
  });

  // Listen for remote ICE candidates and add them to the local RTCPeerConnection
  signalingChannel.addEventListener('message', async (message) => {
    const iceCandidate = message.iceCandidate ?? message['new-ice-candidate'];
    if (iceCandidate) {
      try {
        await peerConnection.addIceCandidate(iceCandidate);
      } catch (e) {
        log(`Error adding received ice candidate: ${e}`);
      }
    }
  });
}

function watch(peerConnection, log) {
  // Listen for connectionstatechange on the local RTCPeerConnection
  peerConnection.addEventListener('connectionstatechange', () => {
    if (peerConnection.connectionState === 'connected') {
      log('Peers connected!');
    }
    if (peerConnection.connectionState === 'failed') {
      log('The peers cannot reach each other.');
    }
  });
  // The other side learns at once that this page is gone.
  addEventListener('pagehide', () => peerConnection.close());

  // A browser without permission to use the camera has only the address of the default route, and does not complain without one
  let candidates = 0;
  peerConnection.addEventListener('icecandidate', ({ candidate }) => { if (candidate?.candidate) ++candidates; });
  const complain = () => candidates || log('This browser has found no address of this computer. Is it offline?');
  peerConnection.addEventListener('signalingstatechange', () => setTimeout(complain, 5000), { once: true });
}

function ping(peerConnection, signalingChannel, log) {
  const channel = peerConnection.createDataChannel('ping-pong');
  let count = 0;
  const say = () => {
    channel.send(`ping ${++count}`);
    log(`says: ping ${count}`);
  };
  channel.addEventListener('open', say);
  channel.addEventListener('message', ({ data }) => {
    log(`hears: ${data}`);
    if (count < 3) return say();
    log('done');
    peerConnection.close();
    signalingChannel.close();
  });
}

function pong(peerConnection, log) {
  peerConnection.addEventListener('datachannel', ({ channel }) => {
    channel.addEventListener('message', ({ data }) => {
      log(`hears: ${data}`);
      const answer = data.replace('ping', 'pong');
      channel.send(answer);
      log(`says: ${answer}`);
    });
    channel.addEventListener('close', () => {
      log('done');
      peerConnection.close();
    });
  });
}
