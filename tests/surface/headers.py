"""What the public headers declare: classes, structures and enumerations with their public members. No compiler: it knows the form in
which include/parley is written, and tests/surface/check.py would miss what it does not understand."""
import re
from pathlib import Path

SCOPE = re.compile(r'\b(class|struct|enum class)\s+(?:PARLEY_EXPORT\s+)?(\w+)(?:\s*final)?\s*(?::\s*([^{;]*))?$')


def without_comments(text):
    text = re.sub(r'"(?:\\.|[^"\\])*"', lambda found: '"' + re.sub(r'[(){};,=]', '_', found.group()[1:-1]) + '"', text)
    text = re.sub(r'//[^\n]*|/\*.*?\*/', '', text, flags=re.S)
    return re.sub(r'^\s*#.*$', '', text, flags=re.M)


def names_in(declaration):
    """The names that one declaration in a class makes known."""
    event_names = re.findall(r'EventType<"(\w+)"', declaration)
    text = re.sub(r'\[\[\w+\]\]', '', declaration).strip()
    text = re.sub(r'^template\s*<[^{]*?>\s*(?=[A-Za-z])', '', text)
    constraint = re.match(r'requires\s*(?=\()', text)
    if constraint:
        depth, at = 1, constraint.end() + 1
        while depth:
            depth += {'(': 1, ')': -1}.get(text[at], 0)
            at += 1
        text = text[at:].strip()
    if not text or text.startswith(('friend', 'static_assert', 'requires')):
        return event_names
    if re.search(r'\boperator\b', text):
        return ['operator']
    using = re.match(r'using\s+(\w+)\s*=', text)
    if using:
        return [using.group(1)] + event_names
    function = re.match(r'[^(=]*?\b(operator\s*\S+?|~?\w+)\s*\(', text)
    if function:
        return [function.group(1)]
    depth, plain = 0, ''
    for char in text:  # without template arguments and initializers
        depth += char in '<{('
        if depth == 0:
            plain += char
        depth -= char in '>})'
    return re.findall(r'(\w+)\s*(?:=[^,]*)?(?:,|$)', plain)


def declarations(body):
    """The declarations of a class body, with the access that they have, and nested bodies."""
    access, depth, start = None, 0, 0
    for at, char in enumerate(body):
        if char in '{(':
            depth += 1
        elif char in '})':
            depth -= 1
        label = re.compile(r'\s*(public|private|protected):').match(body, start) if depth == 0 else None
        if label:
            access, start = label.group(1), label.end()
        ends = depth == 0 and (char == ';' or (char == '}' and not re.match(r'\s*[;,)]', body[at + 1:])))
        if ends and at >= start:
            yield access, body[start:at + 1].strip().rstrip(';')
            start = at + 1


def scan(text, found, header):
    at = 0
    while at < len(text):
        opened = re.compile(r'[;{}]').search(text, at)
        if not opened:
            return
        head = text[at:opened.start()]
        at = opened.end()
        if opened.group() != '{':
            if opened.group() == ';':
                alias = re.search(r'using\s+(\w+)\s*=\s*(.*)', head, re.S)
                if alias:
                    entry = found.setdefault(alias.group(1), {'header': header, 'kind': 'using', 'members': set(), 'bases': ''})
                    entry['members'] |= set(re.findall(r'EventType<"(\w+)"', alias.group(2)))
            continue
        depth, end = 1, at
        while depth:
            depth += {'{': 1, '}': -1}.get(text[end], 0)
            end += 1
        body = text[at:end - 1]
        head = re.sub(r'\s+', ' ', head).strip()
        scope = SCOPE.search(head)
        if scope:
            kind, name, bases = scope.groups()
            entry = found.setdefault(name, {'header': header, 'kind': kind, 'members': set(), 'bases': bases or ''})
            if kind == 'enum class':
                entry['members'] |= set(re.findall(r'\b([A-Z]\w*)\b\s*(?:=[^,]*)?(?:,|$)', body))
            else:
                for access, declaration in declarations(body):
                    if (access or ('private' if kind == 'class' else 'public')) == 'public':
                        nested = SCOPE.search(re.sub(r'\s+', ' ', declaration.split('{')[0]).strip())
                        entry['members'] |= {nested.group(2)} if nested else set(names_in(declaration))
                scan(body, found, header)
        elif re.search(r'\bnamespace\b(?!.*\bdetail\b)', head):
            scan(body, found, header)
        at = end


def read(folder):
    found = {}
    for header in sorted(Path(folder).glob('*.hpp')):
        scan(without_comments(header.read_text()), found, header.name)
    return found
