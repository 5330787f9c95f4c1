#!/usr/bin/env python3
"""A filter for doxygen: gives everything in a public header that is W3C's a link to where its specification says what it is.
links.py HEADER prints the header with these links; links.py --check SOURCE_FOLDER sees that none is missing."""
import re
import sys
from pathlib import Path

from headers import names_in

LIST = Path(__file__).parent / 'w3c.txt'
SPECIFICATIONS = {
    'webrtc-pc': 'https://w3c.github.io/webrtc-pc/',
    'webrtc-extensions': 'https://w3c.github.io/webrtc-extensions/',
    'webrtc-encoded-transform': 'https://w3c.github.io/webrtc-encoded-transform/',
    'webrtc-stats': 'https://w3c.github.io/webrtc-stats/',
    'webrtc-priority': 'https://w3c.github.io/webrtc-priority/',
    'webrtc-svc': 'https://w3c.github.io/webrtc-svc/',
    'Media Capture and Streams': 'https://w3c.github.io/mediacapture-main/',
    'WebCodecs': 'https://w3c.github.io/webcodecs/',
    'Web IDL': 'https://webidl.spec.whatwg.org/',
}
# What another specification adds to a type of webrtc-pc.
ELSEWHERE = {
    'webrtc-extensions': {
        'RTCConfiguration': {'rtpHeaderEncryptionPolicy', 'alwaysNegotiateDataChannels'},
        'RTCRtpEncodingParameters': {'scaleResolutionDownTo', 'ptime', 'adaptivePtime'},
        'RTCRtpHeaderExtensionCapability': {'direction'},
        'RTCSetParameterOptions': {'encodingOptions'},
        'RTCRtpReceiver': {'onssrcchange', 'oncsrcchange'},
        'RTCRtpContributingSource': {'captureTimestamp', 'senderCaptureTimeOffset'},
        'RTCRtpTransceiver': {'getHeaderExtensionsToNegotiate', 'setHeaderExtensionsToNegotiate', 'getNegotiatedHeaderExtensions',
                              'rtpHeaderEncryptionNegotiated'},
    },
    'webrtc-priority': {
        'RTCRtpEncodingParameters': {'priority', 'networkPriority'},
        'RTCDataChannel': {'priority'},
        'RTCDataChannelInit': {'priority'},
    },
    'webrtc-svc': {'RTCRtpEncodingParameters': {'scalabilityMode'}},
    'webrtc-encoded-transform': {'RTCRtpSender': {'transform'}, 'RTCRtpReceiver': {'transform'}},
}
# Places that have another name than the usual one.
ANCHORS = {
    'RTCSessionDescription.constructor': 'dom-sessiondescription',
    'RTCPeerConnection.getSenders': 'dom-peerconnection-getsenders',
    'RTCPeerConnection.getReceivers': 'dom-peerconnection-getreceivers',
    'RTCRtpReceiver.track': 'dom-rtpreceiver-track',
    'RTCRtpTransceiver.mid': 'dom-rtptransceiver-mid',
    'RTCIceTransport.role': 'dom-icetransport-role',
    'RTCIceTransport.component': 'dom-icetransport-component',
    'RTCIceTransport.state': 'dom-icetransport-state',
    'RTCIceTransport.gatheringState': 'dom-icetransport-gatheringstate',
    'RTCTrackEvent.receiver': 'dom-trackevent-receiver',
    'RTCTrackEvent.transceiver': 'dom-trackevent-transceiver',
    'RTCDataChannelEvent.channel': 'dom-datachannelevent-channel',
    'RTCDTMFSender.toneBuffer': 'dom-RTCDTMFSender-tonebuffer',
    'RTCDTMFSender.insertDTMF': 'dom-RTCDTMFSender-insertDTMF',
    **{f'RTCDataChannel.{name}': f'dom-datachannel-{name.lower()}' for name in
       ('label', 'ordered', 'maxRetransmits', 'protocol', 'negotiated', 'readyState', 'bufferedAmount')},
}
# Values and events are in the tables of their types.
KINDS = {'interface', 'dictionary', 'enum', 'attribute', 'method', 'constructor', 'member'}
# What a type of WebRTC Encoded Transform is called there, as bikeshed has it.
TYPES = {'interface': '', 'dictionary': 'dictdef-', 'enum': 'enumdef-'}
SCOPE = re.compile(r'(?:class|struct|enum class|using)\s+(?:PARLEY_EXPORT\s+)?(\w+)')


def address(specification, name, kind):
    owner, _, member = name.partition('.')
    for other, types in ELSEWHERE.items():
        if member in types.get(owner, ()):
            specification = other
    if specification == 'Web IDL':
        return SPECIFICATIONS[specification] + ('#idl-DOMException' if owner == 'DOMException' else '#idl-DOMException-error-names')
    if specification == 'WebCodecs':
        return SPECIFICATIONS[specification] + '#enumdef-encodedvideochunktype'
    if specification == 'webrtc-encoded-transform' and kind in TYPES:
        return SPECIFICATIONS[specification] + '#' + TYPES[kind] + name.lower()
    return SPECIFICATIONS[specification] + '#' + ANCHORS.get(name, 'dom-' + name.lower().replace('.', '-'))


def links():
    """For each header and C++ type: the links of its members, and under None its own."""
    found, specification = {}, None
    for line in LIST.read_text().splitlines():
        if line.startswith('# '):
            specification = next((known for known in SPECIFICATIONS if line[2:].startswith(known)), None)
        row = [cell.strip() for cell in line.split('|')]
        if len(row) != 4 or row[1] not in KINDS or row[2] == '-' or specification is None:
            continue
        owner, _, member = row[0].partition('.')
        holder, _, held = row[3].rpartition('.')
        type_name = holder or (owner if member else row[3])
        if (owner, holder) == ('DOMException', ''):
            type_name = 'Exception' if member else type_name  # which has its members
        name = (held or type_name) if member else None
        if row[1] == 'constructor' and held not in ('create',):
            name = type_name  # a constructor has the name of its type
        found.setdefault(row[2], {}).setdefault(type_name, {})[name] = address(specification, row[0], row[1])
    return found


def declaration(lines, at):
    """All of the declaration that begins there."""
    text = ''
    for line in lines[at:]:
        text += ' ' + line.strip()
        if re.search(r'[;{]', re.sub(r'\{[^{}]*\}', '', line)):
            break
    return text.split(';')[0]


def apart(text):
    """The text with the members of a group (///@{) each for itself, and with the words of the group."""
    out, words, pending = [], None, ''
    for line in text.splitlines():
        if line.strip() in ('///@{', '///@}'):
            words = [] if line.strip() == '///@{' else None
        elif words is None:
            out.append(line)
        elif line.strip().startswith('///'):
            words.append(line)
        else:
            pending += ' ' + line.strip()
            if not pending.endswith(';'):
                continue
            names = names_in(pending.strip().rstrip(';'))
            kind = re.match(r'\s*(.*?)\s*\b' + names[0] + r'\b', pending).group(1)
            for name in names:
                out += words + [f'  {kind} {name}{{}};' if len(names) > 1 else '  ' + pending.strip()]
            pending = ''
    return '\n'.join(out)


def linked(text, types):
    """The text with its links, and what has got one."""
    lines, out, done, owner = apart(text).splitlines(), [], set(), None
    for at, line in enumerate(lines):
        documented = at > 0 and lines[at - 1].lstrip().startswith('///')
        scope = SCOPE.match(line)
        indent = len(line) - len(line.lstrip())
        names = []
        if scope:
            owner, names = scope.group(1), [None]
        elif indent == 2 and owner and documented and not line.lstrip().startswith('///'):
            names = names_in(declaration(lines, at))
        if documented:
            for name in names:
                if name in types.get(owner, {}) and not line.lstrip().startswith('///'):
                    out.append(f'{" " * indent}/// \\see <a href="{types[owner][name]}">the specification</a>')
                    done.add((owner, name))
        out.append(line)
        if line.startswith('}') or (scope and line.endswith(';')):
            owner = None
    return '\n'.join(out) + '\n', done


def check(source):
    wrong = []
    for header, types in links().items():
        _, done = linked((source / 'include/parley' / header).read_text(), types)
        for owner, members in types.items():
            wrong += [f'{header}: {owner}{"" if name is None else "." + name} has no link to its specification'
                      for name in members if (owner, name) not in done]
    print('\n'.join(wrong) or 'everything of W3C is linked')
    return 1 if wrong else 0


if __name__ == '__main__':
    if sys.argv[1] == '--check':
        sys.exit(check(Path(sys.argv[2])))
    header = Path(sys.argv[1])
    types = next((types for name, types in links().items() if header.as_posix().endswith('include/parley/' + name)), {})
    print(linked(header.read_text(), types)[0], end='')
