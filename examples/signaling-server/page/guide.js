// Caller and callee as the browser guide to peer connections has them, with a data channel to talk on.
const configuration = { iceServers: [] };

function connect(signalingChannel, log) {
  const peerConnection = new RTCPeerConnection(configuration);

  // Listen for local ICE candidates on the local RTCPeerConnection
  peerConnection.addEventListener('icecandidate', (event) => {
    if (event.candidate) {
      signalingChannel.send({ 'new-ice-candidate': event.candidate });
    }
  });

  // Listen for remote ICE candidates and add them to the local RTCPeerConnection
  signalingChannel.addEventListener('message', async (message) => {
    if (message.iceCandidate) {
      try {
        await peerConnection.addIceCandidate(message.iceCandidate);
      } catch (e) {
        console.error('Error adding received ice candidate', e);
      }
    }
  });

  // Listen for connectionstatechange on the local RTCPeerConnection
  peerConnection.addEventListener('connectionstatechange', () => {
    if (peerConnection.connectionState === 'connected') {
      log('Peers connected!');
    }
  });
  return peerConnection;
}

export async function makeCall(signalingChannel, log) {
  const peerConnection = connect(signalingChannel, log);
  signalingChannel.addEventListener('message', async (message) => {
    if (message.answer) {
      const remoteDesc = new RTCSessionDescription(message.answer);
      await peerConnection.setRemoteDescription(remoteDesc);
    }
  });
  ping(peerConnection, log);
  const offer = await peerConnection.createOffer();
  await peerConnection.setLocalDescription(offer);
  signalingChannel.send({ offer });
}

export function answerCall(signalingChannel, log) {
  const peerConnection = connect(signalingChannel, log);
  pong(peerConnection, log);
  signalingChannel.addEventListener('message', async (message) => {
    if (message.offer) {
      peerConnection.setRemoteDescription(new RTCSessionDescription(message.offer));
      const answer = await peerConnection.createAnswer();
      await peerConnection.setLocalDescription(answer);
      signalingChannel.send({ answer });
    }
  });
}

function ping(peerConnection, log) {
  const channel = peerConnection.createDataChannel('ping-pong');
  let count = 0;
  const say = () => channel.send(`ping ${++count}`);
  channel.onopen = say;
  channel.onmessage = ({ data }) => {
    log(`hears: ${data}`);
    if (count < 3) say();
    else peerConnection.close();
  };
}

function pong(peerConnection, log) {
  peerConnection.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => {
      log(`hears: ${data}`);
      channel.send(data.replace('ping', 'pong'));
    };
    channel.onclose = () => log('closed');
  };
}
