#!/usr/bin/env python3
"""Compares tests/surface/w3c.txt with the public headers, both ways: check.py SOURCE_FOLDER."""
import re
import sys
from pathlib import Path

from headers import read

KINDS = {'interface', 'dictionary', 'enum', 'attribute', 'method', 'constructor', 'event', 'member', 'value', 'callback', 'ours'}


def pascal(value):
    return ''.join(part[:1].upper() + part[1:] for part in re.split('[-_]', value))


def events_of(found, name):
    """The events of an interface are those of the EventTarget it derives from."""
    bases = re.findall(r'\w+', found[name]['bases'])
    return set().union(*(found[base]['members'] for base in bases if base in found and found[base]['kind'] == 'using')) if bases else set()


def members_with_bases(found, name):
    members = set(found[name]['members'])
    for base in re.findall(r'\w+', found[name]['bases']):
        if base in found:
            members |= members_with_bases(found, base)
    return members


def main(source):
    found, wrong, listed = read(source / 'include/parley'), [], {}
    texts = set(re.findall(r'"([^"\n]*)"', ''.join(file.read_text() for file in sorted((source / 'src').glob('*/*.cpp')))))
    for number, line in enumerate((source / 'tests/surface/w3c.txt').read_text().splitlines(), 1):
        if not line.strip() or line.startswith('#'):
            continue
        row = [cell.strip() for cell in line.split('|')]
        complain = lambda what: wrong.append(f'w3c.txt:{number}: {row[0]}: {what}')
        if len(row) != 4 or row[1] not in KINDS:
            complain('is not a row of four cells')
            continue
        name, kind, header, meaning = row
        owner, _, member = name.partition('.')
        member = member.strip('"')
        if (name, kind) in listed:
            complain('is there twice')
        listed[name, kind] = meaning
        if header == '-':
            if not re.match(r'(not applicable|missing): \S', meaning):
                complain('says neither where it is nor why not')
            elif member and owner in found and kind not in ('constructor', 'value', 'event') and member in found[owner]['members'] \
                    and meaning.startswith('missing'):
                complain('is declared')
            continue
        place = meaning.split('.')
        holder = place[0] if len(place) == 2 else owner if member else meaning
        if holder not in found or found[holder]['header'] != header:
            complain(f'{header} does not declare {holder}')
        elif kind == 'event':
            if member not in events_of(found, owner):
                complain('is not among its events')
        elif kind == 'value':
            if member not in texts:
                complain('is a text that nothing in src says')
            if place[-1] not in found[holder]['members']:
                complain(f'is not an enumerator {place[-1]}')
            elif len(place) == 1 and meaning != pascal(member):
                complain(f'would be {pascal(member)}')
        elif member and place[-1] not in members_with_bases(found, holder):
            complain(f'{holder} has no {place[-1]}')
    # Whatever a W3C type has in the headers is of W3C and listed, or listed as ours, or has the form of our names.
    for (name, kind) in list(listed):
        if kind not in ('interface', 'dictionary', 'enum') or listed[name, kind] != name or name not in found:
            continue
        rows = {row.partition('.')[2].strip('"') for (row, _) in listed if row.partition('.')[0] == name}
        rows |= {listed[row, kind].split('.')[-1] for (row, kind) in listed if row.partition('.')[0] == name}
        for member in sorted(found[name]['members'] | events_of(found, name)):
            if member in rows or member == name or re.match(r'operator|~', member) or '_' in member:
                continue
            wrong.append(f'{found[name]["header"]}: {name}::{member} is not in w3c.txt')
    if wrong:
        sys.exit('\n'.join(wrong))
    print(f'{len(listed)} names: the list and the headers agree')


main(Path(sys.argv[1]))
